// Discovery over real mDNS, on loopback.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';

import { silentLog } from '../../../src/core/base/log.ts';
import type { DiscoveryStatus, Sighting } from '../../../src/core/peers/sightings.ts';
import type { Discovery } from '../../../src/net/discovery/discovery.ts';
import { loopback } from '../../../src/net/discovery/interfaces.ts';
import { loadMdns } from '../../../src/net/discovery/mdns.ts';
import { type DiscoverySystem, realSystem } from '../../../src/net/discovery/system.ts';
import { ids, sees, start, stopAll } from '../../support/discovering.ts';
import { peerProcess } from '../../support/discoveryProcess.ts';
import { openTap } from '../../support/mdnsFlood.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { namesIn, textsIn } from '../../support/recordNames.ts';
import { eventually } from '../../support/temp.ts';

async function becomes(discovery: Discovery, test: (status: DiscoveryStatus) => boolean): Promise<void> {
  await eventually(discovery.onDidChange, () => (test(discovery.status()) ? true : undefined), 'the status changes');
}

/** How many UDP sockets this process has, once those that are being closed are gone. */
async function openSockets(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  return process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap').length;
}

function openTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

afterEach(stopAll);

describe('discovery over real mDNS on loopback', () => {
  it('finds every other window within 1.5 s, at the address that packets came from, and not itself', async () => {
    const mdnsPort = await freeUdpPort();
    const windows = [0, 1, 2].map((n) => start({ self: { idPrefix: ids[n] ?? '', port: 5000 + n }, mdnsPort }));
    for (const [n, window] of windows.entries()) {
      for (const other of [0, 1, 2].filter((m) => m !== n)) {
        const sighting = await sees(window, ids[other] ?? '');
        assert.deepEqual(sighting.address, { host: '127.0.0.1', port: 5000 + other });
        assert.match(sighting.instance, new RegExp(`^${ids[other]?.slice(0, 8)}-[A-Z2-7]{8}$`));
      }
      assert.equal(window.sightings().length, 2);
      assert.deepEqual(window.status(), { kind: 'running', interfaces: ['loopback'] });
    }
  });

  it('shows other windows of the same peer, for the owner to sort out', async () => {
    const mdnsPort = await freeUdpPort();
    const one = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    start({ self: { idPrefix: ids[0], port: 5001 }, mdnsPort });
    assert.equal((await sees(one, ids[0])).address.port, 5001);
  });

  it('marks a window as leaving within 2 s of its end, and drops it when the owner could not dial it', async () => {
    const mdnsPort = await freeUdpPort();
    const one = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const other = start({ self: { idPrefix: ids[1], port: 5001 }, mdnsPort });
    await sees(one, ids[1]);
    await other.stop();
    const find = (): Sighting | undefined => one.sightings().find((sighting) => sighting.leaving);
    const { instance } = await eventually(one.onDidChange, find, 'the other is leaving');
    one.forget(instance);
    assert.deepEqual(one.sightings(), []);
  });

  it('finds and is found by another process', async () => {
    const mdnsPort = await freeUdpPort();
    const here = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const there = peerProcess({ idPrefix: ids[1], port: 5001, mdnsPort, scope: 'loopback' });
    try {
      await Promise.all([sees(here, ids[1]), there.reports((sightings) => sightings.includes(ids[0]))]);
    } finally {
      await there.end();
    }
  });

  it('still asks, listens and is silent about itself when there is nothing to publish', async () => {
    const mdnsPort = await freeUdpPort();
    const listening = start({ mdnsPort });
    start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const tap = await openTap(mdnsPort);
    await sees(listening, ids[0]);
    const answers = tap.packets.filter((packet) => (packet[2] ?? 0) >= 0x80);
    tap.close();
    assert.ok(answers.every((packet) => packet.includes(ids[0])));
  });

  it('S9: records hold no name of machine, user or folder', async () => {
    const mdnsPort = await freeUdpPort();
    const heard = Promise.withResolvers<Buffer>();
    const tap = await openTap(mdnsPort, (packet) => {
      if (packet[2] === 0x84) heard.resolve(packet);
    });
    start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const packet = await heard.promise;
    tap.close();
    const words = textsIn(packet);
    const allowed = [/^AAAAAAAA-[A-Z2-7]{8}$/, /^[a-z2-7]{8}$/, /^(_ferry|_tcp|local)$/, /^(v=1|id=AAAAAAAABBBBBBBB)$/];
    for (const word of words)
      assert.ok(
        allowed.some((pattern) => pattern.test(word)),
        `unexpected text in a record: ${word}`,
      );
    // A random label may stand for a name all the same, so what it says is held against those of this machine.
    const names = [hostname(), userInfo().username, basename(process.cwd())];
    assert.deepEqual(namesIn(packet, names, ['AAAAAAAABBBBBBBB', 'AAAAAAAA']), []);
  });

  it('stops at once, twice, before it has begun, and leaves no socket behind', async () => {
    const mdnsPort = await freeUdpPort();
    const before = await openSockets();
    const one = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const other = start({ self: { idPrefix: ids[1], port: 5001 }, mdnsPort });
    const early = start({ self: { idPrefix: ids[2], port: 5002 }, mdnsPort });
    await Promise.all([early.stop(), early.stop()]);
    await sees(one, ids[1]);
    await Promise.all([one.stop(), one.stop(), other.stop()]);
    assert.equal(await openSockets(), before);
    assert.deepEqual([one.status(), one.sightings()], [{ kind: 'stopped' }, []]);
  });

  it('says so when the port is taken, and takes it once it is free', async () => {
    const mdnsPort = await freeUdpPort();
    const squatter = createSocket('udp4');
    await once(squatter.bind(mdnsPort, '0.0.0.0'), 'listening');
    const fast: DiscoverySystem = {
      ...realSystem,
      monotonicMs: () => realSystem.monotonicMs() * 100,
      after: (ms, work) => realSystem.after(ms / 100, work),
    };
    const discovery = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort, system: fast });
    await becomes(discovery, (status) => status.kind === 'degraded');
    assert.deepEqual(discovery.status(), {
      kind: 'degraded',
      interfaces: [],
      failures: [{ interface: 'loopback', reason: 'portTaken', systemCode: 'EADDRINUSE' }],
    });
    squatter.close();
    await becomes(discovery, (status) => status.kind === 'running');
  });

  it('sends nothing as long as the outgoing interface is not set, for it would go out by the default route', async () => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const calls: string[] = [];
    socket.addMembership = () => {
      throw Object.assign(new Error('no such device'), { code: 'ENODEV' });
    };
    socket.send = () => calls.push('send');
    const [openLink, port] = await Promise.all([loadMdns(), freeUdpPort()]);
    const before = openTimers();
    const trouble = await new Promise((resolve) => {
      const link = openLink({
        at: loopback,
        advert: { instance: 'AAAAAAAA-BBBBBBBB', idPrefix: ids[0], port: 5000, host: 'cccccccc' },
        port,
        log: silentLog,
        onHeard: () => undefined,
        onSent: () => calls.push('sent'),
        onTrouble: (given) => {
          link.query([]);
          link.askAfter(['AAAAAAAA-CCCCCCCC']);
          void link.leave().then(() => resolve(given));
        },
        nowMs: () => 0,
        after: realSystem.after,
        random: realSystem.random,
        socket,
      });
      link.query([]);
    });
    assert.deepEqual([trouble, calls], [{ phase: 'setup', systemCode: 'ENODEV' }, []]);
    assert.equal(openTimers(), before, 'a timer is left');
  });

  it('publishes nothing by halves with a library that leaves records out', async () => {
    const { default: Bonjour } = await import('bonjour-service');
    const records = Object.getOwnPropertyDescriptor(Bonjour.Service.prototype, 'records');
    assert.ok(records !== undefined);
    Bonjour.Service.prototype.records = () => [];
    try {
      const discovery = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort: await freeUdpPort() });
      await becomes(discovery, (status) => status.kind === 'degraded');
      assert.deepEqual(discovery.status(), {
        kind: 'degraded',
        interfaces: [],
        failures: [{ interface: 'loopback', reason: 'other', systemCode: 'ERR_DISCOVERY_FAILED' }],
      });
    } finally {
      Object.defineProperty(Bonjour.Service.prototype, 'records', records);
    }
  });
});
