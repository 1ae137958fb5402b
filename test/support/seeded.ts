// Numbers that look random and are the same for the same seed, for what must be repeatable.

/** Gives a function that gives a whole number from 0 to below `end`. */
export function seeded(seed: number): (end: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  // Mulberry32: a state of 32 bits is enough to tell runs apart.
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
}
