// Merges two texts that come from a common one, line by line, and marks what both of them changed. The door to node-diff3.

import { limits } from '../base/limits.ts';

export type MergeSides = { readonly mine: string; readonly base: string; readonly theirs: string };

/** What the two sides are called beside the marks. */
export type MergeLabels = { readonly mine: string; readonly theirs: string };

export type Merged = { readonly text: string; readonly conflicts: number };

/**
 * Merges texts; line ends are those of `mine`. Undefined where it would take too long: the work grows with the pairs of equal
 * lines, which a sender can choose.
 */
export async function mergeTexts(sides: MergeSides, labels: MergeLabels): Promise<Merged | undefined> {
  const [mine, base, theirs] = [linesOf(sides.mine), linesOf(sides.base), linesOf(sides.theirs)];
  if (equalPairs(base, mine) + equalPairs(base, theirs) > limits.mergePairs) return undefined;
  const { diff3Merge } = await import('node-diff3');
  let conflicts = 0;
  const lines = diff3Merge([...mine], [...base], [...theirs]).flatMap(({ ok, conflict }) => {
    if (conflict === undefined) return ok ?? [];
    conflicts += 1;
    return [`<<<<<<< ${labels.mine}`, ...conflict.a, '=======', ...conflict.b, `>>>>>>> ${labels.theirs}`];
  });
  return { text: lines.join(sides.mine.includes('\r\n') ? '\r\n' : '\n'), conflicts };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

function equalPairs(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1);
  return b.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
}
