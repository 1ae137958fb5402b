// Pairings that peers begin, as this window follows them. Notifications go; what waits stays in the status bar.

import * as vscode from 'vscode';

import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { isAsked, type PairingEntry } from '../../core/pairing/entry.ts';
import type { PairOutcome } from '../../core/pairing/initiator.ts';
import { peerWords } from '../asking/words.ts';
import type { PairingContext } from './pairing.ts';

// What is said about pairings is loaded with the first of them.
const pairing = () => import('./pairing.ts');

/**
 * Follows what peers ask: rings once for each, lets the code be picked, and remembers who is paired. Before there is a code
 * nothing is shown.
 */
export function followPairings(context: PairingContext): Disposable {
  const { pairings, log } = context;
  const item = vscode.window.createStatusBarItem('ferry.pairings', vscode.StatusBarAlignment.Left, 1);
  item.name = vscode.l10n.t('Ferry Pairings');
  const following = pairings.onDidChange(({ before, entry }) => {
    draw(item, pairings.entries.find(isAsked), context);
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
  return vscode.Disposable.from(item, following);
}

/** A click compares the codes. */
function draw(item: vscode.StatusBarItem, asked: PairingEntry | undefined, { book }: Pick<PairingContext, 'book'>): void {
  if (asked === undefined) {
    item.hide();
    return;
  }
  const words = vscode.l10n.t('{0} wants to pair', peerWords(asked.peer));
  const row = { ...asked.peer, windows: [], trust: book.trustOf(asked.peer.id) };
  item.text = `$(verified) ${words}`;
  item.accessibilityInformation = { label: `Ferry: ${words}`, role: 'button' };
  item.command = { command: 'ferry.pair', title: words, arguments: [row] };
  item.show();
}

function outcomeOf({ state }: PairingEntry): PairOutcome | undefined {
  return state.phase === 'asked' || state.phase === 'comparing' ? undefined : state;
}
