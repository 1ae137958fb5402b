import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { hostname, type NetworkInterfaceInfo, userInfo } from 'node:os';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

import { createEmitter } from '../../src/core/event.ts';
import { silentLog } from '../../src/core/log.ts';
import { type DiscoveryStatus, discoveryLimits, type Heard, type Sighting } from '../../src/core/sightings.ts';
import {
  type Discovery,
  type DiscoveryOptions,
  type DiscoverySystem,
  realSystem,
  startDiscovery,
} from '../../src/net/discovery.ts';
import { type LinkOptions, loadMdns, type OpenLink } from '../../src/net/mdns.ts';
import { freeUdpPort, openTap } from '../support/mdnsFlood.ts';
import { eventually } from '../support/temp.ts';

const ids = ['AAAAAAAABBBBBBBB', 'CCCCCCCCDDDDDDDD', 'EEEEEEEEFFFFFFFF', 'GGGGGGGGHHHHHHHH'] as const;
const started: Discovery[] = [];

function start(options: Partial<DiscoveryOptions>): Discovery {
  const discovery = startDiscovery({ self: undefined, scope: 'loopback', log: silentLog, ...options });
  started.push(discovery);
  return discovery;
}

function sees(discovery: Discovery, idPrefix: string, limitMs = 1500): Promise<Sighting> {
  const find = (): Sighting | undefined =>
    discovery.sightings().find((sighting) => sighting.idPrefix === idPrefix && !sighting.leaving);
  return eventually(discovery.onDidChange, find, `${idPrefix} appears`, limitMs);
}

async function becomes(discovery: Discovery, test: (status: DiscoveryStatus) => boolean, limitMs = 3000): Promise<void> {
  await eventually(discovery.onDidChange, () => (test(discovery.status()) ? true : undefined), 'the status changes', limitMs);
}

/** How many UDP sockets this process has, once those that are being closed are gone. */
async function openSockets(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  return process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap').length;
}

function openTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((discovery) => discovery.stop()));
});

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
    const { instance } = await eventually(one.onDidChange, find, 'the other is leaving', 2000);
    one.forget(instance);
    assert.deepEqual(one.sightings(), []);
  });

  it('finds and is found by another process', async () => {
    const mdnsPort = await freeUdpPort();
    const here = start({ self: { idPrefix: ids[0], port: 5000 }, mdnsPort });
    const there = peerProcess({ idPrefix: ids[1], port: 5001, mdnsPort, scope: 'loopback' });
    try {
      await Promise.all([sees(here, ids[1], 5000), there.reports((sightings) => sightings.includes(ids[0]))]);
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
    const words = printable(packet);
    const allowed = [/^AAAAAAAA-[A-Z2-7]{8}$/, /^[a-z2-7]{8}$/, /^(_ferry|_tcp|local)$/, /^(v=1|id=AAAAAAAABBBBBBBB)$/];
    for (const word of words)
      assert.ok(
        allowed.some((pattern) => pattern.test(word)),
        `unexpected text in a record: ${word}`,
      );
    // Names as short as the parts of a random label stand in it by chance; the patterns above leave no other room for them.
    for (const secret of [hostname(), userInfo().username, basename(process.cwd())].filter((name) => name.length > 4)) {
      assert.equal(packet.toString('latin1').toLowerCase().includes(secret.toLowerCase()), false, 'a name got out');
    }
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
        at: { name: 'loopback', address: '127.0.0.1', networks: ['127.0.0.0/8'] },
        advert: { instance: 'AAAAAAAA-BBBBBBBB', idPrefix: ids[0], port: 5000, host: 'cccccccc' },
        port,
        log: silentLog,
        onHeard: () => undefined,
        onSent: () => calls.push('sent'),
        onTrouble: (given) => {
          link.query();
          void link.leave().then(() => resolve(given));
        },
        nowMs: () => 0,
        socket,
      });
      link.query();
    });
    assert.deepEqual([trouble, calls], [{ phase: 'setup', systemCode: 'ENODEV' }, []]);
    assert.equal(openTimers(), before, 'a timer is left');
  });

  it('does not start with a library that has changed inside', async () => {
    const { Server } = await import('bonjour-service/dist/lib/mdns-server.js');
    const register = Object.getOwnPropertyDescriptor(Server.prototype, 'register');
    assert.ok(register !== undefined);
    Reflect.deleteProperty(Server.prototype, 'register');
    try {
      const discovery = start({ mdnsPort: await freeUdpPort() });
      await becomes(discovery, (status) => status.kind === 'degraded');
      assert.deepEqual(discovery.status(), {
        kind: 'degraded',
        interfaces: [],
        failures: [{ interface: 'loopback', reason: 'other', systemCode: 'ERR_DISCOVERY_FAILED' }],
      });
    } finally {
      Object.defineProperty(Server.prototype, 'register', register);
    }
  });
});

describe('discovery in a made-up world', () => {
  it('asks at 0, 1, 3 and 10 s, then every minute', async () => {
    const world = await inWorld();
    await world.advance(200_000);
    assert.deepEqual(world.links[0]?.askedMs, [0, 1000, 3000, 10_000, 70_000, 130_000, 190_000]);
  });

  it('asks at once for a person who looks, but not twice in a second, and then follows the same pauses', async () => {
    const world = await inWorld();
    await world.advance(20_500);
    for (let n = 0; n < 5; n += 1) world.discovery.requery();
    await world.advance(300);
    world.discovery.requery();
    await world.advance(3_900);
    assert.deepEqual(world.links[0]?.askedMs.slice(4), [20_500, 21_500, 22_500, 24_500]);
  });

  it('asks again after a goodbye, so that a forged one does not last', async () => {
    const world = await inWorld();
    world.hear(alive);
    await world.advance(30_000);
    world.hear({ kind: 'leaving', instance: alive.instance, host: '127.0.0.1' });
    await world.advance(1);
    assert.equal(world.discovery.sightings()[0]?.leaving, true);
    assert.equal(world.links[0]?.askedMs.at(-1), 30_000);
    world.hear(alive);
    assert.equal(world.discovery.sightings()[0]?.leaving, false);
  });

  it('drops a window that was silent for 150 s and keeps one that answers', async () => {
    const world = await inWorld();
    world.hear(alive);
    world.hear({ ...alive, instance: 'AAAAAAAA-CCCCCCCC' });
    for (let n = 0; n < 4; n += 1) {
      await world.advance(60_000);
      world.hear(alive);
    }
    assert.deepEqual(
      world.discovery.sightings().map((sighting) => sighting.instance),
      [alive.instance],
    );
  });

  it('tells of a change once, and not of what is as before', async () => {
    const world = await inWorld();
    await world.advance(100);
    const before = world.told();
    for (let n = 0; n < 50; n += 1) world.hear({ ...alive, instance: `AAAAAAAA-CCCCCC${n % 2 === 0 ? 'AA' : 'BB'}` });
    await world.advance(100);
    assert.equal(world.told(), before + 1);
    world.hear({ ...alive, instance: 'AAAAAAAA-CCCCCCAA' });
    await world.advance(30_000);
    assert.equal(world.told(), before + 1);
  });

  it('uses loopback alone for this machine, and every IPv4 interface besides for the network', async () => {
    const world = await inWorld({ scope: 'loopback', interfaces: ['eth0'] });
    assert.deepEqual(world.names(), ['loopback 127.0.0.1']);
    const wider = await inWorld({ scope: 'network' });
    assert.deepEqual(wider.names(), ['loopback 127.0.0.1', 'eth0 192.168.1.5', 'wlan0 10.0.0.5']);
    assert.deepEqual(wider.links[1]?.options.at.networks, ['192.168.1.5/24', '192.168.2.5/24']);
  });

  for (const [pins, expected, missing] of [
    [['eth0'], ['eth0 192.168.1.5'], []],
    [['192.168.2.5'], ['eth0 192.168.2.5'], []],
    [['10.0.0.5', 'eth0'], ['eth0 192.168.1.5', 'wlan0 10.0.0.5'], []],
    [['lo', '127.0.0.1'], [], []],
    [['eth7', 'wlan0'], ['wlan0 10.0.0.5'], ['eth7']],
    [[], ['eth0 192.168.1.5', 'wlan0 10.0.0.5'], []],
  ] as const) {
    it(`follows the person's choice of ${pins.join(' and ') || 'nothing'}`, async () => {
      const world = await inWorld({ scope: 'network', interfaces: pins });
      assert.deepEqual(world.names(), ['loopback 127.0.0.1', ...expected]);
      const status = world.discovery.status();
      assert.deepEqual(status.kind === 'degraded' ? status.failures.map((failure) => failure.interface) : [], missing);
    });
  }

  it('S9: announces nothing on the network to one who hides, listens there all the same, and is announced on this machine', async () => {
    const world = await inWorld({ scope: 'network', announced: 'loopback' });
    assert.deepEqual(
      world.links.map(({ options: { at, advert } }) => [at.name, advert?.idPrefix]),
      [
        ['loopback', ids[3]],
        ['eth0', undefined],
        ['wlan0', undefined],
      ],
    );
    assert.ok(world.links.every(({ askedMs }) => askedMs.length > 0));
  });

  it('says so when there is no network at all', async () => {
    const world = await inWorld({ scope: 'network' }, {});
    assert.deepEqual(world.discovery.status(), {
      kind: 'degraded',
      interfaces: ['loopback'],
      failures: [{ interface: '', reason: 'interfaceMissing', systemCode: 'ENODEV' }],
    });
  });

  it('follows a change of address within 5 s, without goodbye, and forgets what it heard on the old network', async () => {
    const world = await inWorld({ scope: 'network' });
    world.hear({ ...alive, address: { host: '192.168.1.9', port: 5000 } }, 1);
    world.hear(alive, 0);
    world.use({ ...machine, eth0: [ipv4('172.16.0.5')] });
    await world.advance(discoveryLimits.lookMs);
    assert.deepEqual(world.names(), ['loopback 127.0.0.1', 'wlan0 10.0.0.5', 'eth0 172.16.0.5']);
    assert.deepEqual(world.links[1]?.ends, ['destroy']);
    assert.deepEqual(world.links[0]?.ends, []);
    assert.deepEqual(
      world.discovery.sightings().map((sighting) => [sighting.address.host, sighting.others]),
      [['127.0.0.1', []]],
    );
    assert.equal(new Set(world.links.map((link) => link.options.advert?.instance)).size, 1);
    assert.deepEqual(world.links.at(-1)?.askedMs, [5000]);
  });

  for (const [what, monotonicMs, wallMs] of [
    ['a clock that stood still while the machine slept', 0, 3_600_000],
    ['a clock that went on while the machine slept', 3_600_000, 3_600_000],
  ] as const) {
    it(`opens everything anew after a sleep, with ${what}`, async () => {
      const world = await inWorld({ scope: 'network' });
      await world.advance(60_000);
      world.skip(monotonicMs, wallMs);
      await world.advance(discoveryLimits.lookMs);
      assert.deepEqual(
        world.links.map((link) => link.ends),
        [['destroy'], ['destroy'], ['destroy'], [], [], []],
      );
      assert.equal(world.discovery.status().kind, 'running');
    });
  }

  it('takes no notice of a wall clock that is set back by ten years', async () => {
    const world = await inWorld();
    world.hear(alive);
    await world.advance(10_000);
    world.skip(0, -10 * 365 * 86_400_000);
    await world.advance(60_000);
    assert.equal(world.links.length, 1);
    assert.equal(world.discovery.sightings().length, 1);
  });

  it('shows a packet that could not be sent until the next one is', async () => {
    const world = await inWorld({ scope: 'network' });
    world.links[1]?.options.onTrouble({ phase: 'send', systemCode: 'ENETUNREACH' });
    assert.deepEqual(world.discovery.status(), {
      kind: 'degraded',
      interfaces: ['loopback', 'wlan0'],
      failures: [{ interface: 'eth0', reason: 'unreachable', systemCode: 'ENETUNREACH' }],
    });
    world.links[1]?.options.onSent();
    assert.deepEqual(world.discovery.status(), { kind: 'running', interfaces: ['loopback', 'eth0', 'wlan0'] });
    assert.deepEqual(world.links[1]?.ends, []);
  });

  it('tries an interface that failed again after 5 s, then twice as long, up to 5 min, and anew once a packet got out', async () => {
    const world = await inWorld();
    const openedMs: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const link = world.links.at(-1);
      link?.options.onTrouble({ phase: 'setup', systemCode: 'EACCES' });
      assert.deepEqual([world.discovery.status().kind, link?.ends], ['degraded', ['destroy']]);
      const failedMs = world.nowMs();
      while (world.links.at(-1) === link) await world.advance(discoveryLimits.lookMs);
      openedMs.push(world.nowMs() - failedMs);
    }
    assert.deepEqual(
      openedMs,
      [5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000),
    );
    world.links.at(-1)?.options.onSent();
    world.links.at(-1)?.options.onTrouble({ phase: 'setup', systemCode: 'EACCES' });
    const count = world.links.length;
    await world.advance(discoveryLimits.lookMs);
    assert.equal(world.links.length, count + 1);
  });

  it('hears nothing more from a link that it has given up', async () => {
    const world = await inWorld();
    const link = world.links[0];
    link?.options.onTrouble({ phase: 'setup', systemCode: 'EACCES' });
    link?.options.onHeard(alive);
    link?.options.onTrouble({ phase: 'send', systemCode: 'EPERM' });
    const status = world.discovery.status();
    assert.deepEqual(status.kind === 'degraded' && status.failures.map((failure) => failure.systemCode), ['EACCES']);
    assert.deepEqual(world.discovery.sightings(), []);
  });

  it('lives on when the library cannot be loaded or a link cannot be opened', async () => {
    const unloadable = await inWorld({}, machine, { load: () => Promise.reject(new Error('gone')) });
    assert.deepEqual(unloadable.discovery.status(), {
      kind: 'degraded',
      interfaces: [],
      failures: [{ interface: '', reason: 'other', systemCode: 'unknown' }],
    });
    const refuse = (): never => {
      throw Object.assign(new Error('no more files'), { code: 'EMFILE' });
    };
    const unopenable = await inWorld({}, machine, { load: () => Promise.resolve(refuse) });
    const status = unopenable.discovery.status();
    assert.deepEqual(status.kind === 'degraded' && status.failures, [
      { interface: 'loopback', reason: 'other', systemCode: 'EMFILE' },
    ]);
  });

  it('publishes nothing, and says so, when it is given a port that nobody would dial', async () => {
    const world = await inWorld({ self: { idPrefix: ids[0], port: 80 } });
    assert.equal(world.links[0]?.options.advert, undefined);
    const status = world.discovery.status();
    assert.deepEqual(status.kind === 'degraded' && status.failures, [
      { interface: '', reason: 'settingInvalid', systemCode: 'ERR_SETTING_INVALID' },
    ]);
  });

  it('says goodbye on every interface when it stops, and sets no timer any more', async () => {
    const world = await inWorld({ scope: 'network' });
    await world.discovery.stop();
    assert.deepEqual(
      world.links.map((link) => link.ends),
      [['leave'], ['leave'], ['leave']],
    );
    world.discovery.requery();
    world.discovery.forget('AAAAAAAA-BBBBBBBB');
    world.links[0]?.options.onHeard(alive);
    assert.equal(world.pending(), 0);
  });
});

describe('discovery between two network namespaces (needs root, ip from iproute2, and network namespaces)', () => {
  const [left, right] = [`ferry-${process.pid}-l`, `ferry-${process.pid}-r`];
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });

  before(function () {
    try {
      for (const name of [left, right]) ip('netns', 'add', name);
      ip('-n', left, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth0', 'netns', right);
      for (const [name, address] of [
        [left, '10.99.0.1/24'],
        [right, '10.99.0.2/24'],
      ] as const) {
        ip('-n', name, 'address', 'add', address, 'dev', 'veth0');
        for (const device of ['lo', 'veth0']) ip('-n', name, 'link', 'set', device, 'up');
      }
    } catch (error) {
      console.log(`    skipped: no network namespaces here (${String(error).split('\n')[0] ?? ''})`);
      this.skip();
    }
  });
  after(() => {
    for (const name of [left, right]) {
      try {
        ip('netns', 'delete', name);
      } catch {
        // It was never made.
      }
    }
  });

  it('finds a window across the network, follows a new address, survives a dead link, and keeps loopback to itself', async () => {
    const common = { mdnsPort: 5353, soonestMs: 200 };
    const here = peerProcess({ ...common, idPrefix: ids[0], port: 5000, scope: 'network' }, left);
    const there = peerProcess({ ...common, idPrefix: ids[1], port: 5001, scope: 'network' }, right);
    const quiet = peerProcess({ ...common, idPrefix: ids[2], port: 5002, scope: 'loopback' }, right);
    try {
      await here.reports((report) => report.includes('"host":"10.99.0.2","port":5001'));
      await there.reports((report) => report.includes('"host":"10.99.0.1","port":5000') && report.includes(ids[2]));
      await quiet.reports((report) => report.includes(`"idPrefix":"${ids[1]}","address":{"host":"127.0.0.1"`));
      ip('-n', right, 'address', 'add', '10.99.0.3/24', 'dev', 'veth0');
      ip('-n', right, 'address', 'delete', '10.99.0.2/24', 'dev', 'veth0');
      ip('-n', right, 'address', 'replace', '10.99.0.3/24', 'dev', 'veth0');
      await here.reports((report) => report.includes('"host":"10.99.0.3","port":5001'));
      ip('-n', right, 'link', 'set', 'veth0', 'down');
      await there.reports((report) => report.includes('interfaceMissing'));
      ip('-n', right, 'link', 'set', 'veth0', 'up');
      await there.reports((report) => !report.includes('degraded') && report.includes('"host":"10.99.0.1"'));
      assert.equal(here.everything().includes(ids[2]), false, 'a window on loopback was heard on the network');
      assert.equal(quiet.everything().includes(ids[0]), false, 'a window on loopback heard the network');
    } finally {
      await Promise.all([here.end(), there.end(), quiet.end()]);
    }
  });
});

const alive = {
  kind: 'alive',
  instance: 'AAAAAAAA-BBBBBBBB',
  idPrefix: ids[0],
  address: { host: '127.0.0.1', port: 5000 },
} as const;

function ipv4(address: string, internal = false, bits = 24): NetworkInterfaceInfo {
  return { address, netmask: '', family: 'IPv4', mac: '02:00:00:00:00:01', internal, cidr: `${address}/${bits}` };
}

const ipv6: NetworkInterfaceInfo = {
  address: 'fe80::5',
  netmask: '',
  family: 'IPv6',
  mac: '',
  internal: false,
  cidr: 'fe80::5/64',
  scopeid: 2,
};

const machine: Readonly<Record<string, readonly NetworkInterfaceInfo[]>> = {
  lo: [ipv4('127.0.0.1', true, 8)],
  eth0: [ipv6, ipv4('192.168.1.5'), ipv4('192.168.2.5')],
  wlan0: [ipv4('10.0.0.5')],
  tun0: [ipv6],
};

type FakeLink = { readonly options: LinkOptions; readonly askedMs: number[]; readonly ends: string[] };

type World = {
  readonly discovery: Discovery;
  readonly links: readonly FakeLink[];
  nowMs(): number;
  /** Gives the machine other interfaces. */
  use(interfaces: typeof machine): void;
  /** Lets time pass, and runs what is due in it. */
  advance(ms: number): Promise<void>;
  /** Lets the clocks jump without running anything, as sleep does. */
  skip(monotonicMs: number, wallMs: number): void;
  hear(heard: Heard, link?: number): void;
  /** Open links, as name and address. */
  names(): readonly string[];
  /** How often onDidChange fired. */
  told(): number;
  /** How many timers run. */
  pending(): number;
};

/** Discovery with clocks, timers, interfaces and links that the test moves; its first look is over. */
async function inWorld(
  options: Partial<DiscoveryOptions> = {},
  interfaces = machine,
  system: Partial<DiscoverySystem> = {},
): Promise<World> {
  let [nowMs, offsetMs, told] = [0, 0, 0];
  let present = interfaces;
  const links: FakeLink[] = [];
  const timers = new Set<{ readonly atMs: number; readonly work: () => void }>();
  const openLink: OpenLink = (given) => {
    const link: FakeLink = { options: given, askedMs: [], ends: [] };
    links.push(link);
    const end = (how: string) => async (): Promise<void> => void link.ends.push(how);
    return { query: () => void link.askedMs.push(nowMs), leave: end('leave'), destroy: end('destroy') };
  };
  const after: DiscoverySystem['after'] = (ms, work) => {
    const timer = { atMs: nowMs + ms, work };
    timers.add(timer);
    return { dispose: () => timers.delete(timer) };
  };
  const advance = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms;
    for (;;) {
      await new Promise(setImmediate);
      const [next] = [...timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.work();
    }
    nowMs = endMs;
  };
  const discovery = start({
    self: { idPrefix: ids[3], port: 6000 },
    ...options,
    system: {
      interfaces: () => present,
      monotonicMs: () => nowMs,
      wallMs: () => 1_800_000_000_000 + nowMs + offsetMs,
      after,
      load: () => Promise.resolve(openLink),
      ...system,
    },
  });
  discovery.onDidChange(() => {
    told += 1;
  });
  await advance(0);
  return {
    discovery,
    links,
    nowMs: () => nowMs,
    use: (other) => {
      present = other;
    },
    advance,
    skip: (monotonicMs, wallMs) => {
      nowMs += monotonicMs;
      offsetMs += wallMs - monotonicMs;
    },
    hear: (heard, link = 0) => links[link]?.options.onHeard(heard),
    names: () => links.filter((link) => link.ends.length === 0).map(({ options: { at } }) => `${at.name} ${at.address}`),
    told: () => told,
    pending: () => timers.size,
  };
}

type PeerProcess = {
  /** Waits for a report of what it sees and how it is, as JSON. */
  reports(test: (report: string) => boolean): Promise<void>;
  everything(): string;
  /** Lets it stop by itself; fails unless it does, without an error. */
  end(): Promise<void>;
};

const program = `
import { realSystem, startDiscovery } from ${JSON.stringify(new URL('../../src/net/discovery.ts', import.meta.url).href)};
const { idPrefix, port, soonestMs = Infinity, ...options } = JSON.parse(process.argv[1]);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const after = (ms, work) => realSystem.after(Math.min(ms, soonestMs), work);
const discovery = startDiscovery({ self: { idPrefix, port }, log, ...options, system: { ...realSystem, after } });
discovery.onDidChange(() => console.log(JSON.stringify([discovery.sightings(), discovery.status()])));
process.stdin.on('end', () => discovery.stop()).resume();
`;

/** A window in a process of its own, in a network namespace where one is named. It looks and asks every `soonestMs`. */
function peerProcess(options: Readonly<Record<string, unknown>>, namespace?: string): PeerProcess {
  const words = [
    process.execPath,
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    '--input-type=module',
    '-e',
    program,
    JSON.stringify(options),
  ];
  const [command = '', ...rest] = namespace === undefined ? words : ['ip', 'netns', 'exec', namespace, ...words];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const reported = createEmitter<string>();
  const reports: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    reports.push(line);
    reported.fire(line);
  });
  const exited = once(child, 'exit');
  return {
    reports: async (test) => {
      const find = (): string | undefined => (test(reports.at(-1) ?? '') ? 'found' : undefined);
      await eventually(reported.event, find, `a report; the last one is ${reports.at(-1) ?? 'missing'}`, 8000).catch(
        (error: unknown) => {
          throw new Error(`last report: ${reports.at(-1) ?? 'none'}`, { cause: error });
        },
      );
    },
    everything: () => reports.join('\n'),
    end: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      assert.deepEqual(await exited, [0, null], 'the process ends by itself');
      clearTimeout(late);
    },
  };
}

/** The texts in a packet: labels and strings, each with its length in front. */
function printable(packet: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 12; at < packet.length; ) {
    const length = packet[at] ?? 0;
    const text = packet.toString('latin1', at + 1, at + 1 + length);
    if (length > 2 && /^[\x20-\x7e]+$/.test(text) && text.length === length) {
      texts.push(text);
      at += length + 1;
    } else at += 1;
  }
  return texts;
}
