// Peer IDs: the SHA-256 of a peer's public key (SPKI DER), as text that people can compare, type and dictate.
//
// 52 base32 characters are cut into nine parts, eight of six characters and one of four; each part is followed by a check
// character, so that a slip of the pen is found and the group that has it can be named. The check is Luhn's algorithm over
// the 32 characters, started with the group's number, so that two groups that changed places are found as well.

import { base32Alphabet, encodeBase32 } from '../base/base32.ts';
import { FerryError } from '../base/errors.ts';

/** A peer ID in its one written form: `ABCDEF7-...`, nine groups. Made by the functions below alone. */
export type PeerId = string & { readonly brand: 'PeerId' };

/** What discovery records carry of a peer ID: its first 16 characters without check characters. */
export const idPrefixLength = 16;

const partLength = 6;
const characters = 52;
const groups = Math.ceil(characters / partLength);

/** The peer ID of a public key, from the 32 bytes of its SHA-256. */
export function peerIdFromHash(hash: Uint8Array): PeerId {
  if (hash.length !== 32) throw new TypeError('a SHA-256 has 32 bytes');
  return format(encodeBase32(hash));
}

/**
 * Reads a peer ID as people write it: lower case, without or with other separators, and with 0, 1 and 8 for the letters that
 * they resemble. Fails with ERR_PEER_ID_INVALID, whose detail `groups` names the groups that hold the mistake, counted from 1,
 * or is empty when the length is wrong.
 */
export function parsePeerId(text: string): PeerId {
  const typed = text
    .toUpperCase()
    .replaceAll('0', 'O')
    .replaceAll('1', 'I')
    .replaceAll('8', 'B')
    .replaceAll(/[\s\-.:]/g, '');
  const wanted = characters + groups;
  if (typed.length !== wanted) {
    throw new FerryError('ERR_PEER_ID_INVALID', `a peer ID has ${wanted} characters, this has ${typed.length}`, {
      detail: { groups: '', characters: typed.length, wanted },
    });
  }
  const parts = cut(typed, partLength + 1);
  const wrong = parts.flatMap((part, index) => (checkCharacter(part.slice(0, -1), index) === part.at(-1) ? [] : [index + 1]));
  if (wrong.length > 0) {
    throw new FerryError('ERR_PEER_ID_INVALID', `group ${wrong.join(', ')} of the peer ID is mistyped`, {
      detail: { groups: wrong.join(', ') },
    });
  }
  return format(parts.map((part) => part.slice(0, -1)).join(''));
}

/** Whether a text is a peer ID exactly as Ferry writes it. */
export function isPeerId(text: string): text is PeerId {
  try {
    return parsePeerId(text) === text;
  } catch {
    return false;
  }
}

/** The short form of a peer ID, for lists and messages: its first two groups, 60 bits of the hash. */
export function fingerprintOf(id: PeerId): string {
  return id.split('-').slice(0, 2).join('-');
}

/** The 16 characters of a peer ID that its discovery records carry. */
export function idPrefixOf(id: PeerId): string {
  return id
    .split('-')
    .map((group) => group.slice(0, -1))
    .join('')
    .slice(0, idPrefixLength);
}

function format(text: string): PeerId {
  return cut(text, partLength)
    .map((part, index) => part + checkCharacter(part, index))
    .join('-') as PeerId;
}

/** Luhn mod 32 (ISO/IEC 7812-1 annex B, in base 32), started with the group's number; '' where a character is foreign. */
function checkCharacter(part: string, group: number): string {
  const size = base32Alphabet.length;
  let sum = group;
  let factor = 2;
  for (const character of part.split('').reverse()) {
    const value = base32Alphabet.indexOf(character);
    if (value < 0) return '';
    const product = value * factor;
    sum += Math.floor(product / size) + (product % size);
    factor = 3 - factor;
  }
  return base32Alphabet.charAt((size - (sum % size)) % size);
}

function cut(text: string, length: number): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return parts;
}
