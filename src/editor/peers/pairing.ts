// Pairing as the two people see it: one screen shows six digits, which are read out; on the other they are picked among three
// numbers; and then the first one says that this went well.

import * as vscode from 'vscode';

import { type FerryError, isFerryError, toFerryError } from '../../core/base/errors.ts';
import { isAsked, type PairingEntry } from '../../core/pairing/entry.ts';
import type { PairOutcome } from '../../core/pairing/initiator.ts';
import { met } from '../../core/peers/book.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import { reach } from '../../core/sending/reach.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { namesakeWords, peerWords, renamedWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';
import { onlineSession } from './choosePeers.ts';
import { onePeer, type PeersContext } from './onePeer.ts';

const { l10n } = vscode;

export type PairingContext = PeersContext & Pick<App, 'pairings' | 'doorbell'>;

/** "Pair with Peer…". Never fails but on what nobody foresaw; how the pairing ended is told. */
export async function pairWithPeer(context: PairingContext, given: unknown): Promise<void> {
  const { ui, pairings, settings, session, own } = context;
  if ((await onlineSession(context, l10n.t('Ferry is offline, so nobody can be paired with.'))) === undefined) return;
  const peer = await onePeer(context, given, l10n.t('Pair with a peer'));
  // Looking for peers may have been what changed the session.
  const [online, self] = [session(), own()];
  if (peer === undefined || online === undefined || self === undefined) return;
  if (!(await agreedInSpite(context, peer))) return;
  const asked = pairings.entries.find((entry) => entry.peer.id === peer.id && isAsked(entry));
  if (asked !== undefined) {
    await comparing(context, asked);
    return;
  }
  const outcome = await ui.progress(l10n.t('Pairing with {0}', peerWords(peer)), async (report, signal) => {
    report(l10n.t('connecting…'));
    const link = await reach(online, peer.id, signal).catch(toFerryError);
    if (isFerryError(link)) return failedWith(link, signal);
    try {
      report(l10n.t('read the code to them…'));
      const onCode = async (code: string, over: AbortSignal): Promise<boolean> => {
        const same = await showCode(ui, peer, code, over);
        if (same) report(l10n.t('waiting for them to pick it…'));
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

/** Rings for a pairing that has a code, and lets it be picked. */
export async function askToPair(context: PairingContext, entry: PairingEntry): Promise<void> {
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
  if (chosen === compareCodes) await comparing(context, entry);
  else if (!pairings.decline(entry.id)) await tellOver(ui);
}

/** Lets the code be picked. The other side may have left, or the time run out, while the notification was there. */
async function comparing(context: PairingContext, entry: PairingEntry): Promise<void> {
  if (!(await pickCode(context, entry))) await tellOver(context.ui);
}

async function tellOver(ui: Ui): Promise<void> {
  await ui.info(l10n.t('This pairing is over. Nobody was paired.'));
}

/** Lets the person find the number that the other one reads out; false where it is too late for that. */
async function pickCode({ ui, pairings }: PairingContext, { id, peer }: PairingEntry): Promise<boolean> {
  const state = pairings.find(id)?.state;
  if (state?.phase !== 'comparing') return false;
  const over = new AbortController();
  const following = pairings.onDidChange(() => {
    if (pairings.find(id)?.state.phase !== 'comparing') over.abort();
  });
  const none = { label: `$(close) ${l10n.t('None of These')}` };
  const numbers = state.choices.map((code) => ({ label: `$(circle-large-outline) ${digitWords(code)}`, code }));
  const options = {
    title: l10n.t('Which number does {0} read out?', peerWords(peer)),
    placeHolder: l10n.t('Do not guess: somebody may sit between you.'),
    ignoreFocusOut: true,
  };
  const rows: readonly (vscode.QuickPickItem & { readonly code?: string })[] = [none, ...numbers];
  const picked = await ui.pick(rows, options, over.signal);
  following.dispose();
  // How it ended meanwhile is told by itself.
  if (over.signal.aborted) return true;
  return picked?.code === undefined ? pairings.decline(id) : pairings.pick(id, picked.code);
}

/** Shows the code to whoever reads it out; true once they say that the other person has found it. */
async function showCode(ui: Ui, peer: NamedPeer, code: string, over: AbortSignal): Promise<boolean> {
  const name = peerWords(peer);
  const items = [
    {
      agree: false,
      label: `$(close) ${l10n.t('They Do Not See This Number')}`,
      detail: l10n.t('Somebody may sit between you.'),
    },
    { agree: true, label: `$(verified) ${l10n.t('They Picked {0}', digitWords(code))}` },
  ];
  const options = {
    // Nothing stands beside the digits.
    title: digitWords(code),
    placeHolder: l10n.t('Read this number to {0}', name),
    ignoreFocusOut: true,
  };
  return (await ui.pick(items, options, over))?.agree === true;
}

/** Six digits for the eye and the ear: one by one, apart, in two groups. */
function digitWords(code: string): string {
  return [code.slice(0, 3), code.slice(3)].map((half) => half.split('').join('\u2002')).join('\u2003\u2003');
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

/** Tells how a pairing ended, and remembers who is paired. */
export async function settle({ ui, book, doorbell, log }: PairingContext, peer: NamedPeer, outcome: PairOutcome): Promise<void> {
  const name = peerWords(peer);
  log.info('a pairing ended', { peer: peer.id, phase: outcome.phase });
  switch (outcome.phase) {
    case 'paired':
      await book.change(peer.id, (entry) => ({ ...met(entry, peer.callsItself ?? peer.name), trust: 'paired' }));
      // Whoever was left waiting before is somebody else now.
      doorbell.answered(peer.id, 'accepted');
      await ui.info(l10n.t('Paired with {0}.', name));
      return;
    case 'declined':
      if (outcome.differed !== true) await ui.info(l10n.t('{0} was not paired: the codes were not confirmed.', name));
      else
        await ui.warn(l10n.t('{0} was not paired: this is not the number of their pairing. Somebody may sit between you.', name));
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
