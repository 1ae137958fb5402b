// Names of encodings on the wire and in the editor.

import assert from 'node:assert/strict';

import { encodingId, encodingName } from '../../../src/core/text/encodings.ts';

describe('The name of an encoding', () => {
  const pairs: readonly (readonly [id: string, name: string])[] = [
    ['utf8', 'utf8'],
    ['utf16le', 'UTF-16LE'],
    ['windows1252', 'windows-1252'],
    ['iso885915', 'ISO-8859-15'],
    ['shiftjis', 'Shift_JIS'],
    ['eucjp', 'EUC-JP'],
    ['cp437', 'IBM437'],
    ['cp950', 'Big5'],
    ['macroman', 'macintosh'],
    ['koi8r', 'KOI8-R'],
  ];
  for (const [id, name] of pairs) {
    it(`is ${name} for ${id}, and leads back to it, as do its other spellings`, () => {
      assert.equal(encodingName(id), name);
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), id]) assert.equal(encodingId(spelling), id);
    });
  }

  it('is utf8 with a byte order mark as well, which the bytes have themselves', () => {
    assert.deepEqual([encodingName('utf8bom'), encodingId('UTF-8'), encodingId('utf8')], ['utf8', 'utf8', 'utf8']);
  });

  it('may be one of the many others that are in use', () => {
    assert.deepEqual(['latin1', 'US-ASCII', 'Windows-31J', 'cp1252'].map(encodingId), [
      'iso88591',
      'utf8',
      'shiftjis',
      'windows1252',
    ]);
  });

  it('is the id where there is no other, and leads nowhere where no editor has it', () => {
    assert.deepEqual([encodingName('cp1125'), encodingName('x'.repeat(99)).length], ['cp1125', 64]);
    for (const name of ['', 'EBCDIC', '__proto__', 'constructor', 'utf7']) assert.equal(encodingId(name), undefined);
  });

  it('is one that the platform agrees with, where it knows it', () => {
    for (const name of ['windows-1252', 'Shift_JIS', 'UTF-16LE', 'EUC-JP', 'GB18030', 'KOI8-U', 'IBM866', 'macintosh', 'utf8'])
      assert.ok(new TextDecoder(name).encoding !== '', name);
  });
});
