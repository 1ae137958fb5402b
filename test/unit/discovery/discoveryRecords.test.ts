import assert from 'node:assert/strict';

import fc from 'fast-check';

import {
  type Advert,
  negativeRecords,
  newAdvert,
  ownRecords,
  readRecords,
  serviceType,
} from '../../../src/core/discovery/discoveryRecords.ts';

const advert: Advert = { instance: 'ABCDEFGH-QRSTUV23', idPrefix: 'ABCDEFGHIJKLMNOP', port: 4711, host: 'k3j4h5g6' };
const name = `${advert.instance}.${serviceType}`;

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
  const addresses = ['192.0.2.7', 'fe80::7'];
  /** What a library makes of the example: in another order, with lives of its own, and with records that nobody asked for. */
  const made = [
    { name: '_services._dns-sd._udp.local', type: 'PTR', ttl: 1, data: serviceType },
    ...records().slice(2, 3),
    { name, type: 'SRV', ttl: 7, data: { port: advert.port, target: `${advert.host}.local` } },
    ...records().slice(0, 1),
    { name: `${advert.host}.local`, type: 'A', ttl: 1, data: '198.51.100.200' },
  ] as readonly { readonly type: string }[];
  const written = ownRecords(made, advert, addresses);

  it('reads what it writes, with the address that the packet came from', () => {
    assert.deepEqual(readRecords(written ?? [], '198.51.100.4'), [
      {
        kind: 'alive',
        pointerTtl: 4500,
        instance: advert.instance,
        idPrefix: advert.idPrefix,
        address: { host: '198.51.100.4', port: 4711 },
      },
    ]);
  });

  it('writes nothing but the pointer, the service, its text and the addresses of the link, with lives and flush bits of its own', () => {
    const text = ['v=1', `id=${advert.idPrefix}`].map((item) => new TextEncoder().encode(item));
    assert.deepEqual(written, [
      { name: '_ferry._tcp.local', type: 'PTR', ttl: 4500, flush: false, data: 'ABCDEFGH-QRSTUV23._ferry._tcp.local' },
      { name, type: 'SRV', ttl: 120, flush: true, data: { port: 4711, target: 'k3j4h5g6.local' } },
      { name, type: 'TXT', ttl: 4500, flush: true, data: text },
      { name: 'k3j4h5g6.local', type: 'A', ttl: 120, flush: true, data: '192.0.2.7' },
      { name: 'k3j4h5g6.local', type: 'AAAA', ttl: 120, flush: true, data: 'fe80::7' },
    ]);
  });

  for (const type of ['PTR', 'SRV', 'TXT']) {
    it(`writes nothing at all where the library made no ${type} record`, () => {
      const rest = made.filter((record) => record.type !== type);
      assert.equal(ownRecords(rest, advert, addresses), undefined);
    });
  }

  it('says for which types there are records of a name that the window alone has', () => {
    assert.deepEqual(
      negativeRecords(written ?? []).map(({ name: of, flush, data }) => [of, flush, data]),
      [
        [name, true, { nextDomain: name, rrtypes: ['SRV', 'TXT'] }],
        ['k3j4h5g6.local', true, { nextDomain: 'k3j4h5g6.local', rrtypes: ['A', 'AAAA'] }],
      ],
    );
  });

  it('takes the life of the pointer that came along, at most the one that Ferry writes, and 0 where none did', () => {
    const lives = [7, 9999].map((ttl) => [records({ ttl })[0], ...records().slice(1)]);
    for (const [given, expected] of [
      [lives[0], 7],
      [lives[1], 4500],
      [records().slice(1), 0],
    ] as const) {
      const [heard] = readRecords(given ?? [], '127.0.0.1');
      assert.equal(heard?.kind === 'alive' && heard.pointerTtl, expected);
    }
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
