// Random numbers that come again: everything that the fuzzer decides comes from a seed.

export type Dice = {
  /** A whole number from 0 up to, not including, `sides`. */
  roll(sides: number): number;
  /** Whether something of this chance, 0 to 1, happens. */
  chance(of: number): boolean;
  pick<T>(of: readonly T[]): T;
  bytes(length: number): Buffer;
};

/** The dice of one case: the same for the same seed and number. */
export function diceOf(seed: number, number: number): Dice {
  // mulberry32, by Tommy Ettinger, in the public domain: 32 bits of state are enough for a case.
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const roll = (sides: number): number => next() % sides;
  return {
    roll,
    chance: (of) => next() < of * 2 ** 32,
    pick: (of) => {
      const chosen = of[roll(of.length)];
      if (chosen === undefined) throw new TypeError('nothing to pick from');
      return chosen;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => roll(256))),
  };
}
