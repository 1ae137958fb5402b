// The doctor in networks where something is wrong: namespaces with a cable between them, and one fault in each.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import type { CauseName, Finding } from '../../../src/core/doctor/causes.ts';
import { createIdentity, serialiseIdentity } from '../../../src/net/connection/identity.ts';
import type { DoctorWish } from '../../support/doctorChild.ts';
import {
  type Cable,
  filter,
  layApart,
  layCable,
  missingPrograms,
  noNamespaces,
  type Running,
  runIn,
} from '../../support/namespaces.ts';
import { skip } from '../../support/skipping.ts';

/** Nothing but the cable is shared, so discovery has the port that it has everywhere. */
type Wish = Omit<DoctorWish, 'mdnsPort'>;

const program = fileURLToPath(new URL('../../support/doctorChild.ts', import.meta.url));
const port = 40_123;
const [leftHost, rightHost] = ['10.99.0.1', '10.99.0.2'];

describe('the doctor in a network (needs root, ip from iproute2, nft from nftables, and network namespaces)', () => {
  let cable: Cable | undefined;
  const running: Running[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.end()));
    cable?.remove();
    cable = undefined;
  });

  function laid(context: Mocha.Context, lay: () => Cable): Cable {
    const missing = missingPrograms('nft');
    if (missing.length > 0) return skip(context, 'nft; on Debian: apt-get install nftables');
    try {
      return (cable = lay());
    } catch {
      return skip(context, noNamespaces);
    }
  }

  const withAddresses = (): Cable => layCable('d', [`${leftHost}/24`], [`${rightHost}/24`]);

  function start(namespace: string, wish: Wish): Running {
    const quiet = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
    const child = runIn(namespace, process.execPath, quiet, program, JSON.stringify({ mdnsPort: 5353, ...wish }));
    running.push(child);
    return child;
  }

  /** A peer in the right namespace; gives how the doctor in the left one is asked about it. */
  async function neighbour({ right }: Cable, host = rightHost): Promise<Wish> {
    const [, id = ''] = await start(right, { port }).writes(/^online (\S+) \d+$/);
    return { examine: true, target: { expect: id as never, addresses: [{ host, port }] } };
  }

  /** What a doctor in the left namespace finds. */
  async function findings({ left }: Cable, wish: Wish): Promise<readonly Finding[]> {
    const child = start(left, wish);
    const [, ms, text = ''] = await child.writes(/^found (\d+) (.*)$/);
    // The next one must not hear it.
    await child.end();
    running.splice(running.indexOf(child), 1);
    const found = JSON.parse(text) as readonly Finding[];
    console.log(`      ${found[0]?.cause ?? 'nothing'} after ${ms} ms`);
    return found;
  }

  async function finds(at: Cable, wish: Wish, cause: CauseName, facts: object = {}): Promise<void> {
    const found = await findings(at, wish);
    assert.deepEqual(found[0], { ...found[0], cause, ...facts }, JSON.stringify(found));
  }

  it('finds nothing wrong where nothing is', async function () {
    const at = laid(this, withAddresses);
    const found = await findings(at, await neighbour(at));
    assert.deepEqual(
      found.filter(({ weight }) => weight !== 'note'),
      [],
    );
  });

  it('names a filter on UDP port 5353 of this machine', async function () {
    const at = laid(this, withAddresses);
    filter(at.left, 'input', 'udp dport 5353 drop');
    await finds(at, { examine: true }, 'mdnsFiltered', { interface: 'veth0', weight: 'cause' });
  });

  it('names a filter on UDP port 5353 of the peer', async function () {
    const at = laid(this, withAddresses);
    filter(at.right, 'output', 'udp dport 5353 drop');
    await finds(at, await neighbour(at), 'peerNotHeard');
  });

  it('names a filter on incoming TCP of the peer', async function () {
    const at = laid(this, withAddresses);
    filter(at.right, 'input', 'meta l4proto tcp drop');
    await finds(at, await neighbour(at), 'tcpFiltered', { address: rightHost, weight: 'cause' });
  });

  it('names a filter on incoming TCP of this machine', async function () {
    const at = laid(this, withAddresses);
    filter(at.left, 'input', `ip daddr ${leftHost} meta l4proto tcp drop`);
    await finds(at, { examine: true, port }, 'listenerFiltered', { address: leftHost, port });
  });

  it('names stations that are kept apart', async function () {
    const at = laid(this, () => layApart('d', [`${leftHost}/24`], [`${rightHost}/24`]));
    await finds(at, await neighbour(at), 'apart', { address: rightHost });
  });

  it('names a VPN that takes the way to the local network', async function () {
    const at = laid(this, withAddresses);
    at.ip('-n', at.left, 'link', 'add', 'wg0', 'type', 'veth', 'peer', 'name', 'wg1');
    for (const one of ['wg0', 'wg1']) at.ip('-n', at.left, 'link', 'set', one, 'up');
    at.ip('-n', at.left, 'address', 'add', '10.8.0.1/24', 'dev', 'wg0');
    at.ip('-n', at.left, 'route', 'add', `${rightHost}/32`, 'dev', 'wg0');
    await finds(at, await neighbour(at), 'vpn', { interface: 'wg0', address: rightHost });
  });

  it('names a VPN that carries everything, where nobody is heard', async function () {
    const at = laid(this, withAddresses);
    at.ip('-n', at.left, 'link', 'add', 'tun0', 'type', 'veth', 'peer', 'name', 'tun1');
    for (const one of ['tun0', 'tun1']) at.ip('-n', at.left, 'link', 'set', one, 'up');
    at.ip('-n', at.left, 'address', 'add', '10.8.0.1/24', 'dev', 'tun0');
    at.ip('-n', at.left, 'route', 'add', 'default', 'dev', 'tun0');
    await finds(at, { examine: true }, 'vpn', { interface: 'tun0', weight: 'likely' });
  });

  it('names an interface of the settings that does not lead to the peer, and one that is not there', async function () {
    const at = laid(this, withAddresses);
    at.ip('-n', at.left, 'link', 'add', 'eth7', 'type', 'veth', 'peer', 'name', 'eth8');
    for (const one of ['eth7', 'eth8']) at.ip('-n', at.left, 'link', 'set', one, 'up');
    at.ip('-n', at.left, 'address', 'add', '10.77.0.1/24', 'dev', 'eth7');
    const wish = await neighbour(at);
    await finds(at, { ...wish, pins: ['eth7'] }, 'wrongInterface', { interface: 'eth7', there: 'veth0' });
    await finds(at, { examine: true, pins: ['eth7'] }, 'wrongInterface', { interface: 'eth7' });
    await finds(at, { examine: true, pins: ['eth9'] }, 'interfaceMissing', { interface: 'eth9' });
  });

  it('names IPv6 alone, where the peer is to be reached by IPv4', async function () {
    const at = laid(this, () => layCable('d', ['fd00:99::1/64'], ['fd00:99::2/64', `${rightHost}/24`]));
    await finds(at, await neighbour(at), 'oneFamily', { ours: 6, address: rightHost });
  });

  it('names a name that nobody knows, and a port where nothing listens', async function () {
    const at = laid(this, withAddresses);
    const wish = await neighbour(at);
    const to = (host: string, there: number): Wish => ({
      examine: true,
      target: { expect: wish.target!.expect, addresses: [{ host, port: there }] },
    });
    await finds(at, to(rightHost, port + 1), 'notListening', { address: rightHost });
    await finds(at, to('nobody.invalid', port), 'nameUnknown', { address: 'nobody.invalid' });
  });

  it('names a clone: another machine that has this identity', async function () {
    const at = laid(this, withAddresses);
    const identity = serialiseIdentity(await createIdentity());
    const { peerId: other } = await createIdentity();
    await start(at.right, { port, identity }).writes(/^online /);
    const target = { expect: other, addresses: [{ host: rightHost, port }] };
    await finds(at, { examine: true, identity, target }, 'clonedIdentity', { address: rightHost, weight: 'cause' });
  });

  it('names TCP port and UDP port that another program has taken', async function () {
    const at = laid(this, withAddresses);
    const taker = `
      require('node:net').createServer().listen(${port}, '::', () =>
        require('node:dgram').createSocket('udp4').bind(5353, () => console.log('taken')));
      process.stdin.on('end', () => process.exit()).resume();`;
    const other = runIn(at.left, process.execPath, '-e', taker);
    running.push(other);
    await other.writes(/^taken$/);
    const found = await findings(at, { examine: true, port });
    assert.deepEqual(
      found
        .slice(0, 2)
        .map(({ cause }) => cause)
        .toSorted(),
      ['mdnsTaken', 'portTaken'],
    );
  });
});
