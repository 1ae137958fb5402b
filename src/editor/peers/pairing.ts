// Pairing as the two people see it: both screens show the same six digits, both say that they are the same.

import * as vscode from 'vscode';

import { type FerryError, isFerryError, toFerryError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import type { PairingEntry } from '../../core/pairing/entry.ts';
import type { PairOutcome } from '../../core/pairing/initiator.ts';
import { met } from '../../core/peers/book.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import { reach } from '../../core/sending/reach.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { namesakeWords, peerWords, renamedWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';
import { onePeer, type PeersContext } from './onePeer.ts';

const { l10n } = vscode;

export type PairingContext = PeersContext & Pick<App, 'pairings' | 'settings'>;

/** "Pair with Peer…". Never fails but on what nobody foresaw; how the pairing ended is told. */
export async function pairWithPeer(context: PairingContext, given: unknown): Promise<void> {
  const { ui, pairings, settings, session, own } = context;
  const peer = await onePeer(context, given, l10n.t('Pair with a peer'));
  const [online, self] = [session(), own()];
  if (peer === undefined || online === undefined || self === undefined) return;
  if (!(await agreedInSpite(context, peer))) return;
  const outcome = await ui.progress(l10n.t('Pairing with {0}', peerWords(peer)), async (report, signal) => {
    report(l10n.t('connecting…'));
    const link = await reach(online, peer.id, signal).catch(toFerryError);
    if (isFerryError(link)) return failedWith(link, signal);
    try {
      report(l10n.t('compare the codes…'));
      const onCode = async (code: string, over: AbortSignal): Promise<boolean> => {
        const same = await compare(ui, peer, code);
        if (over.aborted) await tellOver(ui);
        else if (same) report(l10n.t('waiting for them to compare…'));
        return same;
      };
      const { pairWith } = await import('../../core/pairing/initiator.ts');
      return await pairWith(link, { own: self, name: settings.displayName(), pairings, signal, onCode });
    } finally {
      link.close();
    }
  });
  await settle(context, peer, outcome);
}

function failedWith(error: FerryError, signal: AbortSignal): PairOutcome {
  return signal.aborted ? { phase: 'cancelled', by: 'me' } : { phase: 'failed', error };
}

/**
 * Follows what peers ask: rings once for each, shows the code, and remembers who is paired. Before there is a code nothing is
 * shown.
 */
export function followPairings(context: PairingContext): Disposable {
  const { pairings, log } = context;
  return pairings.onDidChange(({ before, entry }) => {
    if (entry === undefined || entry.state.phase === before?.state.phase) return;
    if (entry.state.phase === 'comparing') background(ask(context, entry), log, 'asking about a pairing');
    const outcome = before?.state.phase === 'comparing' ? outcomeOf(entry) : undefined;
    if (outcome !== undefined) background(settle(context, entry.peer, outcome), log, 'ending a pairing');
  });
}

async function ask(context: PairingContext, entry: PairingEntry): Promise<void> {
  const { ui, pairings } = context;
  const compareCodes = l10n.t('Compare Codes');
  const decline = l10n.t('Decline');
  const failures = entry.failuresBefore > 0 ? [l10n.t('Pairings that failed before: {0}.', entry.failuresBefore)] : [];
  const renamed = renamedWords(entry.peer);
  const alarm = await alarmAbout(context, entry.peer);
  const text = [
    ...(alarm === undefined ? [] : [alarm]),
    l10n.t('{0} wants to pair. Its fingerprint is {1}.', peerWords(entry.peer), fingerprintOf(entry.peer.id)),
    ...(renamed === undefined ? [] : [renamed]),
    ...failures,
  ].join(' ');
  const chosen = await (alarm === undefined ? ui.info(text, compareCodes, decline) : ui.warn(text, compareCodes, decline));
  if (chosen === undefined) return;
  const state = pairings.find(entry.id)?.state;
  const same = chosen === compareCodes && state?.phase === 'comparing' && (await compare(ui, entry.peer, state.code));
  // The other side may have left, or the time run out, while the person looked.
  const isInTime = same ? pairings.confirm(entry.id) : pairings.decline(entry.id);
  if (!isInTime) await tellOver(ui);
}

async function tellOver(ui: Ui): Promise<void> {
  await ui.info(l10n.t('This pairing is over. Nobody was paired.'));
}

/** Large on screen, and spoken digit by digit. */
async function compare(ui: Ui, peer: NamedPeer, code: string): Promise<boolean> {
  const halves = [code.slice(0, 3), code.slice(3)];
  const spoken = halves.map((half) => half.split('').join(' ')).join(', ');
  const detail = l10n.t(
    'Does {0} see the same code? Compare them aloud: {1}. If they differ, somebody sits between the two of you: do not go on.',
    peerWords(peer),
    spoken,
  );
  const title = l10n.t('Pairing code {0}', halves.join(' '));
  return ui.confirm(title, detail, { refuse: l10n.t('They Differ'), agree: l10n.t('The Codes Are the Same') });
}

/** What is alarming about a peer, if anything is. */
async function alarmAbout({ book }: Pick<App, 'book'>, peer: NamedPeer): Promise<string | undefined> {
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const namesake = namesakeOf({ id: peer.id, name: peer.callsItself ?? peer.name, addresses: [] }, book.entries());
  return namesake === undefined ? undefined : namesakeWords(peer, book.trustOf(peer.id), namesake);
}

async function agreedInSpite(context: PairingContext, peer: NamedPeer): Promise<boolean> {
  const alarm = await alarmAbout(context, peer);
  if (alarm === undefined) return true;
  const detail = l10n.t('Pair only if they tell you that they have a new identity.');
  return context.ui.confirm(alarm, detail, { refuse: l10n.t('Do Not Pair'), agree: l10n.t('Pair Anyway') });
}

async function settle({ ui, book, log }: PairingContext, peer: NamedPeer, outcome: PairOutcome): Promise<void> {
  const name = peerWords(peer);
  log.info('a pairing ended', { peer: peer.id, phase: outcome.phase });
  switch (outcome.phase) {
    case 'paired':
      await book.change(peer.id, (entry) => ({ ...met(entry, peer.callsItself ?? peer.name), trust: 'paired' }));
      await ui.info(l10n.t('Paired with {0}.', name));
      return;
    case 'declined':
      await ui.info(l10n.t('{0} was not paired: the codes were not confirmed.', name));
      return;
    case 'expired':
      await ui.info(l10n.t('{0} was not paired: nobody compared the codes in time.', name));
      return;
    case 'cancelled':
      if (outcome.by === 'peer') await ui.info(l10n.t('{0} ended the pairing.', name));
      return;
    case 'failed':
      // A pairing that the other side began goes on; its question is on screen.
      if (outcome.error.code === 'ERR_PAIRING_CROSSED') return;
      await ui.error(l10n.t('{0} was not paired. {1}', name, errorWords(outcome.error, name, { isPairing: true })));
  }
}

function outcomeOf({ state }: PairingEntry): PairOutcome | undefined {
  return state.phase === 'asked' || state.phase === 'comparing' ? undefined : state;
}
