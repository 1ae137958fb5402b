// The way of every item out: pick peers, seal where that is wanted, send, and say how it ended.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import { keptName } from '../../core/peers/book.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { Session } from '../../core/presence.ts';
import { deliver, type Sealing, toldName } from '../../core/sending/deliver.ts';
import type { ItemFailure } from '../../core/sending/memory.ts';
import { PaceMeter } from '../../core/sending/pace.ts';
import type { TransferOutcome, TransferState } from '../../core/sending/transfer.ts';
import { plainName } from '../../core/text/safeText.ts';
import { type ItemSource, totalSize } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { countWords, itemWords, namesakeWords, peerWords, progressWords, reasonsWords } from '../asking/words.ts';
import { addPeer } from '../peers/addPeer.ts';
import { pickPeers } from '../peers/peerPick.ts';
import type { SendItem } from './gatherFiles.ts';
import { askSealing, askWhether } from './sealing.ts';

const { l10n } = vscode;

export type SendContext = Pick<App, 'ui' | 'session' | 'goOnline' | 'book' | 'settings' | 'files' | 'log' | 'running'>;

/**
 * Sends gathered items to peers whom the person picks. `encrypt`: the person asked for it; otherwise the settings say. Fails as
 * adding a peer does; how each transfer ends is told by itself.
 */
export async function sendItems(
  context: SendContext,
  items: readonly SendItem[],
  options: { readonly encrypt?: boolean } = {},
): Promise<void> {
  const session = await sessionFor(context);
  if (session === undefined) return;
  const peers = await choosePeers(context, session, titleOf(items));
  if (peers.length === 0) return;
  const trusted = await withoutAlarm(context, peers);
  if (trusted.length === 0) return;
  const sealing = await chooseSealing(context, options.encrypt === true);
  if (sealing !== undefined) await Promise.all(trusted.map((peer) => sendTo(context, session, peer, items, sealing)));
}

async function sessionFor(context: SendContext): Promise<Session | undefined> {
  const session = context.session();
  if (session !== undefined) return session;
  const online = l10n.t('Go Online');
  if ((await context.ui.info(l10n.t('Ferry is offline, so nothing can be sent.'), online)) !== online) return undefined;
  await context.goOnline();
  return context.session();
}

async function choosePeers(context: SendContext, session: Session, title: string): Promise<readonly Peer[]> {
  const picked = await pickPeers(session.directory, title, context.log, { own: true });
  if (picked.kind === 'peers') return picked.peers;
  if (picked.kind === 'none') return [];
  const added = await addPeer(context.ui, session.directory, context.book);
  return session.directory.peers.filter(({ windows }) =>
    windows.some(({ peerId, window }) => peerId === added?.peerId && window === added.window),
  );
}

/** A peer under the name or address of another one, with another key, gets nothing before the person has looked at both. */
async function withoutAlarm({ ui, book }: SendContext, peers: readonly Peer[]): Promise<readonly Peer[]> {
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const trusted: Peer[] = [];
  for (const peer of peers) {
    const addresses = peer.windows.map((window) => window.address);
    const namesake =
      peer.trust === 'own' ? undefined : namesakeOf({ id: peer.id, name: toldName(peer), addresses }, book.entries());
    const agreed =
      namesake === undefined ||
      (await ui.confirm(
        namesakeWords(peer, book.trustOf(peer.id), namesake),
        l10n.t('Ask them before you send: compare the fingerprint on their side.'),
        { refuse: l10n.t('Do Not Send'), agree: l10n.t('Send Anyway') },
      ));
    if (agreed) trusted.push(peer);
  }
  return trusted;
}

async function chooseSealing({ ui, settings }: SendContext, encrypt: boolean): Promise<Sealing | undefined> {
  if (encrypt) return askSealing(ui);
  switch (settings.sendEncrypt()) {
    case 'never':
      return { kind: 'none' };
    case 'ask':
      return askWhether(ui);
    case 'always':
      return { kind: 'key' };
  }
}

/** Sends to one peer, with a notification of its own; the end is told there, so this fails only on what nobody foresaw. */
async function sendTo(
  context: SendContext,
  session: Session,
  peer: Peer,
  items: readonly SendItem[],
  sealing: Sealing,
): Promise<void> {
  const { ui, book, log, running, settings } = context;
  const name = peerWords(peer);
  const what = namesOf(items);
  const title =
    sealing.kind === 'none' ? l10n.t('Sending {0} to {1}', what, name) : l10n.t('Encrypting and sending {0} to {1}', what, name);
  const isFirst = book.trustOf(peer.id) === 'unknown';
  const outcome = await ui.progress(title, async (report, cancelled) => {
    const stop = new AbortController();
    running.add(stop);
    report(l10n.t('connecting…'));
    try {
      const signal = AbortSignal.any([cancelled, stop.signal]);
      const delivery = { peer, items, sealing, senderName: senderNameFor(peer, settings) };
      return await deliver(delivery, { session, book, log, signal, onState: reporter(report) });
    } finally {
      running.delete(stop);
    }
  });
  log.info('a transfer ended', { peer: peer.id, phase: outcome.phase, bytes: totalSize(items.map((item) => item.offered)) });
  background(tellOutcome(context, outcome, { peer, isFirst, items, sealing }), log, 'telling how a transfer ended');
}

/** The person's own windows know each other by what is open in them, which nobody else is told. */
function senderNameFor({ trust }: Peer, settings: SendContext['settings']): string {
  const own = trust === 'own' ? keptName(vscode.workspace.name ?? '') : '';
  return own || settings.displayName();
}

function reporter(report: (message: string, increment?: number) => void): (state: TransferState) => void {
  const meter = new PaceMeter();
  let percent = 0;
  let told = -Infinity;
  return (state) => {
    if (state.phase === 'interrupted') report(l10n.t('connection lost, looking for them…'));
    if (state.phase === 'waiting') report(l10n.t('waiting for them to accept…'));
    if (state.phase !== 'moving') return;
    const now = performance.now();
    if (now - told < 200 && state.sent < state.total) return;
    told = now;
    const next = state.total === 0 ? 100 : (state.sent / state.total) * 100;
    report(progressWords(state.sent, state.total, meter.measure(state.sent, state.total, now)), next - percent);
    percent = next;
  };
}

type Sent = {
  readonly peer: Peer;
  /** Whether the peer was never met before. */
  readonly isFirst: boolean;
  readonly items: readonly SendItem[];
  readonly sealing: Sealing;
};

async function tellOutcome(context: SendContext, outcome: TransferOutcome, sent: Sent): Promise<void> {
  const { ui } = context;
  const { peer, isFirst, items } = sent;
  const name = peerWords(peer);
  const what = namesOf(items);
  switch (outcome.phase) {
    case 'delivered': {
      const pair = l10n.t('Pair…');
      const chosen = await ui.info(l10n.t('{0} received {1}.', name, what), ...(isFirst ? [pair] : []));
      if (chosen === pair) await vscode.commands.executeCommand('ferry.pair', peer);
      return;
    }
    case 'partly':
      await tellPartly(context, outcome, sent);
      return;
    case 'declined':
      await ui.info(l10n.t('{0} declined {1}.', name, what));
      return;
    case 'expired':
      await ui.info(l10n.t('{0} did not answer in time, so {1} was not sent.', name, what));
      return;
    case 'cancelled':
      await tellCancelled(context, outcome, sent);
      return;
    case 'failed':
      await tellFailed(context, outcome, sent);
  }
}

async function tellPartly(
  context: SendContext,
  { arrived, failed }: Extract<TransferOutcome, { phase: 'partly' }>,
  { peer, items, sealing }: Sent,
): Promise<void> {
  const { ui, log, session } = context;
  log.warn('items were not sent', { count: failed.length, code: failed[0]?.error.code ?? '' });
  const name = peerWords(peer);
  const reasons = reasonsOf(failed, items, name);
  const sendRest = l10n.t('Send the Rest');
  const words = l10n.t('{0} received {1} of {2} files. {3}', name, arrived.length, arrived.length + failed.length, reasons);
  if ((await ui.warn(words, sendRest)) !== sendRest) return;
  const online = session();
  const rest = await gatheredAgain(
    context,
    failed.flatMap(({ n }) => items[n] ?? []),
  );
  if (online !== undefined && rest.length > 0) await sendTo(context, online, peer, rest, sealing);
}

/** What failed, as it is now; what is gone meanwhile is named. */
async function gatheredAgain({ ui, log }: SendContext, items: readonly SendItem[]): Promise<readonly SendItem[]> {
  const found: SendItem[] = [];
  const gone: { readonly name: string; readonly reason: string }[] = [];
  for (const item of items) {
    try {
      found.push(item.again === undefined ? item : { ...(await item.again()), again: item.again });
    } catch (cause) {
      gone.push({ name: itemWords(item.offered.name), reason: errorWords(toFerryError(cause)) });
    }
  }
  if (gone.length > 0)
    background(Promise.resolve(ui.warn(l10n.t('Left out: {0}', reasonsWords(gone)))), log, 'telling what is gone');
  return found;
}

async function tellCancelled(
  { ui }: SendContext,
  { by, arrived = [] }: Extract<TransferOutcome, { phase: 'cancelled' }>,
  { peer, items }: Sent,
): Promise<void> {
  const name = peerWords(peer);
  if (arrived.length > 0) {
    const words =
      by === 'peer'
        ? l10n.t('{0} cancelled the transfer after {1} of {2} files.', name, arrived.length, items.length)
        : l10n.t('Cancelled. {0} has {1} of {2} files already.', name, arrived.length, items.length);
    await ui.info(words);
    return;
  }
  // Whoever cancelled knows.
  if (by === 'peer') await ui.info(l10n.t('{0} cancelled the transfer of {1}. Nothing was kept there.', name, namesOf(items)));
}

async function tellFailed(
  { ui, log }: SendContext,
  { error, failed }: Extract<TransferOutcome, { phase: 'failed' }>,
  { peer, items }: Sent,
): Promise<void> {
  log.warn('a transfer failed', { code: error.code, message: error.message });
  const name = peerWords(peer);
  const reasons = failed === undefined ? errorWords(error, name) : reasonsOf(failed, items, name);
  const showLog = l10n.t('Show Log');
  const isOne = items.length === 1;
  const words = isOne
    ? l10n.t('{0} was not sent. {1}', namesOf(items), reasons)
    : l10n.t('{0} were not sent. {1}', namesOf(items), reasons);
  if ((await ui.error(words, showLog)) === showLog) await vscode.commands.executeCommand('ferry.showLog');
}

function reasonsOf(failed: readonly ItemFailure[], items: readonly SendItem[], peer: string): string {
  const named = failed.map(({ n, error }) => ({
    name: itemWords(items[n]?.offered.name ?? ''),
    reason: errorWords(error, peer),
  }));
  return reasonsWords(named);
}

function titleOf(items: readonly ItemSource[]): string {
  return l10n.t('Send {0}', namesOf(items));
}

function namesOf(items: readonly ItemSource[]): string {
  const [first] = items;
  if (items.length === 1 && first !== undefined) return plainName(first.offered.name, 60);
  return countWords(items.map(({ offered }) => offered));
}
