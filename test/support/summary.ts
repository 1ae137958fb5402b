// What a run of the tests says before its last line: which tests were skipped and what they miss, and which took longest.

import { whatIsMissing } from './skipping.ts';

const slowestCount = 10;

export type Summary = {
  /** Notes what the tests of a Mocha run do. */
  follow(runner: Mocha.Runner): void;
  /** Notes what another runner has printed of its tests: that of the host layer, or the summary of a part of a layer. */
  read(output: string): void;
  lines(): readonly string[];
};

/** An empty summary. */
export function newSummary(): Summary {
  const timed: { readonly title: string; readonly ms: number }[] = [];
  const skipped = new Map<string, string[]>();
  const skip = (title: string, missing: string): void => {
    skipped.set(missing, [...(skipped.get(missing) ?? []), title]);
  };
  return {
    follow: (runner) => {
      runner.on('pass', (test) => timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('fail', (test) => timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('pending', (test) => skip(test.fullTitle(), whatIsMissing(test) ?? 'it does not say what is missing'));
    },
    read: (output) => {
      let suite = '';
      let missed: string | undefined;
      for (const line of output.split('\n')) {
        const [, slow, ms] = /^ {2}✔ (.*) \((\d+) ms\)$/.exec(line) ?? [];
        const [, title, missing] = /^ {2}- (.*) \(skipped: (.*)\)$/.exec(line) ?? [];
        if (slow !== undefined) timed.push({ title: `${suite} ${slow}`, ms: Number(ms) });
        else if (title !== undefined) skip(`${suite} ${title}`, missing ?? '');
        else if (/^\S/.test(line)) suite = line;
        const [, sumMs, sumTitle] = /^ *(\d+) ms {2}(.*)$/.exec(line) ?? [];
        if (sumTitle !== undefined) timed.push({ title: sumTitle, ms: Number(sumMs) });
        if (missed !== undefined && /^ {2}\S/.test(line)) skip(line.trim(), missed);
        else missed = /^skipped, for this is missing: (.*)$/.exec(line)?.[1];
      }
    },
    lines: () => {
      const slowest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, slowestCount);
      const rows = slowest.map(({ title, ms }) => `${String(ms).padStart(8)} ms  ${title}`);
      const misses = [...skipped].flatMap(([missing, titles]) => [
        `\nskipped, for this is missing: ${missing}`,
        ...titles.map((title) => `  ${title}`),
      ]);
      return [...misses, '\nslowest:', ...rows, ''];
    },
  };
}
