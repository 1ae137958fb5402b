// What facts mean, in order: what keeps two peers apart for certain stands first, what may do so follows, and what is only good
// to know comes last.

import type { Finding, Weight } from './causes.ts';
import type { Facts } from './facts.ts';
import { hereFindings } from './hereRules.ts';
import { peerFindings } from './peerRules.ts';

const weights: readonly Weight[] = ['cause', 'likely', 'note'];

/** What the facts mean, the weightiest first; each cause stands once. Empty where nothing is wrong that can be seen from here. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const found = [...peerFindings(facts), ...hereFindings(facts)];
  const ranked = found.toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight));
  return ranked.filter((finding, index) => ranked.findIndex(({ cause }) => cause === finding.cause) === index);
}
