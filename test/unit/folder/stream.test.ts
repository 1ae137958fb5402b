// The stream of a folder: what was planned is what is read, in as many bytes as the plan says, however it is cut.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import type { FolderEntry } from '../../../src/core/folder/entry.ts';
import { endBytes, headerOf, paddingOf } from '../../../src/core/folder/header.ts';
import { compareNames, FolderPaths } from '../../../src/core/folder/paths.ts';
import { FolderPlan } from '../../../src/core/folder/plan.ts';
import { FolderReader } from '../../../src/core/folder/reader.ts';

const file = (path: string, more: Partial<FolderEntry> = {}): FolderEntry => ({
  kind: 'file',
  path,
  size: 0,
  mtime: 1_700_000_000,
  executable: false,
  ...more,
});
const folder = (path: string): FolderEntry => ({ ...file(path), kind: 'folder' });

/** The stream of entries whose content is as many bytes as their place in the list says. */
function streamOf(entries: readonly FolderEntry[]): { readonly bytes: Buffer; readonly size: number } {
  const plan = new FolderPlan();
  const parts = entries.flatMap((entry, n) => {
    const { entry: planned, bytes } = plan.add(entry);
    const part = [headerOf(planned), Buffer.alloc(entry.size, n), Buffer.alloc(paddingOf(entry.size))];
    assert.equal(Buffer.concat(part).length, bytes);
    return part;
  });
  return { bytes: Buffer.concat([...parts, Buffer.alloc(endBytes)]), size: plan.size };
}

type ReadBack = { readonly entries: FolderEntry[]; readonly contents: Buffer[] };

function readBack(bytes: Buffer, cuts: () => number): ReadBack {
  const reader = new FolderReader(bytes.length);
  const found: ReadBack = { entries: [], contents: [] };
  for (let at = 0; at < bytes.length; ) {
    const length = Math.max(1, cuts());
    for (const piece of reader.read(bytes.subarray(at, at + length))) {
      if (piece.type === 'entry') {
        found.entries.push(piece.entry);
        found.contents.push(Buffer.alloc(0));
      } else found.contents.push(Buffer.concat([found.contents.pop()!, piece.bytes]));
    }
    at += length;
  }
  reader.end();
  return found;
}

const name = fc
  .string({ unit: fc.constantFrom('a', 'B', 'é', '語', '🚢', '.', '-', ' ', 'x'.repeat(60)), minLength: 1, maxLength: 3 })
  .map((text) => `n${text}n`);
const entry = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 4 }),
  size: fc.oneof(fc.constantFrom(0, 1, 511, 512, 513), fc.nat(3000)),
  mtime: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
  executable: fc.boolean(),
  isFolder: fc.boolean(),
});

/** A tree whose names are told apart by every disk. */
const tree = fc.array(entry, { maxLength: 20 }).map((wanted) => {
  const paths = new FolderPaths();
  const folders: FolderEntry[] = [];
  const files: FolderEntry[] = [];
  for (const [n, { path, size, mtime, executable, isFolder }] of wanted.entries()) {
    const [outer = '', ...inner] = path;
    const parts = [`${n}-${outer}`, ...inner];
    for (let depth = 1; depth < parts.length + (isFolder ? 1 : 0); depth += 1)
      folders.push({ ...folder(parts.slice(0, depth).join('/')), mtime });
    if (!isFolder) files.push(file(parts.join('/'), { size, mtime, executable }));
  }
  for (const one of [...folders, ...files]) paths.take(one);
  return [...folders, ...files];
});

describe('The stream of a folder', () => {
  it('says what the plan says, in as many bytes, however it is cut', () => {
    fc.assert(
      fc.property(tree, fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1 }), (entries, lengths) => {
        const { bytes, size } = streamOf(entries);
        assert.equal(bytes.length, size);
        let turn = 0;
        const found = readBack(bytes, () => lengths[(turn += 1) % lengths.length]!);
        assert.deepEqual(found.entries, entries);
        for (const [n, content] of found.contents.entries()) assert.deepEqual(content, Buffer.alloc(entries[n]!.size, n));
      }),
    );
  });

  it('is two blocks of zeros for a folder with nothing in it', () => {
    assert.deepEqual(streamOf([]).bytes, Buffer.alloc(1024));
    assert.deepEqual(
      readBack(Buffer.alloc(1024), () => 1),
      { entries: [], contents: [] },
    );
  });

  it('has a pax header for what a block cannot say, and only then', () => {
    const blocksOf = (one: FolderEntry): number => headerOf(one).length / 512;
    assert.equal(blocksOf(file('a'.repeat(100))), 1);
    assert.equal(blocksOf(file('a'.repeat(101))), 3);
    assert.equal(blocksOf(folder('a'.repeat(99))), 1);
    assert.equal(blocksOf(folder('a'.repeat(100))), 3);
    assert.equal(blocksOf(file('é')), 3);
    assert.equal(blocksOf(file('a', { size: 2 ** 33 - 1 })), 1);
    assert.equal(blocksOf(file('a', { size: 2 ** 33 })), 3);
    assert.equal(blocksOf(file('a'.repeat(4096))), 11);
  });

  it('carries sizes beyond 8 GiB', () => {
    const size = 2 ** 40 + 1;
    const reader = new FolderReader(limits.itemBytes);
    const [piece] = reader.read(headerOf(file('a', { size })));
    assert.deepEqual(piece, { type: 'entry', entry: file('a', { size }) });
  });

  it('says no time before 1970 and none after 2242', () => {
    const timeOf = (mtime: number): number | undefined =>
      readBack(streamOf([file('a', { mtime })]).bytes, () => 512).entries[0]?.mtime;
    assert.equal(timeOf(-1), 0);
    assert.equal(timeOf(1.9), 1);
    assert.equal(timeOf(2 ** 31), 2 ** 31);
    assert.equal(timeOf(2 ** 34), 2 ** 33 - 1);
  });

  it('tells where the last whole entry ends', () => {
    const { bytes } = streamOf([folder('d'), file('d/a', { size: 700 }), file('d/b', { size: 512 })]);
    const reader = new FolderReader(bytes.length);
    const borders = new Set<number>();
    for (const byte of bytes) {
      for (const piece of reader.read(Uint8Array.of(byte))) assert.ok(piece);
      borders.add(reader.border);
    }
    assert.deepEqual([...borders], [0, 512, 512 + 512 + 1024, 512 + 512 + 1024 + 1024]);
    assert.deepEqual(reader.counts, { files: 2, folders: 1 });
  });
});

describe('The plan of a folder', () => {
  const refused: readonly (readonly [string, string, readonly FolderEntry[]])[] = [
    ['two names that are one on some disks', 'collision', [file('README'), file('readme')]],
    ['a file before its folder', 'order', [file('d/a')]],
    ['a path that goes up', 'name', [file('../a')]],
    ['half a character', 'name', [file('a\ud800')]],
    ['more bytes than an item can have', 'limit', [file('a', { size: limits.itemBytes })]],
  ];
  for (const [what, reason, entries] of refused) {
    it(`refuses ${what}`, () => {
      const plan = new FolderPlan();
      assert.throws(() => entries.forEach((one) => plan.add(one)), { code: 'ERR_MESSAGE_INVALID', detail: { reason } });
    });
  }

  it('refuses more names than memory should hold', () => {
    const paths = new FolderPaths();
    const take = (n: number): string => paths.take(file(`${n}`.padEnd(limits.nameBytes, 'x')));
    const fits = Math.floor(limits.folderNamesBytes / limits.nameBytes);
    for (let n = 0; n < fits; n += 1) take(n);
    assert.throws(() => take(fits), { code: 'ERR_MESSAGE_INVALID', detail: { reason: 'limit' } });
  });

  it('orders names as their bytes in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        assert.equal(Math.sign(compareNames(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
