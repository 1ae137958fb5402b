// One line of the benchmark's table, and how it is made.

import { rounded } from './lib/numbers.ts';

/** What was measured, its value and unit, the bar it has to hold, and whether it did. */
export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: string;
  readonly ok: boolean;
};

/** A value that has to be at most `bar`. */
export function atMost(name: string, value: number, unit: string, bar: number): BenchRow {
  return { name, value: rounded(value), unit, bar: `<= ${bar}`, ok: value <= bar };
}

/** A value that has to be at least `bar`. */
export function atLeast(name: string, value: number, unit: string, bar: number): BenchRow {
  return { name, value: rounded(value), unit, bar: `>= ${bar}`, ok: value >= bar };
}

/** A value that explains others and has no bar. */
export function noted(name: string, value: number, unit: string): BenchRow {
  return { name, value: rounded(value), unit, bar: '-', ok: true };
}

/** A row that could not be measured; `why` says what is missing. It does not hold: nobody saw it hold. */
export function notMeasured(name: string, why: string, bar: string): BenchRow {
  return { name: `${name} (not measured: ${why})`, value: 0, unit: '', bar, ok: false };
}
