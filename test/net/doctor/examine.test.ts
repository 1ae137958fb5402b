// The doctor on one machine: real peers on loopback, and machines that nobody has here, of which it is told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import type { CauseName, Finding } from '../../../src/core/doctor/causes.ts';
import type { Facts, Target } from '../../../src/core/doctor/facts.ts';
import { findingsOf } from '../../../src/core/doctor/findings.ts';
import { reportOf } from '../../../src/core/doctor/report.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { type ExamineOptions, examine } from '../../../src/net/doctor/examine.ts';
import { type DoctorSystem, realDoctorSystem } from '../../../src/net/doctor/system.ts';
import { answerText, headEnd, startHandListener } from '../../support/handListener.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';

const never = new AbortController().signal;
const config = { visibility: 'thisMachine', discovery: 'on', port: 0, interfaces: [] } as const;

/** A machine on a network of its own, on which nothing that is asked does anything. */
function machine(changes: Partial<DoctorSystem> = {}): DoctorSystem {
  const address = (ip: string, bits: number) =>
    ({ address: ip, netmask: '', family: 'IPv4', mac: '02:00:00:00:00:01', internal: false, cidr: `${ip}/${bits}` }) as const;
  return {
    platform: 'linux',
    interfaces: () => ({ lo: [{ ...address('127.0.0.1', 8), internal: true }], eth0: [address('192.168.1.20', 24)] }),
    read: async () => undefined,
    resolve: async (host) => [host],
    sourceTowards: async () => '192.168.1.20',
    knock: async () => 'open',
    multicast: async ({ at }) => ({
      ...{ interface: at.name, family: at.zone === '' ? 4 : 6, sent: 'yes' },
      ...{ heardItself: true, heardOwnAnswer: true, heard: ['AAAAAAAAAAAAAAAA'] },
    }),
    ...changes,
  };
}

describe('the doctor', () => {
  const peers: HeadlessPeer[] = [];
  const closing: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all([...peers.splice(0).map((peer) => peer.stop()), ...closing.splice(0).map((close) => close())]);
  });

  async function start(options: Parameters<typeof headlessPeer>[0] = {}): Promise<HeadlessPeer> {
    const peer = await headlessPeer(options);
    peers.push(peer);
    return peer;
  }

  async function factsOf(peer: HeadlessPeer, changes: Partial<ExamineOptions> = {}): Promise<Facts> {
    const visibility = changes.config?.visibility ?? config.visibility;
    return examine(
      {
        ...{ state: { phase: 'online', session: peer.online, visibility }, config, own: peer.identity.peerId },
        ...{ app: '0.0.0-test', isRemote: false, mdnsPort: await ownMdnsPort(), ...changes },
      },
      never,
    );
  }

  async function findings(changes: Partial<ExamineOptions> = {}): Promise<readonly Finding[]> {
    return findingsOf(await factsOf(await start(), changes));
  }

  async function finds(cause: CauseName, changes: Partial<ExamineOptions>, facts: object = {}): Promise<void> {
    const found = await findings(changes);
    assert.deepEqual(found[0], { ...found[0], cause, ...facts }, JSON.stringify(found));
  }

  const onNetwork = { config: { ...config, visibility: 'network' } } as const;
  const target = (changes: Partial<Target>): Target => ({
    ...{ name: 'neighbour', expect: undefined, isBlocked: false, addresses: [{ host: '192.168.1.30', port: 40_123 }] },
    ...changes,
  });

  it('finds a peer on this machine, heard and reached', async () => {
    const there = await start();
    const facts = await factsOf(await start(), { target: target({ expect: there.identity.peerId, addresses: [there.address] }) });
    assert.equal(facts.peer?.isHeard, true);
    assert.equal(facts.multicast[0]?.heardOwnAnswer, true);
    assert.deepEqual(facts.peer.places[0]?.answer, { kind: 'ferry', peerId: there.identity.peerId, app: '0.0.0-test' });
    assert.deepEqual(
      findingsOf(facts).filter(({ weight }) => weight !== 'note'),
      [],
    );
  });

  it('names a key that is not the expected one', async () => {
    const there = await start();
    const { peerId: expected } = await createIdentity();
    await finds(
      'keyChanged',
      { target: target({ expect: expected, addresses: [there.address] }) },
      { expected, found: there.identity.peerId },
    );
  });

  it('names its own window, where the address of a peer leads to it', async () => {
    const here = await start();
    const { peerId: expect } = await createIdentity();
    const found = findingsOf(await factsOf(here, { target: target({ expect, addresses: [here.address] }) }));
    assert.equal(found[0]?.cause, 'ownAddress');
  });

  it('names another version of the protocol, and another version of Ferry that it understands', async () => {
    const identity = await createIdentity();
    const info = { protocol: 1, name: 'x', app: '9.9.9', window: 'A'.repeat(22), focusedMsAgo: 0, capabilities: [] };
    for (const [protocol, weight] of [
      [2, 'cause'],
      [1, 'note'],
    ] as const) {
      const listener = await startHandListener(identity, async ({ until, write }) => {
        await until(headEnd);
        write(answerText('200 OK', { ...info, protocol }));
      });
      closing.push(() => listener.close());
      const found = await findings({ target: target({ expect: identity.peerId, addresses: [listener.address] }) });
      const differ = found.find(({ cause }) => cause === 'versionsDiffer');
      assert.equal(differ?.weight, weight);
      if (protocol === 2) assert.equal(found[0], differ);
    }
  });

  it('names a peer that has blocked this one, and one that is blocked here', async () => {
    const [here, there] = [await start(), await start()];
    await there.book.change(here.identity.peerId, (entry) => ({ ...entry, trust: 'blocked' }));
    const to = target({ expect: there.identity.peerId, addresses: [there.address] });
    assert.equal(findingsOf(await factsOf(here, { target: to }))[0]?.cause, 'rejectedThere');
    await finds('blockedHere', { target: { ...to, isBlocked: true } });
  });

  it('says of an address at which a blocked peer answers that it is blocked, and not that nothing of Ferry is there', async () => {
    const [here, there] = [await start(), await start()];
    await here.book.change(there.identity.peerId, (entry) => ({ ...entry, trust: 'blocked' }));
    const facts = await factsOf(here, { target: target({ addresses: [there.address] }) });
    assert.equal(facts.peer?.places[0]?.answer?.kind, 'blockedHere');
    assert.equal(findingsOf(facts)[0]?.cause, 'blockedHere');
    assert.match(reportOf(facts), /who answers: a peer that you have blocked\n/);
  });

  it('names a program that is not Ferry', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('SSH-2.0-OpenSSH_9.9\r\n'),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await finds('noFerry', { target: target({ addresses: [{ host: '127.0.0.1', port }] }) });
    server.close();
    await once(server, 'close');
  });

  it('names macOS that does not permit the local network', async () => {
    const system = machine({ platform: 'darwin', knock: async () => 'unreachable' });
    await finds('localNetworkDenied', { ...onNetwork, system, target: target({}) });
    const mute = machine({
      platform: 'darwin',
      multicast: async ({ at }) => ({
        interface: at.name,
        family: 4,
        sent: 'unreachable',
        heardItself: false,
        heardOwnAnswer: false,
        heard: [],
      }),
    });
    await finds('localNetworkDenied', { ...onNetwork, system: mute });
  });

  it('names the address translation of WSL, and not its mirrored network', async () => {
    const read = async (path: string): Promise<string | undefined> =>
      path === '/proc/version' ? 'Linux version 6.6.87.2-microsoft-standard-WSL2' : undefined;
    const { lo, eth0: [real] = [] } = machine().interfaces();
    const nat = [{ ...real!, address: '172.24.80.5', cidr: '172.24.80.5/20' }];
    await finds('wslNat', { ...onNetwork, system: machine({ read, interfaces: () => ({ lo, eth0: nat }) }) });
    const mirrored = await findings({ ...onNetwork, system: machine({ read }) });
    assert.ok(!mirrored.some(({ cause }) => cause === 'wslNat'));
  });

  it('names a container, a remote window and firewalls by what is in their files', async () => {
    const files: Readonly<Record<string, string>> = { '/.dockerenv': '', '/etc/ufw/ufw.conf': 'ENABLED=yes\n' };
    const system = machine({ read: async (path) => files[path] });
    const found = await findings({ ...onNetwork, system, isRemote: true });
    const named = new Set(found.map(({ cause }) => cause));
    for (const cause of ['container', 'remoteWindow', 'firewall'] as const) assert.ok(named.has(cause), cause);
  });

  it('names a window that only this machine reaches, and one that is offline', async () => {
    await finds('thisMachineOnly', { system: machine({ knock: async () => 'timeout' }), target: target({}) });
    const error = { phase: 'offline', by: 'person' } as const;
    await finds('offline', { state: error, system: machine() });
  });

  it('ends in time where nothing ever answers, and at once where it is cancelled', async () => {
    const silent = machine({
      knock: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('timeout'))),
      multicast: ({ at }, signal) =>
        new Promise((resolve) => {
          const facts = {
            interface: at.name,
            family: 4,
            sent: 'yes',
            heardItself: false,
            heardOwnAnswer: false,
            heard: [],
          } as const;
          signal.addEventListener('abort', () => resolve(facts));
        }),
    });
    const facts = await factsOf(await start(), { ...onNetwork, system: silent, target: target({}), limitMs: 50 });
    assert.equal(facts.peer?.places[0]?.knock, 'timeout');
    const peer = await start();
    const stop = new AbortController();
    const state = { phase: 'online', session: peer.online, visibility: 'network' } as const;
    const examining = examine({ state, ...onNetwork, own: undefined, app: '', isRemote: false, system: silent }, stop.signal);
    stop.abort();
    await assert.rejects(examining, { code: 'ERR_CANCELLED' });
  });

  it('writes a report of the real machine that holds none of its addresses, unless it is asked to', async () => {
    const there = await start();
    const facts = await factsOf(await start(), {
      target: target({ name: 'Alice', expect: there.identity.peerId, addresses: [there.address] }),
    });
    const secrets = [
      'Alice',
      '127.0.0.1',
      ...facts.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ];
    const [redacted, whole] = [reportOf(facts), reportOf(facts, { redact: false })];
    for (const secret of secrets) {
      assert.ok(!redacted.includes(secret), secret);
      assert.ok(whole.includes(secret), secret);
    }
    assert.equal(realDoctorSystem.platform, process.platform);
  });
});
