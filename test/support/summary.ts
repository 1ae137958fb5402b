// What a run of the tests says before its last line: which tests were skipped and what they miss, which took longest, and at
// the end, where whoever sees only the last lines finds it, which failed and why.

import { whatIsMissing } from './skipping.ts';

const slowestCount = 10;
const shownErrorLines = 12;

export type Summary = {
  /** Notes what the tests of a Mocha run do. */
  follow(runner: Mocha.Runner): void;
  /** Notes what another runner has printed of its tests: that of the host layer, or the summary of a part of a layer. */
  read(output: string): void;
  /** Notes something that failed, with what is said of it. */
  fail(title: string, error: string): void;
  lines(): readonly string[];
};

type Failure = { readonly title: string; readonly error: string };

/** The lines that tell of something that failed, as `read` finds them in what a runner has printed. */
export function failureLines(title: string, error: string): readonly string[] {
  const lines = error.split('\n').slice(0, shownErrorLines);
  return [`\nfailed: ${title}`, ...lines.map((line) => `  ${line}`)];
}

/** An empty summary. */
export function newSummary(): Summary {
  const timed: { readonly title: string; readonly ms: number }[] = [];
  const skipped = new Map<string, string[]>();
  const failures: Failure[] = [];
  const skip = (title: string, missing: string): void => {
    skipped.set(missing, [...(skipped.get(missing) ?? []), title]);
  };
  return {
    follow: (runner) => {
      runner.on('pass', (test) => timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('fail', (test, error: Error) => {
        timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 });
        failures.push({ title: test.fullTitle(), error: error.stack ?? error.message });
      });
      runner.on('pending', (test) => skip(test.fullTitle(), whatIsMissing(test) ?? 'it does not say what is missing'));
    },
    read: (output) => {
      failures.push(...failuresIn(output));
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
    fail: (title, error) => {
      failures.push({ title, error });
    },
    lines: () => {
      const slowest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, slowestCount);
      const rows = slowest.map(({ title, ms }) => `${String(ms).padStart(8)} ms  ${title}`);
      const misses = [...skipped].flatMap(([missing, titles]) => [
        `\nskipped, for this is missing: ${missing}`,
        ...titles.map((title) => `  ${title}`),
      ]);
      const failed = failures.flatMap(({ title, error }) => failureLines(title, error));
      return [...misses, '\nslowest:', ...rows, ...failed, ''];
    },
  };
}

function failuresIn(output: string): readonly Failure[] {
  const parts = output.split(/^failed: /m).slice(1);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    const end = lines.findIndex((line) => !line.startsWith('  '));
    return {
      title,
      error: lines
        .slice(0, end === -1 ? undefined : end)
        .map((line) => line.slice(2))
        .join('\n'),
    };
  });
}
