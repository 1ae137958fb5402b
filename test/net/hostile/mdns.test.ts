// A hostile network over multicast, against discovery as a whole and over real sockets on loopback.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { Sighting } from '../../../src/core/peers/sightings.ts';
import { type Discovery, startDiscovery } from '../../../src/net/discovery/discovery.ts';
import {
  announcement,
  type FakeService,
  falseService,
  message,
  nameBytes,
  openSender,
  openTap,
  type Sender,
  serviceRecords,
  serviceType,
} from '../../support/mdnsFlood.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { skip } from '../../support/skipping.ts';
import { eventually } from '../../support/temp.ts';

const peer = { idPrefix: 'AAAAAAAABBBBBBBB', port: 5000 };
const oneAddress = 'more than one loopback address, which Linux has';

describe('a hostile network', () => {
  let mdnsPort = 0;
  let victim: Discovery;
  let real: Discovery;
  let stranger: Sender;

  beforeEach(async () => {
    mdnsPort = await freeUdpPort();
    victim = startDiscovery({ self: undefined, scope: 'loopback', log: silentLog, mdnsPort });
    real = startDiscovery({ self: peer, scope: 'loopback', log: silentLog, mdnsPort });
    stranger = await openSender(mdnsPort);
    await seen((sighting) => sighting.idPrefix === peer.idPrefix);
  });
  afterEach(async () => {
    stranger.close();
    await Promise.all([victim.stop(), real.stop()]);
  });

  const seen = (test: (sighting: Sighting) => boolean): Promise<Sighting> =>
    eventually(victim.onDidChange, () => victim.sightings().find(test), 'a sighting');

  const ofPeer = (): Sighting => {
    const found = victim.sightings().find((sighting) => sighting.idPrefix === peer.idPrefix);
    assert.ok(found !== undefined, 'the real peer is listed');
    return found;
  };

  /** Sends, and then a service in good form; when that one is seen, all before it has been dealt with. */
  async function afterAll(packets: readonly Uint8Array[], from: Sender = stranger): Promise<readonly Sighting[]> {
    for (const packet of packets) await from.send(packet);
    const last = falseService(randomInt(1_000_000, 2_000_000));
    await from.send(announcement(last));
    await seen((sighting) => sighting.instance === last.instance);
    return victim.sightings().filter((sighting) => sighting.instance !== last.instance && sighting.idPrefix !== peer.idPrefix);
  }

  it('M1: ten thousand false services from a hundred addresses fill their own places, and the real peer stays', async function () {
    if (process.platform !== 'linux') skip(this, oneAddress);
    const collect = garbageCollector();
    collect();
    const heapBefore = process.memoryUsage().heapUsed;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const cpu = process.cpuUsage();
    const child = spawn(process.execPath, [floodProgram, String(mdnsPort), '10000', '100', '4000'], { stdio: 'inherit' });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1000;
    const found = ofPeer();
    const p99 = delay.percentile(99) / 1e6;
    collect();
    const heapGrowth = process.memoryUsage().heapUsed - heapBefore;
    const counts = new Map<string, number>();
    for (const { address } of victim.sightings()) counts.set(address.host, (counts.get(address.host) ?? 0) + 1);
    const figures = `loop p99 ${p99.toFixed(1)} ms, processor ${cpuMs.toFixed(0)} ms, heap ${(heapGrowth / 1e6).toFixed(1)} MB`;
    console.log(`    ${figures}, ${victim.sightings().length} listed`);
    assert.equal(code, 0);
    assert.equal(found.leaving, false);
    assert.equal(found.address.port, peer.port);
    assert.ok(victim.sightings().length > 100 && victim.sightings().length <= limits.mdnsPeers);
    assert.ok(Math.max(...counts.values()) <= limits.mdnsPeersPerAddress);
    assert.ok(heapGrowth < 10e6, `the heap grew by ${heapGrowth} bytes`);
  });

  it('M1: a flood from the address of the real peer does not push it out', async () => {
    for (let n = 0; n < 150; n += 1) await stranger.send(announcement(falseService(n)));
    await seen(() => victim.sightings().length === limits.mdnsPeersPerAddress);
    assert.equal(ofPeer().leaving, false);
  });

  it('M2: a forged goodbye marks the peer only until it answers', async () => {
    const { instance } = ofPeer();
    const forged = announcement({ instance, port: peer.port, text: ['v=1', `id=${peer.idPrefix}`], ttl: 0 });
    await stranger.send(forged);
    await seen((sighting) => sighting.instance === instance && sighting.leaving);
    await seen((sighting) => sighting.instance === instance && !sighting.leaving);
    assert.deepEqual(ofPeer().address, { host: '127.0.0.1', port: peer.port });
  });

  it('M2: a forged goodbye from another address does nothing, and records with another address stand behind the real one', async function () {
    if (process.platform !== 'linux') skip(this, oneAddress);
    const { instance } = ofPeer();
    const text = ['v=1', `id=${peer.idPrefix}`];
    const elsewhere = await openSender(mdnsPort, '127.0.0.66');
    await afterAll(
      [announcement({ instance, port: peer.port, text, ttl: 0 }), announcement({ instance, port: 6666, text })],
      elsewhere,
    );
    elsewhere.close();
    const { address, others, leaving } = ofPeer();
    assert.deepEqual(
      [address, others, leaving],
      [{ host: '127.0.0.1', port: peer.port }, [{ host: '127.0.0.66', port: 6666 }], false],
    );
  });

  it('M3: addresses in records are never used, nor are ports of other services', async () => {
    const service = falseService(1);
    const others = await afterAll([
      announcement({ ...service, address: [8, 8, 8, 8] }),
      announcement({ ...falseService(2), port: 22 }),
      announcement({ ...falseService(3), port: 0 }),
    ]);
    assert.deepEqual(
      others.map((sighting) => sighting.address),
      [{ host: '127.0.0.1', port: service.port }],
    );
  });

  it('M3: a response from another port than that of mDNS is no response', async () => {
    const elsewhere = await openSender(mdnsPort, '127.0.0.1', 0);
    await elsewhere.send(announcement(falseService(1)));
    elsewhere.close();
    assert.deepEqual(await afterAll([]), []);
  });

  it('M4: a copied name harms neither, and nobody says goodbye for the other', async () => {
    const tap = await openTap(mdnsPort);
    const { instance } = ofPeer();
    const copy: FakeService = { instance, port: 7777, text: ['v=1', 'id=AAAAAAAACCCCCCCC'] };
    const [other] = await afterAll([announcement(copy)]);
    tap.close();
    assert.deepEqual([other?.instance, other?.address.port, ofPeer().address.port], [instance, 7777, peer.port]);
    assert.equal(
      tap.packets.some((packet) => packet.includes(goodbyeOf(instance))),
      false,
    );
  });

  const hostileNames: readonly (readonly [string, string])[] = [
    ['a command link', '[View](command:workbench.action.quit)'],
    ['an escape sequence', '\u001b]0;owned\u0007'],
    ['bidirectional controls', 'AAAAAAAA-\u202egnp.exe'],
    ['a NUL', 'AAAAAAAA-\u0000BBBBBBB'],
    ['63 bytes', 'A'.repeat(63)],
    ['64 bytes', 'A'.repeat(64)],
    ['255 bytes', 'A'.repeat(255)],
    ['300 bytes', 'A'.repeat(300)],
    ['a path', '../../etc/passwd'],
    ['a name of JavaScript', '__proto__'],
    ['no characters', ''],
  ];
  for (const [what, instance] of hostileNames) {
    it(`M5: a service name of ${what} is not listed`, async () => {
      assert.deepEqual(await afterAll([announcement({ instance, port: 5001, text: ['v=1', 'id=AAAAAAAACCCCCCCC'] })]), []);
    });
  }

  it('M5: hostile texts in place of the ID are not listed', async () => {
    const { instance, port } = falseService(1);
    const ids = ['AAAAAAAA\u202eBBBBBBB', '__proto__', '', 'A'.repeat(250), '[x](command:y)', '\u001b[31mAAAAAAAA'];
    const texts = [
      ...ids.map((id) => ['v=1', `id=${id}`]),
      [],
      ['id'],
      ['='],
      ['__proto__=1'],
      Array.from({ length: 300 }, () => 'v=1'),
    ];
    assert.deepEqual(await afterAll(texts.map((text) => announcement({ instance, port, text }))), []);
  });

  it('M6: packets that are too large, too short or promise too much are dropped undecoded', async () => {
    const good = serviceRecords(falseService(1));
    const big = { name: 'x.local', type: 'TXT', ttl: 1, data: Buffer.alloc(1500) } as const;
    const many = Array.from({ length: 61 }, () => ({ name: 'x', type: 'A', ttl: 1, data: Buffer.alloc(4) }) as const);
    assert.ok(good.length + many.length > limits.mdnsPacketRecords);
    assert.ok(message([...good, ...many]).length < limits.mdnsPacketBytes);
    const promising = announcement(falseService(1));
    promising.writeUInt16BE(0xffff, 6);
    assert.deepEqual(
      await afterAll([
        message([...good, big]),
        message([...good, ...many]),
        promising,
        Buffer.from(serviceType),
        Buffer.alloc(3),
      ]),
      [],
    );
  });
});

const floodProgram = fileURLToPath(new URL('../../support/mdnsFlood.ts', import.meta.url));

/** The start of the record that ends a service: its name as data of a pointer with a life of 0. */
function goodbyeOf(instance: string): Buffer {
  const name = nameBytes(`${instance}.${serviceType}`);
  return Buffer.concat([nameBytes(serviceType), Buffer.from([0, 12, 0, 1, 0, 0, 0, 0, 0, name.length]), name]);
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
