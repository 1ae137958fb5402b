// Passphrases that Ferry makes: six words drawn at random from a long list.

import { loadWords } from './wordList.ts';

/** Six words of a list of 7772 are 77.5 bits: more than any number of rounds could add to a weak one. */
const wordCount = 6;

/** What stands between two words; no word of the list has one in it. */
const separator = '-';

/**
 * A new passphrase of six words, each drawn without bias; `words` is for tests. The default list is loaded on demand. Throws
 * TypeError for a list too short for 75 bits.
 */
export async function generatePassphrase(words?: readonly string[]): Promise<string> {
  const list = words ?? (await loadWords());
  if (passphraseBits(list.length) < 75) throw new TypeError('the word list is too short');
  return Array.from({ length: wordCount }, () => list[randomBelow(list.length)]).join(separator);
}

/** Bits of randomness in a passphrase made from a list of so many different words. */
export function passphraseBits(listLength: number): number {
  return wordCount * Math.log2(listLength);
}

/**
 * A random whole number from 0 to one below `bound`, each as likely as the other: numbers beyond the last whole multiple of
 * the bound are drawn again. `draw` gives 32 random bits and is for tests.
 */
export function randomBelow(bound: number, draw: () => number = random32): number {
  if (!Number.isSafeInteger(bound) || bound < 1 || bound > 2 ** 32) throw new TypeError('a bound is from 1 to 2^32');
  const fair = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = draw();
    if (drawn < fair) return drawn % bound;
  }
}

function random32(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
