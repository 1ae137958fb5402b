// Peer IDs: written and read back, held against an independent calculation, and the slips of the pen that their check
// characters must find.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { isFerryError } from '../../../src/core/base/errors.ts';
import {
  fingerprintOf,
  idPrefixLength,
  idPrefixOf,
  isPeerId,
  type PeerId,
  parsePeerId,
  peerIdFromHash,
} from '../../../src/core/peers/peerId.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const example = createHash('sha256').update('Ferry').digest();

/** Which groups a refusal names; fails where the text is not refused. */
function groupsRefused(text: string): string {
  try {
    parsePeerId(text);
  } catch (error) {
    assert.ok(isFerryError(error));
    assert.equal(error.code, 'ERR_PEER_ID_INVALID');
    return String(error.detail['groups']);
  }
  return assert.fail(`${text} was not refused`);
}

/** The same ID by other means: bits as text, and the Luhn sum from left to right. */
function independentId(hash: Uint8Array): string {
  const bits = Array.from(hash, (byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .padEnd(260, '0');
  const characters = (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]!).join('');
  const parts = characters.match(/.{1,6}/g) ?? [];
  return parts
    .map((part, group) => {
      const sum = Array.from(part).reduce((before, character, index) => {
        const value = alphabet.indexOf(character) * ((part.length - index) % 2 === 1 ? 2 : 1);
        return before + (value >> 5) + (value & 31);
      }, group);
      return part + alphabet[(32 - (sum % 32)) % 32]!;
    })
    .join('-');
}

describe('A peer ID', () => {
  const id = peerIdFromHash(example);

  it('is nine groups, eight of seven characters and one of five', () => {
    assert.deepEqual(
      id.split('-').map((group) => group.length),
      [7, 7, 7, 7, 7, 7, 7, 7, 5],
    );
  });

  it('is what an independent calculation gives', () => {
    assert.equal(id, independentId(example));
    fc.assert(fc.property(hashes, (hash) => assert.equal(peerIdFromHash(hash), independentId(hash))));
  });

  it('has the same form for ever', () => {
    assert.equal(
      peerIdFromHash(createHash('sha256').update('abc').digest()),
      'XJ4BNPO-4PAHH6T-UQKBIDP-PF3LRC6-EOYAGYN-NDSYLXL-VHFUCDB-7WD4QAB-CWWQS',
    );
  });

  it('is made of 32 bytes alone', () => {
    for (const length of [0, 31, 33]) assert.throws(() => peerIdFromHash(new Uint8Array(length)), TypeError);
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(hashes, (hash) => {
        const written = peerIdFromHash(hash);
        assert.equal(parsePeerId(written), written);
        assert.ok(isPeerId(written));
      }),
    );
  });

  const spellings: readonly [string, (text: string) => string][] = [
    ['lower case', (text) => text.toLowerCase()],
    ['no dashes', (text) => text.replaceAll('-', '')],
    ['spaces', (text) => ` ${text.replaceAll('-', ' ')}\n`],
    ['dots and colons', (text) => text.replaceAll('-', '.:')],
    ['digits for letters', (text) => text.replaceAll('O', '0').replaceAll('I', '1').replaceAll('B', '8')],
    [
      'all of it',
      (text) => text.replaceAll('-', '').toLowerCase().replaceAll('o', '0').replaceAll('i', '1').replaceAll('b', '8'),
    ],
  ];
  for (const [name, spell] of spellings) {
    it(`is read with ${name}, but only one form counts as written by Ferry`, () => {
      fc.assert(
        fc.property(hashes, (hash) => {
          const written = peerIdFromHash(hash);
          const spelt = spell(written);
          assert.equal(parsePeerId(spelt), written);
          assert.equal(isPeerId(spelt), spelt === written);
        }),
      );
    });
  }

  it('is refused with any one character replaced, and the refusal names the group', () => {
    let tried = 0;
    for (let at = 0; at < id.length; at += 1) {
      if (id[at] === '-') continue;
      for (const other of [...Array.from(alphabet), '9', 'Ä', '/']) {
        if (other === id[at]) continue;
        const typed = id.slice(0, at) + other + id.slice(at + 1);
        assert.equal(groupsRefused(typed), String(Math.floor(at / 8) + 1), typed);
        tried += 1;
      }
    }
    assert.equal(tried, 61 * 34);
  });

  it('is refused with two groups swapped, and the refusal names both', () => {
    for (let first = 0; first < 8; first += 1) {
      for (let second = first + 1; second < 8; second += 1) {
        const parts = id.split('-');
        [parts[first], parts[second]] = [parts[second]!, parts[first]!];
        assert.equal(groupsRefused(parts.join('-')), `${first + 1}, ${second + 1}`);
      }
    }
  });

  it('is refused with a wrong length, and the refusal names no group but the lengths', () => {
    for (const text of ['', 'A', id.slice(0, -1), `${id}A`, id.slice(8), '😀'.repeat(40), 'A'.repeat(100_000)]) {
      assert.equal(groupsRefused(text), '');
      assert.equal(isPeerId(text), false);
    }
    assert.throws(() => parsePeerId('ABC'), { code: 'ERR_PEER_ID_INVALID', detail: { groups: '', characters: 3, wanted: 61 } });
  });

  it('is refused for any other text without another error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        groupsRefused(text);
      }),
    );
  });

  it('has its first two groups as fingerprint', () => {
    assert.equal(fingerprintOf(id), id.slice(0, 15));
  });

  it('has 16 base32 characters of the hash as prefix', () => {
    fc.assert(
      fc.property(hashes, (hash) => {
        const prefix = idPrefixOf(peerIdFromHash(hash));
        assert.equal(prefix.length, idPrefixLength);
        const bits = Array.from(prefix, (character) => alphabet.indexOf(character).toString(2).padStart(5, '0')).join('');
        assert.deepEqual(
          (bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)),
          Array.from(hash.subarray(0, 10)),
        );
      }),
    );
  });

  it('differs for hashes that differ in one bit', () => {
    const seen = new Set<PeerId>([id]);
    for (let bit = 0; bit < 256; bit += 1) {
      const other = Uint8Array.from(example);
      other[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(peerIdFromHash(other));
    }
    assert.equal(seen.size, 257);
  });
});
