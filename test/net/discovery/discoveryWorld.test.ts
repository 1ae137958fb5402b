// Discovery in a made-up world: when it asks, which interfaces it uses, and what it makes of changes, sleep and failures.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { ids, stopAll } from '../../support/discovering.ts';
import { alive, inWorld, ipv4, machine } from '../../support/discoveryWorld.ts';

afterEach(stopAll);

describe('discovery in a made-up world', () => {
  it('asks at once, after a second, and then after twice the last pause, up to an hour', async () => {
    const world = await inWorld();
    await world.advance(5 * 3_600_000);
    const seconds = world.links[0]?.askedMs.map((ms) => ms / 1000) ?? [];
    const pauses = seconds.slice(1).map((at, n) => at - (seconds[n] ?? 0));
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]);
  });

  it('says what it knows when it asks again, on the link where it was heard and with the seconds that are left, but not to a person who looks', async () => {
    const world = await inWorld({ scope: 'network' });
    world.hear(alive);
    world.hear({ ...alive, instance: 'AAAAAAAA-CCCCCCCC', pointerTtl: 0 });
    world.hear({ ...alive, instance: 'AAAAAAAA-DDDDDDDD', address: { host: 'fe80::9%eth0', port: 5000 } }, 2);
    world.hear({ ...alive, instance: 'AAAAAAAA-EEEEEEEE' });
    world.hear({ kind: 'leaving', instance: 'AAAAAAAA-EEEEEEEE', host: '127.0.0.1' });
    const said = (): unknown =>
      world.links.map(({ known }) => known.at(-1)?.map(({ instance, ttl }) => `${instance.slice(9)} ${ttl}`));
    await world.advance(2000);
    assert.deepEqual(said(), [['BBBBBBBB 4498'], [], ['DDDDDDDD 4498'], [], []]);
    world.discovery.requery();
    await world.advance(1000);
    assert.deepEqual(said(), [[], [], [], [], []]);
    await world.advance(1000);
    assert.deepEqual(said(), [['BBBBBBBB 4496'], [], ['DDDDDDDD 4496'], [], []]);
  });

  it('asks after a window four times before its life is over, on the link where it was heard', async () => {
    const world = await inWorld({ scope: 'network' });
    world.hear({ ...alive, address: { host: '192.168.1.9', port: 5000 } }, 1);
    await world.advance(125_000);
    const asked = world.links.map(({ askedAfter }) => askedAfter.map(([ms, instance]) => `${ms / 1000} ${instance}`));
    const expected = [100, 105, 110, 115].map((seconds) => `${seconds} ${alive.instance}`);
    assert.deepEqual(asked, [[], expected, [], [], []]);
    assert.deepEqual(world.discovery.sightings(), []);
  });

  it('asks at once for a person who looks, but not twice in a second, and then follows the same pauses', async () => {
    const world = await inWorld();
    await world.advance(20_500);
    for (let n = 0; n < 5; n += 1) world.discovery.requery();
    await world.advance(300);
    world.discovery.requery();
    await world.advance(3_900);
    assert.deepEqual(world.links[0]?.askedMs.slice(5), [20_500, 21_500, 22_500, 24_500]);
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

  it('drops a window that was silent for 120 s and keeps one that answers', async () => {
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

  it('uses loopback alone for this machine, and for the network every interface besides, over IPv4 and IPv6, but no tunnel over IPv6', async () => {
    const world = await inWorld({ scope: 'loopback', interfaces: ['eth0'] });
    assert.deepEqual(world.names(), ['loopback 127.0.0.1']);
    const wider = await inWorld({ scope: 'network' });
    assert.deepEqual(wider.names(), [
      'loopback 127.0.0.1',
      'eth0 192.168.1.5',
      'eth0 fe80::5',
      'wlan0 10.0.0.5',
      'wwan0 fe80::5',
    ]);
    const [, overIpv4, overIpv6] = wider.links.map(({ options: { at } }) => [at.zone, at.networks, at.published]);
    assert.deepEqual(overIpv4, ['', ['192.168.1.5/24', '192.168.2.5/24'], ['192.168.1.5', 'fe80::5']]);
    assert.deepEqual(overIpv6, ['eth0', ['fe80::5%eth0/64'], ['192.168.1.5', 'fe80::5']]);
  });

  for (const [pins, expected, missing] of [
    [['eth0'], ['eth0 192.168.1.5', 'eth0 fe80::5'], []],
    [['fe80::5'], ['eth0 fe80::5', 'wwan0 fe80::5'], []],
    [['192.168.2.5'], ['eth0 192.168.2.5'], []],
    [['10.0.0.5', 'eth0'], ['eth0 192.168.1.5', 'eth0 fe80::5', 'wlan0 10.0.0.5'], []],
    [['lo', '127.0.0.1'], [], []],
    [['eth7', 'wlan0'], ['wlan0 10.0.0.5'], ['eth7']],
    [[], ['eth0 192.168.1.5', 'eth0 fe80::5', 'wlan0 10.0.0.5', 'wwan0 fe80::5'], []],
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
        ['eth0', undefined],
        ['wlan0', undefined],
        ['wwan0', undefined],
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
    await world.advance(limits.mdnsLookMs);
    assert.deepEqual(world.names(), ['loopback 127.0.0.1', 'wlan0 10.0.0.5', 'wwan0 fe80::5', 'eth0 172.16.0.5']);
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
      await world.advance(limits.mdnsLookMs);
      assert.deepEqual(
        world.links.map((link) => link.ends),
        [...Array.from({ length: 5 }, () => ['destroy']), [], [], [], [], []],
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
      interfaces: ['loopback', 'eth0', 'wlan0', 'wwan0'],
      failures: [{ interface: 'eth0', reason: 'unreachable', systemCode: 'ENETUNREACH' }],
    });
    world.links[1]?.options.onSent();
    assert.deepEqual(world.discovery.status(), { kind: 'running', interfaces: ['loopback', 'eth0', 'wlan0', 'wwan0'] });
    assert.deepEqual(world.links[1]?.ends, []);
  });

  it('says nothing of IPv6 that does not work where anything else leads to the network', async () => {
    const both = await inWorld({ scope: 'network' });
    both.links[4]?.options.onTrouble({ phase: 'send', systemCode: 'EADDRNOTAVAIL' });
    assert.deepEqual(both.discovery.status(), { kind: 'running', interfaces: ['loopback', 'eth0', 'wlan0'] });
    const alone = await inWorld({ scope: 'network', interfaces: ['wwan0'] });
    alone.links[1]?.options.onTrouble({ phase: 'send', systemCode: 'EADDRNOTAVAIL' });
    assert.deepEqual(alone.discovery.status(), {
      kind: 'degraded',
      interfaces: ['loopback'],
      failures: [{ interface: 'wwan0', reason: 'interfaceMissing', systemCode: 'EADDRNOTAVAIL' }],
    });
  });

  it('tries an interface that failed again after 5 s, then twice as long, up to 5 min, and anew once a packet got out', async () => {
    const world = await inWorld();
    const openedMs: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const link = world.links.at(-1);
      link?.options.onTrouble({ phase: 'setup', systemCode: 'EACCES' });
      assert.deepEqual([world.discovery.status().kind, link?.ends], ['degraded', ['destroy']]);
      const failedMs = world.nowMs();
      while (world.links.at(-1) === link) await world.advance(limits.mdnsLookMs);
      openedMs.push(world.nowMs() - failedMs);
    }
    assert.deepEqual(
      openedMs,
      [5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000),
    );
    world.links.at(-1)?.options.onSent();
    world.links.at(-1)?.options.onTrouble({ phase: 'setup', systemCode: 'EACCES' });
    const count = world.links.length;
    await world.advance(limits.mdnsLookMs);
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
      Array.from({ length: 5 }, () => ['leave']),
    );
    world.discovery.requery();
    world.discovery.forget('AAAAAAAA-BBBBBBBB');
    world.links[0]?.options.onHeard(alive);
    assert.equal(world.pending(), 0);
  });
});
