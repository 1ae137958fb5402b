import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import {
  type Advert,
  type Announcement,
  createPacketBudget,
  createSightings,
  discoveryLimits,
  failureReason,
  newAdvert,
  readRecords,
  serviceType,
  writeRecords,
} from '../../../src/core/peers/sightings.ts';

const advert: Advert = { instance: 'ABCDEFGH-QRSTUV23', idPrefix: 'ABCDEFGHIJKLMNOP', port: 4711, host: 'k3j4h5g6' };
const name = `${advert.instance}.${serviceType}`;

/** Eight characters for a number, different for each. */
function label(n: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from({ length: 8 }, (_, at) => alphabet.charAt(Math.floor(n / 32 ** at) % 32)).join('');
}

function announcement(n: number, host: string, port = 4711): Announcement {
  return { instance: `${label(n)}-AAAAAAAA`, idPrefix: `${label(n)}AAAAAAAA`, address: { host, port } };
}

/** The records of the example as a packet codec gives them, changed here and there. */
function records(
  changes: { readonly name?: string; readonly text?: readonly string[]; readonly port?: unknown; readonly ttl?: number } = {},
): readonly unknown[] {
  const { name: own = name, text = ['v=1', `id=${advert.idPrefix}`], port = advert.port, ttl = 120 } = changes;
  return [
    { name: serviceType, type: 'PTR', ttl, data: own },
    { name: own, type: 'SRV', ttl, data: { priority: 0, weight: 0, port, target: 'victim.example' } },
    { name: own, type: 'TXT', ttl, data: text.map((item) => new TextEncoder().encode(item)) },
    { name: 'victim.example', type: 'A', ttl, data: '8.8.8.8' },
  ];
}

describe('discovery records', () => {
  it('reads what it writes, with the address that the packet came from', () => {
    const written = writeRecords(advert, '192.0.2.7', 120).map((record) =>
      record.type === 'TXT'
        ? { ...record, data: ['v=1', `id=${advert.idPrefix}`].map((item) => new TextEncoder().encode(item)) }
        : record,
    );
    assert.deepEqual(readRecords(written, '198.51.100.4'), [
      { kind: 'alive', instance: advert.instance, idPrefix: advert.idPrefix, address: { host: '198.51.100.4', port: 4711 } },
    ]);
  });

  it('writes nothing but the version, the start of the ID, the port, random labels and the one address', () => {
    assert.deepEqual(writeRecords(advert, '192.0.2.7', 0), [
      { name: '_ferry._tcp.local', type: 'PTR', ttl: 0, data: 'ABCDEFGH-QRSTUV23._ferry._tcp.local' },
      { name, type: 'SRV', ttl: 0, flush: true, data: { priority: 0, weight: 0, port: 4711, target: 'k3j4h5g6.local' } },
      { name, type: 'TXT', ttl: 0, flush: true, data: ['v=1', 'id=ABCDEFGHIJKLMNOP'] },
      { name: 'k3j4h5g6.local', type: 'A', ttl: 0, flush: true, data: '192.0.2.7' },
    ]);
  });

  const accepted: readonly (readonly [string, Parameters<typeof records>[0]])[] = [
    ['the lowest port', { port: 1024 }],
    ['the highest port', { port: 65_535 }],
    ['keys it does not know', { text: ['color=red', 'flag', '=', '', 'v=1', `id=${advert.idPrefix}`] }],
    ['keys in capitals', { text: ['V=1', `ID=${advert.idPrefix}`] }],
    ['a repeated key, whose first value counts', { text: ['v=1', 'v=2', `id=${advert.idPrefix}`, 'id=X'] }],
    ['the service type in capitals', { name: name.replace(serviceType, '_FERRY._TCP.LOCAL') }],
  ];
  for (const [what, changes] of accepted) {
    it(`accepts ${what}`, () => {
      assert.deepEqual(
        readRecords(records(changes), '127.0.0.1').map((heard) => heard.instance),
        [advert.instance],
      );
    });
  }

  const refused: readonly (readonly [string, Parameters<typeof records>[0]])[] = [
    ['a port of another service', { port: 22 }],
    ['port 1023', { port: 1023 }],
    ['port 0', { port: 0 }],
    ['a port beyond 16 bits', { port: 65_536 }],
    ['half a port', { port: 4711.5 }],
    ['a port that is text', { port: '4711' }],
    ['another version', { text: ['v=2', `id=${advert.idPrefix}`] }],
    ['no version', { text: [`id=${advert.idPrefix}`] }],
    ['no ID', { text: ['v=1'] }],
    ['no text at all', { text: [] }],
    ['a short ID', { text: ['v=1', 'id=ABCDEFGHIJKLMNO'] }],
    ['a long ID', { text: ['v=1', 'id=ABCDEFGHIJKLMNOPQ'] }],
    ['an ID in small letters', { text: ['v=1', 'id=abcdefghijklmnop'] }],
    ['an ID outside the alphabet', { text: ['v=1', 'id=ABCDEFGH01890000'] }],
    ['an ID with a line break behind', { text: ['v=1', `id=${advert.idPrefix}\n`] }],
    ['an ID that the instance does not begin with', { text: ['v=1', 'id=QBCDEFGHIJKLMNOP'] }],
    ['an instance in small letters', { name: `abcdefgh-qrstuv23.${serviceType}` }],
    ['an instance without suffix', { name: `ABCDEFGH.${serviceType}` }],
    ['an instance with dots', { name: `ABCDEFGH-QRST.V23.${serviceType}` }],
    ['an instance with a line break', { name: `ABCDEFGH-QRSTUV23\n.${serviceType}` }],
    ['an instance that is a command link', { name: `[View](command:workbench.action.quit).${serviceType}` }],
    ['an instance with an escape sequence', { name: `ABCDEFGH-\u001b[2J.${serviceType}` }],
    ['an instance with bidirectional controls', { name: `ABCDEFGH-\u202e\u2066.${serviceType}` }],
    ['an instance of 64 bytes', { name: `${'A'.repeat(64)}.${serviceType}` }],
    ['another service type', { name: `${advert.instance}._http._tcp.local` }],
    ['the service type alone', { name: serviceType }],
  ];
  for (const [what, changes] of refused) {
    it(`refuses ${what}`, () => assert.deepEqual(readRecords(records(changes), '127.0.0.1'), []));
  }

  it('refuses a service whose text stands under another name', () => {
    const [pointer, service, , address] = records();
    const [, , text] = records({ name: `ABCDEFGH-OTHERONE.${serviceType}` });
    assert.deepEqual(readRecords([pointer, service, text, address], '127.0.0.1'), []);
  });

  it('takes a life of zero, in the pointer or in the service, for a goodbye from that host', () => {
    const goodbye = { kind: 'leaving', instance: advert.instance, host: '127.0.0.9' };
    const [pointer, service] = records({ ttl: 0 });
    assert.deepEqual(readRecords([pointer], '127.0.0.9'), [goodbye]);
    assert.deepEqual(readRecords([service], '127.0.0.9'), [goodbye]);
  });

  it('takes nothing else for a goodbye', () => {
    const [, , text, address] = records({ ttl: 0 });
    assert.deepEqual(
      readRecords([text, address, { name: '_http._tcp.local', type: 'PTR', ttl: 0, data: name }], '127.0.0.9'),
      [],
    );
  });

  it('reads anything without throwing, and gives nothing that is not in form', () => {
    const oneOf = fc.oneof(fc.anything(), ...records().map((record) => fc.constant(record)));
    const hostile = fc.record({
      name: fc.oneof(fc.string(), fc.constant(name)),
      type: fc.constantFrom('SRV', 'TXT', 'PTR'),
      ttl: fc.nat(2),
      data: oneOf,
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(oneOf, hostile), { maxLength: 8 }), (given) => {
        for (const heard of readRecords(given, '127.0.0.1')) assert.match(heard.instance, /^[A-Z2-7]{8}-[A-Z2-7]{8}$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('newAdvert', () => {
  it('names a window after its peer and nothing else, differently each time', () => {
    const made = Array.from({ length: 50 }, () => newAdvert('ABCDEFGHIJKLMNOP', 4711));
    for (const one of made) {
      assert.match(one?.instance ?? '', /^ABCDEFGH-[A-Z2-7]{8}$/);
      assert.match(one?.host ?? '', /^[a-z2-7]{8}$/);
    }
    assert.equal(new Set(made.map((one) => one?.instance)).size, 50);
    assert.equal(new Set(made.map((one) => one?.host)).size, 50);
  });

  for (const [idPrefix, port] of [
    ['ABCDEFGHIJKLMNO', 4711],
    ['abcdefghijklmnop', 4711],
    ['ABCDEFGHIJKLMNOP', 1023],
    ['ABCDEFGHIJKLMNOP', 0],
  ] as const) {
    it(`refuses ${idPrefix} with port ${port}`, () => assert.equal(newAdvert(idPrefix, port), undefined));
  }
});

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
    cache.hear(announcement(0, '10.0.0.0'), 149_000);
    cache.expire(150_000);
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

  it('lets an entry that said goodbye, then one that fell silent, give way to a new one', () => {
    const cache = createSightings();
    for (let n = 0; n < 16; n += 1) cache.hear(announcement(n, '10.0.0.1'), n);
    cache.goodbye(announcement(7, '').instance, '10.0.0.1');
    cache.hear(announcement(100, '10.0.0.1'), 20);
    cache.hear(announcement(101, '10.0.0.1'), 20);
    const has = (n: number): boolean => cache.list().some((sighting) => sighting.instance === announcement(n, '').instance);
    assert.deepEqual([has(7), has(100), has(101)], [false, true, false]);
    cache.hear(announcement(102, '10.0.0.1'), discoveryLimits.sightingStaleMs);
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

  it('drops what was silent for 150 seconds, and not a moment earlier', () => {
    const cache = createSightings();
    cache.hear(announcement(1, '10.0.0.1'), 1000);
    cache.expire(150_999);
    assert.equal(cache.list().length, 1);
    cache.expire(151_000);
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
