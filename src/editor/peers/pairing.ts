// Pairing as the two people see it: both screens show the same six digits, both say that they are the same.

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';
import type { PairingEntry } from '../../core/pairing/entry.ts';
import { type PairOutcome, pairWith } from '../../core/pairing/initiator.ts';
import type { Pairings } from '../../core/pairing/responder.ts';
import { met, type PeerBook } from '../../core/peers/book.ts';
import type { PairingLink } from '../../core/peers/link.ts';
import { fingerprintOf, type PeerId } from '../../core/peers/peerId.ts';
import { namesakeOf } from '../../core/peers/trust.ts';
import type { Session } from '../../core/presence.ts';
import { errorWords, namesakeWords, peerWords } from '../asking/words.ts';
import type { Settings } from '../host/settings.ts';
import type { Ui } from '../host/ui.ts';
import { onePeer, type PeersContext } from './managePeers.ts';

const { l10n } = vscode;

export type PairingContext = {
  readonly ui: Ui;
  readonly peers: PeersContext;
  readonly pairings: Pairings;
  readonly book: PeerBook;
  readonly settings: Settings;
  readonly session: () => Session | undefined;
  readonly own: () => PeerId | undefined;
  readonly log: Log;
};

type Person = { readonly id: PeerId; readonly name: string };

/** "Pair with Peer…". Fails as dialling does; how the pairing ended is told. */
export async function pairWithPeer(context: PairingContext, given: unknown): Promise<void> {
  const { ui, pairings, settings, session, own } = context;
  const peer = await onePeer(context.peers, given, l10n.t('Pair with a peer'));
  const [online, self] = [session(), own()];
  if (peer === undefined || online === undefined || self === undefined) return;
  if (!(await agreedInSpite(context, peer))) return;
  const outcome = await ui.progress(l10n.t('Pairing with {0}', peerWords(peer)), async (report, signal) => {
    report(l10n.t('connecting…'));
    const link = await reach(online, peer.id, signal);
    try {
      report(l10n.t('compare the codes…'));
      const onCode = async (code: string): Promise<boolean> => {
        const same = await compare(ui, peer, code);
        if (same) report(l10n.t('waiting for them to compare…'));
        return same;
      };
      return await pairWith(link, { own: self, name: settings.displayName(), pairings, signal, onCode });
    } finally {
      link.close();
    }
  });
  await settle(context, peer, outcome);
}

async function reach({ directory, dial }: Session, peer: PeerId, signal: AbortSignal): Promise<PairingLink> {
  let failure = new FerryError('ERR_PEER_UNREACHABLE', 'no address of this peer is known', { detail: { reason: 'no-address' } });
  // Of a peer that called here nothing is known but its key: discovery may know where its windows are.
  if ((await directory.addressesOf(peer)).length === 0) await directory.refresh();
  for (const address of await directory.addressesOf(peer)) {
    try {
      return await dial(address, peer, signal);
    } catch (cause) {
      failure = toFerryError(cause);
      if (signal.aborted) break;
    }
  }
  throw failure;
}

/** Follows what peers ask: rings once for each, shows the code, and remembers who is paired. */
export function followPairings(context: PairingContext): Disposable {
  const { pairings, log } = context;
  const phases = new Map<string, string>();
  return pairings.onDidChange((entry) => {
    const { phase } = entry.state;
    if (phases.get(entry.id) === phase) return;
    phases.set(entry.id, phase);
    if (phase === 'comparing') background(ask(context, entry), log, 'asking about a pairing');
    if (phase === 'asked' || phase === 'comparing') return;
    phases.delete(entry.id);
    background(settle(context, entry.peer, outcomeOf(entry)), log, 'ending a pairing');
  });
}

async function ask(context: PairingContext, entry: PairingEntry): Promise<void> {
  const { ui, book, pairings } = context;
  const compareCodes = l10n.t('Compare Codes');
  const decline = l10n.t('Decline');
  const failures = entry.failuresBefore > 0 ? ` ${l10n.t('Pairings that failed before: {0}.', entry.failuresBefore)}` : '';
  const question =
    l10n.t('{0} wants to pair. Its fingerprint is {1}.', peerWords(entry.peer), fingerprintOf(entry.peer.id)) + failures;
  const namesake = namesakeOf({ ...entry.peer, addresses: [] }, book.entries());
  const chosen =
    namesake === undefined
      ? await ui.info(question, compareCodes, decline)
      : await ui.warn(`${namesakeWords(entry.peer, namesake)} ${question}`, compareCodes, decline);
  if (chosen === undefined) return;
  const state = pairings.find(entry.id)?.state;
  if (state?.phase !== 'comparing') {
    await ui.info(l10n.t('This pairing is over. Nobody was paired.'));
    return;
  }
  const same = chosen === compareCodes && (await compare(ui, entry.peer, state.code));
  if (same) pairings.confirm(entry.id);
  else pairings.decline(entry.id);
}

/** Large on screen, and spoken digit by digit. */
async function compare(ui: Ui, peer: Person, code: string): Promise<boolean> {
  const halves = [code.slice(0, 3), code.slice(3)];
  const spoken = halves.map((half) => half.split('').join(' ')).join(', ');
  const detail = l10n.t(
    'Does {0} see the same code? Compare them aloud: {1}. If they differ, somebody sits between the two of you: do not go on.',
    peerWords(peer),
    spoken,
  );
  return ui.confirm(l10n.t('Pairing code {0}', halves.join(' ')), detail, l10n.t('The Codes Are the Same'));
}

async function agreedInSpite({ ui, book }: PairingContext, peer: Person): Promise<boolean> {
  const namesake = namesakeOf({ ...peer, addresses: [] }, book.entries());
  if (namesake === undefined) return true;
  const detail = l10n.t('Pair only if they tell you that they have a new identity.');
  return ui.confirm(namesakeWords(peer, namesake), detail, l10n.t('Pair Anyway'));
}

async function settle({ ui, book, log }: PairingContext, peer: Person, outcome: PairOutcome): Promise<void> {
  const name = peerWords(peer);
  log.info('a pairing ended', { peer: peer.id, phase: outcome.phase });
  switch (outcome.phase) {
    case 'paired':
      await book.change(peer.id, (entry) => ({ ...met(entry, peer.name), trust: 'paired' }));
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
      await ui.error(l10n.t('{0} was not paired. {1}', name, errorWords(outcome.error, name)));
  }
}

function outcomeOf({ state }: PairingEntry): PairOutcome {
  switch (state.phase) {
    case 'asked':
    case 'comparing':
      return { phase: 'cancelled', by: 'me' };
    case 'paired':
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
      return state;
  }
}
