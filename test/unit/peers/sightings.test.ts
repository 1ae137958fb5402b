import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import { type Announcement, createPacketBudget, createSightings, failureReason } from '../../../src/core/peers/sightings.ts';

/** Eight characters for a number, different for each. */
function label(n: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from({ length: 8 }, (_, at) => alphabet.charAt(Math.floor(n / 32 ** at) % 32)).join('');
}

function announcement(n: number, host: string, port = 4711): Announcement {
  return { instance: `${label(n)}-AAAAAAAA`, idPrefix: `${label(n)}AAAAAAAA`, address: { host, port } };
}

describe('the cache of sightings', () => {
  it('lists windows in the order in which they were heard of first, however often they are heard', () => {
    const cache = createSightings();
    for (const [at, n] of [1, 2, 3, 2, 1].entries()) cache.hear(announcement(n, '10.0.0.1', 5000 + n), at);
    assert.deepEqual(
      cache.list().map((sighting) => sighting.address.port),
      [5001, 5002, 5003],
    );
  });

  it('holds 256 entries, refuses more, and still refreshes those it has', () => {
    const cache = createSightings();
    for (let n = 0; n < 300; n += 1) cache.hear(announcement(n, `10.0.${n >> 8}.${n & 255}`), 0);
    assert.equal(cache.list().length, limits.mdnsPeers);
    cache.hear(announcement(0, '10.0.0.0'), 119_000);
    cache.expire(120_000);
    assert.deepEqual(
      cache.list().map((sighting) => sighting.instance),
      [announcement(0, '').instance],
    );
  });

  it('holds 16 entries of one address', () => {
    const cache = createSightings();
    for (let n = 0; n < 100; n += 1) cache.hear(announcement(n, '10.0.0.1'), 0);
    cache.hear(announcement(500, '10.0.0.2'), 0);
    assert.equal(cache.list().filter((sighting) => sighting.address.host === '10.0.0.1').length, limits.mdnsPeersPerAddress);
    assert.equal(cache.list().at(-1)?.address.host, '10.0.0.2');
  });

  it('makes room for the first entry of an address at the cost of one that has many', () => {
    const cache = createSightings();
    for (let n = 0; n < 256; n += 1) cache.hear(announcement(n, `10.0.0.${n >> 4}`), 0);
    cache.hear(announcement(999, '10.0.9.9'), 1);
    assert.equal(cache.list().length, limits.mdnsPeers);
    assert.equal(cache.list().at(-1)?.address.host, '10.0.9.9');
  });

  it('keeps a peer that is there, however many others come', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(40)), { maxLength: 600 }), (others) => {
        const cache = createSightings();
        cache.hear(announcement(5000, '192.168.1.2'), 0);
        for (const [n, host] of others) cache.hear(announcement(n, `10.0.0.${host}`, 2000 + n), 1);
        assert.equal(cache.list()[0]?.instance, announcement(5000, '').instance);
        assert.ok(cache.list().length <= limits.mdnsPeers);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps half of its places for addresses of IPv4, of which nobody has as many as they like', () => {
    const cache = createSightings();
    for (let n = 0; n < 300; n += 1) cache.hear(announcement(n, `fe80::${n}%eth0`), 0);
    for (let n = 300; n < 600; n += 1) cache.hear(announcement(n, `10.0.${n >> 8}.${n & 255}`), 0);
    const hosts = cache.list().map((sighting) => sighting.address.host);
    assert.equal(hosts.filter((host) => host.includes(':')).length, limits.mdnsPeersOverIpv6);
    assert.equal(hosts.length, limits.mdnsPeers);
  });

  it('lets an address of IPv6 that has none take a place of one that has many, where IPv6 has no more', () => {
    const cache = createSightings();
    for (let n = 0; n < 128; n += 1) cache.hear(announcement(n, `fe80::${n >> 4}%eth0`), 0);
    cache.hear(announcement(999, 'fe80::99%eth0'), 1);
    assert.equal(cache.list().length, limits.mdnsPeersOverIpv6);
    assert.equal(cache.list().at(-1)?.address.host, 'fe80::99%eth0');
  });

  it('wants to ask after an entry at 80, 85, 90 and 95 percent of its life, once each, and anew when it was heard again', () => {
    const cache = createSightings();
    const window = announcement(1, '10.0.0.1');
    cache.hear(window, 0);
    const dueAt = (ms: number): number => cache.due(ms).length;
    assert.deepEqual([95_999, 96_000, 96_001, 102_000, 108_000, 114_000, 119_999].map(dueAt), [0, 1, 0, 1, 1, 1, 0]);
    cache.hear(window, 120_000);
    assert.deepEqual(cache.due(216_000), [{ instance: window.instance, host: '10.0.0.1' }]);
  });

  it('knows a pointer for half of its life, which a packet without one does not make longer', () => {
    const cache = createSightings();
    const window = announcement(1, '10.0.0.1');
    cache.hear({ ...window, pointerTtl: 100 }, 0);
    cache.hear(window, 40_000);
    assert.deepEqual(cache.known(49_000), [{ instance: window.instance, host: '10.0.0.1', ttl: 51 }]);
    assert.deepEqual(cache.known(50_000), []);
    cache.hear({ ...window, pointerTtl: 100 }, 60_000);
    assert.equal(cache.known(60_000).length, 1);
    cache.goodbye(window.instance, '10.0.0.1');
    assert.deepEqual(cache.known(60_000), []);
  });

  it('lets an entry that said goodbye, then one that fell silent, give way to a new one', () => {
    const cache = createSightings();
    for (let n = 0; n < 16; n += 1) cache.hear(announcement(n, '10.0.0.1'), n);
    cache.goodbye(announcement(7, '').instance, '10.0.0.1');
    cache.hear(announcement(100, '10.0.0.1'), 20);
    cache.hear(announcement(101, '10.0.0.1'), 20);
    const has = (n: number): boolean => cache.list().some((sighting) => sighting.instance === announcement(n, '').instance);
    assert.deepEqual([has(7), has(100), has(101)], [false, true, false]);
    cache.hear(announcement(102, '10.0.0.1'), limits.mdnsStaleMs);
    assert.deepEqual([has(0), has(1), has(102)], [false, true, true]);
  });

  it('marks what said goodbye, from the host that said it alone, until it is heard again', () => {
    const cache = createSightings();
    const window = announcement(1, '10.0.0.1');
    const isLeaving = (): boolean | undefined => cache.list()[0]?.leaving;
    cache.hear(window, 0);
    assert.equal(cache.goodbye(window.instance, '10.0.0.66'), false);
    assert.equal(isLeaving(), false);
    assert.equal(cache.goodbye(window.instance, '10.0.0.1'), true);
    assert.equal(cache.goodbye(window.instance, '10.0.0.1'), false);
    assert.equal(isLeaving(), true);
    cache.hear(window, 1);
    assert.equal(isLeaving(), false);
  });

  it('keeps three addresses of one window: loopback first, then as they came, those that said goodbye last', () => {
    const cache = createSightings();
    const at = (host: string): Announcement => announcement(1, host);
    for (const host of ['10.0.0.1', '192.168.1.1', '127.0.0.1', '10.0.0.4']) cache.hear(at(host), 0);
    const hosts = (): readonly string[] =>
      cache.list().flatMap((sighting) => [sighting.address, ...sighting.others].map((one) => one.host));
    assert.deepEqual(hosts(), ['127.0.0.1', '10.0.0.1', '192.168.1.1']);
    cache.goodbye(at('').instance, '127.0.0.1');
    assert.deepEqual(hosts(), ['10.0.0.1', '192.168.1.1', '127.0.0.1']);
    assert.equal(cache.list()[0]?.leaving, false);
  });

  it('keeps a copied name with another ID, host or port beside the original', () => {
    const cache = createSightings();
    const original = announcement(1, '10.0.0.1');
    cache.hear(original, 0);
    cache.hear(
      { ...original, idPrefix: `${original.idPrefix.slice(0, 8)}ZZZZZZZZ`, address: { host: '10.0.0.66', port: 6666 } },
      1,
    );
    cache.hear({ ...original, address: { host: '10.0.0.1', port: 6666 } }, 2);
    const [first, second] = cache.list();
    assert.deepEqual(first, { ...original, others: [{ host: '10.0.0.1', port: 6666 }], leaving: false });
    assert.equal(second?.address.host, '10.0.0.66');
  });

  it('forgets an instance, or one address of it', () => {
    const cache = createSightings();
    cache.hear(announcement(1, '10.0.0.1'), 0);
    cache.hear(announcement(1, '10.0.0.2'), 0);
    cache.hear(announcement(2, '10.0.0.1'), 0);
    cache.forget(announcement(1, '').instance, { host: '10.0.0.1', port: 4711 });
    assert.deepEqual(
      cache.list().map((sighting) => sighting.address.host),
      ['10.0.0.2', '10.0.0.1'],
    );
    cache.forget(announcement(1, '').instance);
    assert.deepEqual(
      cache.list().map((sighting) => sighting.instance),
      [announcement(2, '').instance],
    );
  });

  it('drops what was silent for 120 seconds, and not a moment earlier', () => {
    const cache = createSightings();
    cache.hear(announcement(1, '10.0.0.1'), 1000);
    cache.expire(120_999);
    assert.equal(cache.list().length, 1);
    cache.expire(121_000);
    assert.equal(cache.list().length, 0);
  });

  it('drops what was heard on a network that is gone', () => {
    const cache = createSightings();
    cache.hear(announcement(1, '10.0.0.1'), 0);
    cache.hear(announcement(2, '192.168.1.1'), 0);
    cache.keep((host) => host.startsWith('10.'));
    assert.deepEqual(
      cache.list().map((sighting) => sighting.address.host),
      ['10.0.0.1'],
    );
  });
});

describe('the packet budget', () => {
  it('lets so many packets of each source and so many in all pass in a second', () => {
    const mayPass = createPacketBudget(3, 5);
    const passed = (source: string, nowMs: number): number =>
      Array.from({ length: 10 }, () => mayPass(source, nowMs)).filter(Boolean).length;
    assert.deepEqual([passed('a', 5000), passed('b', 5500), passed('c', 5999), passed('a', 6000)], [3, 2, 0, 3]);
  });
});

describe('failureReason', () => {
  for (const [code, reason] of [
    ['EADDRINUSE', 'portTaken'],
    ['EACCES', 'notPermitted'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENODEV', 'interfaceMissing'],
    ['ERR_SETTING_INVALID', 'settingInvalid'],
    ['toString', 'other'],
    ['unknown', 'other'],
  ] as const) {
    it(`takes ${code} for ${reason}`, () => assert.equal(failureReason(code), reason));
  }
});
