// One line of the benchmark's table.

/** What was measured, its value and unit, the bar it has to hold, and whether it did. */
export type BenchRow = { readonly name: string; readonly value: number; readonly unit: string; readonly bar: string; readonly ok: boolean };
