// Pairings that peers begin, as this window follows them.

import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import type { PairingEntry } from '../../core/pairing/entry.ts';
import type { PairOutcome } from '../../core/pairing/initiator.ts';
import type { PairingContext } from './pairing.ts';

// What is said about pairings is loaded with the first of them.
const pairing = () => import('./pairing.ts');

/**
 * Follows what peers ask: rings once for each, lets the code be picked, and remembers who is paired. Before there is a code
 * nothing is shown.
 */
export function followPairings(context: PairingContext): Disposable {
  const { pairings, log } = context;
  return pairings.onDidChange(({ before, entry }) => {
    if (entry === undefined || entry.state.phase === before?.state.phase) return;
    if (entry.state.phase === 'comparing')
      background(
        pairing().then(({ askToPair }) => askToPair(context, entry)),
        log,
        'asking about a pairing',
      );
    const outcome = before?.state.phase === 'comparing' ? outcomeOf(entry) : undefined;
    if (outcome !== undefined)
      background(
        pairing().then(({ settle }) => settle(context, entry.peer, outcome)),
        log,
        'ending a pairing',
      );
  });
}

function outcomeOf({ state }: PairingEntry): PairOutcome | undefined {
  return state.phase === 'asked' || state.phase === 'comparing' ? undefined : state;
}
