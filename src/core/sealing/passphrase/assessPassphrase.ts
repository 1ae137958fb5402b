// How hard a typed passphrase is to guess, roughly and rather too low: good enough to name a weak one as weak, without a
// dictionary. It never leaves this function.

/** `weak`: guessed by anyone who tries; `fair`: an effort that costs money; `strong`: out of reach. */
export type PassphraseStrength = 'weak' | 'fair' | 'strong';

/** With 600 000 rounds in the way (some 19 bits), 50 bits are 2^69 hashes; 70 bits are 2^89. */
const fairBits = 50;
const strongBits = 70;

/**
 * Estimates in bits, by runs of characters of one sort:
 * - a run of letters counts as a word, 12 bits and one for each letter beyond eight, unless five consonants in a row say that
 *   nobody can pronounce it; capital letters in odd places add their own;
 * - digits count 3.3 bits each, what looks like a year 7 in all; other characters 5 each;
 * - characters that repeat or count up or down, and rows of the keyboard, count as their first character and 2 bits more;
 * - the same run a second time counts 1 bit; a passphrase made of an infamous one counts nothing.
 */
export function assessPassphrase(text: string): PassphraseStrength {
  const bits = passphraseEstimate(text);
  return bits < fairBits ? 'weak' : bits < strongBits ? 'fair' : 'strong';
}

/** The estimate in bits behind assessPassphrase. */
export function passphraseEstimate(text: string): number {
  const normal = text.normalize('NFC').trim();
  if (infamous.has(plainLetters(normal))) return 0;
  const seen = new Set<string>();
  let bits = 0;
  for (const [run] of normal.matchAll(/\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu)) {
    const key = run.toLowerCase();
    bits += seen.has(key) ? 1 : runBits(run);
    seen.add(key);
  }
  return bits;
}

const bitsPerLetter = Math.log2(26);
const bitsPerDigit = Math.log2(10);
const bitsPerSign = 5;
const bitsPerWord = 12;

function runBits(run: string): number {
  const characters = Array.from(run);
  if (/^\p{N}/u.test(run)) return /^(?:19|20)\d\d$/.test(run) ? 7 : patterned(characters, bitsPerDigit);
  if (!/^\p{L}/u.test(run)) return patterned(characters, bitsPerSign);
  const capitals = characters.filter((character) => character !== character.toLowerCase()).length;
  const oddCapitals = capitals > 1 && capitals < characters.length ? capitals * 2 : Math.min(capitals, 1);
  const letters = patterned(Array.from(run.toLowerCase()), bitsPerLetter) + oddCapitals;
  if (/[bcdfghjklmnpqrstvwxz]{5}/i.test(run)) return letters;
  return Math.min(letters, bitsPerWord + Math.max(0, characters.length - 8) + oddCapitals);
}

const keyboardRows = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'yxcvbnm', 'zxcvbnm'];

/** Each character its bits, but only two for all those that go on in a pattern of three or more. */
function patterned(characters: readonly string[], bitsEach: number): number {
  let bits = 0;
  for (let at = 0; at < characters.length; ) {
    const length = patternLength(characters, at);
    bits += length >= 3 ? bitsEach + 2 : bitsEach;
    at += length >= 3 ? length : 1;
  }
  return bits;
}

/** Characters from a place on that repeat, count up or down by one, or lie side by side on a keyboard. */
function patternLength(characters: readonly string[], from: number): number {
  const code = (at: number): number => characters[at]?.codePointAt(0) ?? Number.NaN;
  const step = code(from + 1) - code(from);
  let length = 1;
  if (Math.abs(step) <= 1) {
    while (code(from + length) - code(from + length - 1) === step) length += 1;
  }
  let onRow = 1;
  while (
    keyboardRows.some((row) => row.includes(characters.slice(from, from + onRow + 1).join(''))) &&
    from + onRow < characters.length
  )
    onRow += 1;
  return Math.max(length, onRow);
}

const leet = new Map([
  ['0', 'o'],
  ['1', 'l'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'i'],
]);

/** Lower case, with digits and signs that stand for letters put back and others left out. */
function plainLetters(text: string): string {
  const trimmed = text.toLowerCase().replace(/[\d!.]+$/u, '');
  return Array.from(trimmed, (character) => leet.get(character) ?? character)
    .join('')
    .replaceAll(/[^\p{L}]/gu, '');
}

/** Passphrases that every list of guesses begins with, and famous examples. */
const infamous = new Set([
  'password',
  'passwort',
  'passphrase',
  'letmein',
  'welcome',
  'iloveyou',
  'admin',
  'administrator',
  'dragon',
  'monkey',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'trustno',
  'changeme',
  'secret',
  'qwerty',
  'qwertz',
  'azerty',
  'correcthorsebatterystaple',
]);
