// What comes of running trials: how many agree, which fall under a limit that is written down, and which are at odds.

import { type Limit, limits } from './limits.ts';
import { type Outcome, oddsOf, type Trial, type Unreadable } from './trial.ts';

/** The figures of one reader, and everything that is at odds, one line each. */
export type Tally = {
  readonly reader: string;
  agreements: number;
  /** How many fall under each limit. */
  readonly limited: Map<Limit, number>;
  readonly odds: string[];
};

/** Runs all trials of a suite. A file that cannot be read is at odds: nobody knows what it would have shown. */
export function judge(trials: readonly (Trial | Unreadable)[], accepted: readonly Limit[] = limits): readonly Tally[] {
  const tallies = new Map<string, Tally>();
  for (const trial of trials) {
    const reader = 'unreadable' in trial ? 'no reader' : trial.reader;
    const tally: Tally = tallies.get(reader) ?? { reader, agreements: 0, limited: new Map(), odds: [] };
    tallies.set(reader, tally);
    if ('unreadable' in trial) tally.odds.push(`${trial.name}: cannot be read: ${trial.unreadable}`);
    else enter(tally, trial, accepted);
  }
  return [...tallies.values()];
}

/** What people read: a line for each reader, below it each limit with its figure, and every case that no limit explains. */
export function report(tallies: readonly Tally[]): readonly string[] {
  return tallies.flatMap(({ reader, agreements, limited, odds }) => {
    const sum = [...limited.values()].reduce((all, count) => all + count, 0);
    return [
      `${reader}: ${agreements} agree, ${sum} differ within the limits, ${odds.length} differ`,
      ...Array.from(limited, ([limit, count]) => `  ${count} ${limit.odds}: ${limit.cases}. ${limit.reason}`),
      ...odds.map((line) => `  UNEXPLAINED ${line}`),
    ];
  });
}

function enter(tally: Tally, trial: Trial, accepted: readonly Limit[]): void {
  const outcome = trial.run();
  const odds = oddsOf(trial, outcome);
  if (odds === undefined) {
    tally.agreements += 1;
    return;
  }
  const limit = accepted.find(
    ({ suite, readers, odds: kind, covers }) =>
      suite === trial.suite && kind === odds && (readers === undefined || readers.includes(trial.reader)) && covers(trial),
  );
  if (limit === undefined)
    tally.odds.push(`${trial.name}: ${odds}${wordsOf(outcome)}: ${JSON.stringify(trial.text.slice(0, 80))}`);
  else tally.limited.set(limit, (tally.limited.get(limit) ?? 0) + 1);
}

function wordsOf(outcome: Outcome): string {
  if (outcome.kind === 'refused') return ` (${outcome.why})`;
  return outcome.kind === 'broke' ? ` (${String(outcome.error)})` : '';
}
