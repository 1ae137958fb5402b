// The report of an examination as text: what was found with what to do about it, then all that was looked at.

import { fillIn, type Sentence } from '../text/errorSentences.ts';
import { adviceFor } from './advice.ts';
import type { Finding, Weight } from './causes.ts';
import { checkedHere, checkedPeer } from './checked.ts';
import type { Facts } from './facts.ts';
import { findingsOf } from './findings.ts';
import { say, shower, type Told } from './redaction.ts';

export type ReportOptions = {
  /** Whether names, addresses and IDs are left out; true where nothing is said. */
  readonly redact?: boolean;
  /** Puts a sentence into the person's language; English where nothing is said. */
  readonly speak?: (sentence: Sentence) => string;
};

const weightWords: Readonly<Record<Weight, Told>> = { cause: say('Cause'), likely: say('Likely'), note: say('Note') };

/** The weightiest finding with its advice, or that nothing is wrong: for whoever sits at this machine. */
export function summaryOf(facts: Facts, speak: (sentence: Sentence) => string = fillIn): string {
  const first = findingsOf(facts).find(isTrouble);
  const show = shower(false, (text, ...args) => speak({ text, args }));
  const line = ({ text, args }: Told): string => speak({ text, args: args.map(show) });
  if (first === undefined) return speak({ text: nothingWrong(facts), args: [] });
  const { what, todo } = adviceFor(first);
  return `${line(what)} ${line(todo)}`;
}

function isTrouble({ weight }: Finding): boolean {
  return weight !== 'note';
}

function nothingWrong({ peer }: Facts): string {
  return peer === undefined ? 'Nothing is wrong that can be seen from here.' : 'Nothing is wrong with the way there.';
}

/** The report, in lines that end with a line feed. */
export function reportOf(facts: Facts, { redact = true, speak = fillIn }: ReportOptions = {}): string {
  const show = shower(redact, (text, ...args) => speak({ text, args }));
  const words = (text: string): string => speak({ text, args: [] });
  const line = ({ text, args }: Told): string => speak({ text, args: args.map(show) });
  const findings = findingsOf(facts);
  const found = findings.flatMap((finding, index) => {
    const { what, todo } = adviceFor(finding);
    return [`${index + 1}. ${line(weightWords[finding.weight])}: ${line(what)}`, `   ${line(todo)}`];
  });
  const list = (lines: readonly Told[]): readonly string[] => lines.map((one) => `- ${line(one)}`);
  const { peer } = facts;
  return [
    words('What was found'),
    '',
    ...(findings.some(isTrouble) ? [] : [words(nothingWrong(facts))]),
    ...found,
    '',
    words('What was checked'),
    '',
    ...list(checkedHere(facts)),
    ...(peer === undefined ? [] : list(checkedPeer(peer))),
    '',
    words(redact ? 'Names, addresses and IDs are left out.' : 'This report holds names, addresses and IDs.'),
    '',
  ].join('\n');
}
