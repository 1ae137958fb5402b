// What is remembered of peers, how it is stored, and how it is merged with those that answer.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import { blankEntry, changeEntry, keptName, withAddress } from '../../../src/core/peers/book.ts';
import { type BookEntry, mergePeers, type PeerWindow } from '../../../src/core/peers/peers.ts';
import { formatBook, parseBook, parseStoredIdentity } from '../../../src/core/peers/stored.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';

const entry = (number: number, changes: Partial<BookEntry> = {}): BookEntry => ({ ...blankEntry(id(number)), ...changes });
const window = (number: number, changes: Partial<PeerWindow> = {}): PeerWindow => ({
  window: 'A'.repeat(22),
  peerId: id(number),
  address: { host: '10.0.0.1', port: 40_000 },
  name: `peer ${number}`,
  focusedAt: 0,
  ...changes,
});

describe('The book of peers', () => {
  it('begins with a peer of whom nothing is known', () => {
    assert.deepEqual(
      changeEntry([], id(1), (before) => before),
      [{ id: id(1), name: '', trust: 'unknown', addresses: [], lastUsed: 0 }],
    );
  });

  it('changes one entry, leaves the others, and puts the last used in front', () => {
    const book = [entry(1, { lastUsed: 3 }), entry(2, { lastUsed: 2 }), entry(3, { lastUsed: 1 })];
    const changed = changeEntry(book, id(3), (before) => ({ ...before, name: 'Ada', lastUsed: before.lastUsed + 9 }));
    assert.deepEqual(changed, [entry(3, { name: 'Ada', lastUsed: 10 }), book[0], book[1]]);
    assert.deepEqual(
      book.map(({ lastUsed }) => lastUsed),
      [3, 2, 1],
    );
  });

  it('is bounded: the peer not used for longest gives way', () => {
    const full = Array.from({ length: limits.peersRemembered }, (_, number) => entry(number, { lastUsed: number + 1 }));
    const changed = changeEntry(full, id(9_999), (before) => ({ ...before, lastUsed: 1e6 }));
    assert.equal(changed.length, limits.peersRemembered);
    assert.equal(changed[0]?.id, id(9_999));
    assert.ok(!changed.some((kept) => kept.id === id(0)));
  });

  it('is never too full for who is paired or blocked, and lets strangers give way first', () => {
    const paired = Array.from({ length: 990 }, (_, number) => entry(number, { trust: number % 2 === 0 ? 'paired' : 'blocked' }));
    const known = Array.from({ length: 10 }, (_, number) => entry(2_000 + number, { trust: 'known', lastUsed: 1 }));
    let book: readonly BookEntry[] = [...paired, ...known];
    for (let number = 3_000; number < 3_050; number += 1)
      book = changeEntry(book, id(number), (one) => ({ ...one, lastUsed: 1e6 }));
    const ids = new Set(book.map((one) => one.id));
    assert.ok([...paired, ...known].every((one) => ids.has(one.id)));
    assert.equal(book.length, limits.peersRemembered);
    for (let number = 4_000; number < 4_050; number += 1) {
      book = changeEntry(book, id(number), (one) => ({ ...one, trust: 'paired' }));
    }
    assert.ok(paired.every((one) => book.some((kept) => kept.id === one.id)));
    assert.equal(book.length, 1_040);
  });

  it('keeps addresses that worked, each once, the last in front, eight at most', () => {
    let kept = entry(1);
    for (const port of [1, 2, 3, 1]) kept = withAddress(kept, { host: 'a', port });
    assert.deepEqual(
      kept.addresses.map(({ port }) => port),
      [1, 3, 2],
    );
    for (let port = 10; port < 30; port += 1) kept = withAddress(kept, { host: '::1', port });
    assert.deepEqual(
      kept.addresses.map(({ port }) => port),
      [29, 28, 27, 26, 25, 24, 23, 22],
    );
  });

  const names: readonly (readonly [string, string])[] = [
    ['', ''],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['a'.repeat(65), 'a'.repeat(64)],
    ['ä'.repeat(33), 'ä'.repeat(32)],
    ['😀'.repeat(17), '😀'.repeat(16)],
    [`${'a'.repeat(62)}😀`, 'a'.repeat(62)],
    ['a\ud83d', 'a\ufffd'],
  ];
  for (const [name, kept] of names)
    it(`keeps ${Buffer.byteLength(kept)} of the ${Buffer.byteLength(name)} bytes of a name`, () =>
      assert.equal(keptName(name), kept));
});

describe('The stored book', () => {
  const address = fc.record(
    { host: fc.constantFrom('::1', '10.0.0.1', 'büro.local'), port: fc.integer({ min: 1, max: 65_535 }) },
    { noNullPrototype: true },
  );
  const stored = fc.record(
    {
      id: fc.nat(5_000).map(id),
      name: fc.string({ unit: 'binary' }).map(keptName),
      trust: fc.constantFrom<BookEntry['trust'][]>('unknown', 'known'),
      addresses: fc.array(address, { maxLength: 8 }),
      lastUsed: fc.nat(),
    },
    { noNullPrototype: true },
  );
  const entries = fc.uniqueArray(stored, { selector: (one) => one.id, maxLength: 20 });

  it('is read back as it was written', () => {
    fc.assert(fc.property(entries, (book) => assert.deepEqual(parseBook(formatBook(book)), book)));
  });

  it('has one line a peer', () => {
    const lines = formatBook([entry(1), entry(2)]).split('\n');
    assert.deepEqual(
      lines.filter((line) => line.includes('"id"')).map((line) => line.includes(id(2))),
      [false, true],
    );
    assert.equal(formatBook([]), '{\n  "version": 1,\n  "peers": [\n\n  ]\n}\n');
  });

  const good = {
    version: 1,
    peers: [entry(1, { name: 'Ada', trust: 'known', addresses: [{ host: 'a', port: 1 }], lastUsed: 1 })],
  };
  const [peer] = good.peers;
  const withPeer = (changes: object): unknown => ({ ...good, peers: [{ ...peer, ...changes }] });
  const refused: readonly (readonly [string, unknown])[] = [
    ['another version', { ...good, version: 2 }],
    ['no peers', { version: 1 }],
    ['an ID that is mistyped', withPeer({ id: id(1).replace('-', 'A') })],
    ['an ID in another form', withPeer({ id: id(1).toLowerCase() })],
    ['a trust that is unheard of', withPeer({ trust: 'admin' })],
    ['a long name', withPeer({ name: 'a'.repeat(65) })],
    ['a port that is none', withPeer({ addresses: [{ host: 'a', port: 0 }] })],
    ['a host that is empty', withPeer({ addresses: [{ host: '', port: 1 }] })],
    ['seventeen addresses', withPeer({ addresses: Array.from({ length: 17 }, () => ({ host: 'a', port: 1 })) })],
    ['a time that is none', withPeer({ lastUsed: 'yesterday' })],
    ['too many peers', { version: 1, peers: Array.from({ length: limits.peersRemembered + 1 }, () => peer) }],
  ];
  it('is read where it is right', () => assert.deepEqual(parseBook(JSON.stringify(good)), good.peers));
  for (const [name, value] of refused) it(`is refused with ${name}`, () => assert.throws(() => parseBook(JSON.stringify(value))));
  for (const text of ['', '{', 'null', '[]', '"x"'])
    it(`is refused as ${JSON.stringify(text)}`, () => assert.throws(() => parseBook(text)));
});

describe('A stored identity', () => {
  const number = 'A'.repeat(43);
  const good = {
    version: 1,
    certificate: 'c',
    privateKey: 'k',
    sealKey: { kty: 'EC', crv: 'P-256', x: number, y: number, d: number },
  };
  it('is read where it is right, without what this version does not know', () => {
    assert.deepEqual(parseStoredIdentity(JSON.stringify({ ...good, later: 1 })), good);
  });
  const refused: readonly (readonly [string, unknown])[] = [
    ...Object.keys(good).map((key) => [`without ${key}`, { ...good, [key]: undefined }] as const),
    ...Object.keys(good.sealKey).map(
      (key) => [`without ${key} of the seal key`, { ...good, sealKey: { ...good.sealKey, [key]: undefined } }] as const,
    ),
    ['of a later version', { ...good, version: 2 }],
    ['with an endless certificate', { ...good, certificate: 'c'.repeat(4097) }],
    ['with another curve', { ...good, sealKey: { ...good.sealKey, crv: 'P-384' } }],
    ['with another alphabet', { ...good, sealKey: { ...good.sealKey, d: `${'A'.repeat(42)}+` } }],
  ];
  for (const [name, value] of refused)
    it(`is refused ${name}`, () => assert.throws(() => parseStoredIdentity(JSON.stringify(value))));
});

describe('Peers', () => {
  it('are one for each key, with their windows, the one focused last in front', () => {
    const windows = [
      window(1, { window: 'a', focusedAt: 1, name: 'old' }),
      window(2),
      window(1, { window: 'b', focusedAt: 2, name: 'new' }),
    ];
    const peers = mergePeers(windows, [entry(1, { name: 'kept', trust: 'known', lastUsed: 5 })]);
    assert.deepEqual(
      peers.map((peer) => [peer.id, peer.name, peer.trust, peer.lastUsed, peer.windows.map((one) => one.window)]),
      [
        [id(1), 'kept', 'known', 5, ['b', 'a']],
        [id(2), 'peer 2', 'unknown', 0, ['A'.repeat(22)]],
      ],
    );
  });

  it('stand in the order of their last use, then of their names, then of their IDs', () => {
    const windows = [
      window(1, { name: 'b' }),
      window(2, { name: 'a' }),
      window(3, { name: 'c' }),
      window(5, { name: 'x' }),
      window(4, { name: 'x' }),
    ];
    const [first, second] = [id(4), id(5)].sort((a, b) => a.localeCompare(b));
    const peers = mergePeers(windows, [entry(3, { lastUsed: 1 }), entry(6, { lastUsed: 2, name: 'away' })]);
    assert.deepEqual(
      peers.map((peer) => peer.id),
      [id(6), id(3), id(2), id(1), first, second],
    );
  });

  it('are kept when none of their windows answers, and are nobody without book and windows', () => {
    assert.deepEqual(mergePeers([], [entry(1, { name: 'Ada' })]), [
      { id: id(1), name: 'Ada', trust: 'unknown', windows: [], lastUsed: 0 },
    ]);
    assert.deepEqual(mergePeers([], []), []);
  });
});

describe('What a later version accepts unasked', () => {
  it('costs no peer, and is not accepted here', () => {
    const peer = { id: id(1), name: 'Ada', trust: 'paired', addresses: [], lastUsed: 0 };
    const text = JSON.stringify({ version: 1, peers: [{ ...peer, autoAccept: { kinds: ['volume', 'file'], maxBytes: 9 } }] });
    assert.deepEqual(parseBook(text), [{ ...peer, autoAccept: { kinds: ['file'], maxBytes: 9 } }]);
  });

  it('has a folder that is an absolute path, or none', () => {
    const peer = { id: id(1), name: 'Ada', trust: 'paired', addresses: [], lastUsed: 0 };
    const read = (receiveFolder: unknown): unknown =>
      parseBook(JSON.stringify({ version: 1, peers: [{ ...peer, receiveFolder }] }));
    for (const folder of ['/ada', 'C:\\ada', 'c:/ada', '\\\\nas\\ada'])
      assert.deepEqual(read(folder), [{ ...peer, receiveFolder: folder }]);
    for (const folder of ['', 'ada', '../ada', 1]) assert.throws(() => read(folder));
  });
});
