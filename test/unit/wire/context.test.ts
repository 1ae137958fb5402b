// What a sender says of the place that an item comes from: taken in one form, and looked for only where every part is safe.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import { keptOf } from '../../../src/core/receiving/record.ts';
import { safeFileName } from '../../../src/core/text/safeName.ts';
import { formatLines, isLines, linesOf, placeParts } from '../../../src/core/wire/context.ts';
import { parseOffer, parsePeerInfo } from '../../../src/core/wire/messages.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const item = { kind: 'snippet', name: 'main.3-7.ts', size: 1, mediaType: 'text/plain' };
const offerOf = (context: unknown, changes: object = {}): unknown => ({
  ...{ id: 'A'.repeat(22), sender: { name: 'Ada' } },
  items: [{ ...item, context, ...changes }],
});
const invalid = { name: 'FerryError', code: 'ERR_MESSAGE_INVALID' };

describe('The place of a snippet', () => {
  const taken: readonly object[] = [
    {},
    { path: 'src/main.ts', lines: '3-7,12', languageId: 'typescript', encoding: 'utf8', blob: 'a'.repeat(40) },
    { path: 'a'.repeat(limits.contextPathBytes), lines: '1', blob: '0'.repeat(64) },
    // What leads nowhere is taken all the same: it is looked for nowhere.
    { path: '../../etc/passwd' },
    { lines: Array.from({ length: limits.contextRanges }, (_, n) => n + 1).join(',') },
  ];
  for (const context of taken) {
    it(`is taken as ${JSON.stringify(context).slice(0, 60)}`, () =>
      assert.deepEqual(parseOffer(offerOf(context)), offerOf(context)));
  }

  const refused: readonly (readonly [string, object])[] = [
    ['a path of 4 KiB', { path: 'a'.repeat(4096) }],
    ['a path one byte too long in two bytes each', { path: 'ä'.repeat(limits.contextPathBytes / 2 + 1) }],
    ['an empty path', { path: '' }],
    ['a path that is a list', { path: ['src'] }],
    ['half a surrogate pair', { path: 'src/\ud800' }],
    ['lines from behind', { lines: '7-3' }],
    ['line 0', { lines: '0-3' }],
    ['negative lines', { lines: '-1' }],
    ['lines beyond any file', { lines: '1-99999999999' }],
    ['101 ranges', { lines: Array.from({ length: limits.contextRanges + 1 }, () => '1').join(',') }],
    ['lines that are a number', { lines: 3 }],
    ['lines with a line end', { lines: '3\n' }],
    ['no lines at all', { lines: '' }],
    ['a blob that is a revision', { blob: 'HEAD' }],
    ['a blob that is an option', { blob: '--upload-pack=x' }],
    ['a short blob', { blob: 'a'.repeat(39) }],
  ];
  for (const [name, context] of refused)
    it(`is refused with ${name}`, () => assert.throws(() => parseOffer(offerOf(context)), invalid));

  it('loses what a later version says besides', () => {
    assert.deepEqual(parseOffer(offerOf({ path: 'a', column: 3 }, { later: 1 })), offerOf({ path: 'a' }));
  });

  it('is refused as a problem under a kind of a later version', () => {
    assert.throws(() => parseOffer(offerOf({}, { kind: 'symphony' })), invalid);
  });
});

describe('Lines', () => {
  it('are the same after they were written and read', () => {
    const line = fc.integer({ min: 1, max: 99_999_999 });
    const range = fc.tuple(line, line).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: limits.contextRanges }), (lines) => {
        assert.ok(isLines(formatLines(lines)));
        assert.deepEqual(linesOf(formatLines(lines)), lines);
      }),
    );
  });

  it('are none in any other text', () => {
    for (const text of ['', 'a', '3-', '3--7', '1,', '0', undefined]) assert.deepEqual(linesOf(text), []);
  });
});

/** A path as a title: what nobody sees is written out. */
const shown = (path: string): string =>
  JSON.stringify(path)
    .slice(0, 40)
    .replaceAll(/[^ -~]/g, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

describe('A path in a workspace', () => {
  for (const path of ['main.ts', 'src/deep/main.ts', '.github/a.yml', 'grüße/größe.txt', 'e\u0301.txt']) {
    it(`is looked for: ${shown(path)}`, () => assert.deepEqual(placeParts(path), path.split('/')));
  }

  const hostile: readonly string[] = [
    '../secret',
    'src/../../secret',
    'src/..',
    '..',
    '.',
    './main.ts',
    '',
    '/etc/passwd',
    'src//main.ts',
    'src/',
    'C:/Windows/win.ini',
    'c:',
    'src\\..\\..\\secret',
    '\\\\server\\share',
    'main.ts\u0000.png',
    'src/\u202egnp.ts',
    'a\u200bb',
    'main.ts:stream',
    'CON',
    'src/nul.txt',
    'main.ts.',
    'main.ts ',
    '.. /secret',
    '\u2024./secret/\u202e',
    'a'.repeat(4096),
    `src/${'a'.repeat(201)}`,
    '..\u00ad/secret',
  ];
  for (const path of hostile) it(`is not looked for: ${shown(path)}`, () => assert.equal(placeParts(path), undefined));

  it('never has a part that is anything but one safe name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (path) => {
        for (const part of placeParts(path) ?? []) {
          assert.equal(safeFileName(part), part.normalize('NFC'));
          assert.ok(part !== '..' && part !== '.' && !/[/\\:\0]/.test(part));
        }
      }),
    );
  });
});

describe('What version 0.1 said', () => {
  const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../../vectors/messages/0.1.json'), 'utf8')) as {
    readonly offers: readonly unknown[];
    readonly peers: readonly unknown[];
    readonly received: readonly object[];
  };

  it('is read as it was: offers, and who is there', () => {
    for (const offer of vectors.offers) assert.deepEqual(parseOffer(offer), offer);
    for (const peer of vectors.peers) assert.deepEqual(parsePeerInfo(peer), peer);
  });

  it('is read as it was: what it wrote down of an accepted offer', () => {
    for (const record of vectors.received) {
      const entry = keptOf({ ...record, peer: { id: peerIdOfNobody(1), name: 'ada-laptop' } })?.entry;
      assert.deepEqual(entry?.state, { phase: 'paused', received: 0, total: 26, action: 'save' });
    }
  });
});
