// A transfer as the person sees it begin and end: one notification while it moves, one sentence when it must wait, and one when
// it is over, however much later. Everything in between is the outbox's.

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import { keptName } from '../../core/peers/book.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { Sealing } from '../../core/sending/deliver.ts';
import { isDone, type OutgoingEntry, type OutgoingState } from '../../core/sending/outgoing.ts';
import type { TransferOutcome } from '../../core/sending/transfer.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { itemWords, peerWords, reasonsWords } from '../asking/words.ts';
import { gatherFile } from '../sending/gatherFile.ts';
import type { SendItem } from '../sending/gatherFiles.ts';
import { gatherFolder } from '../sending/gatherFolder.ts';
import { askSealing } from '../sending/sealing.ts';
import { followState, reporter } from './progress.ts';
import { tellOutcome } from './tellOutcome.ts';
import { sentWords } from './transferWords.ts';

const { l10n } = vscode;

export type TransferContext = Pick<App, 'ui' | 'session' | 'book' | 'settings' | 'files' | 'log' | 'outbox' | 'sent'>;

export type TransferStart = {
  readonly peer: Peer;
  readonly items: readonly SendItem[];
  readonly sealing: Sealing;
};

/**
 * Sends to one peer. Done as soon as there is nothing to look at: it is over, paused, or waits for its peer; gives which. Never
 * fails.
 */
export async function startTransfer(context: TransferContext, start: TransferStart): Promise<OutgoingState> {
  const { outbox, sent, book, settings, log } = context;
  const { peer, items, sealing } = start;
  const first = book.trustOf(peer.id) === 'unknown' ? peer : undefined;
  // A window of the person's own is called after what is open in it, also once it is closed.
  const name = peer.trust === 'own' ? keptName(peerWords(peer)) : peer.name;
  const senderName = senderNameFor(peer, settings);
  const { id, outcome } = outbox.send({ peer: { ...peer, name }, items, sealing, senderName });
  sent.remember(id, items);
  sent.takeOn(id);
  const entry = outbox.find(id);
  if (entry === undefined) return outcome;
  const told = outcome.then((end) => tellEnd(context, entry, end, { first, sealing }));
  background(told, log, 'telling how a transfer ended');
  return (await showProgress(context, entry)) ?? outcome;
}

/** Goes on with a transfer. What an earlier window began tells its end from here on. */
export async function resumeTransfer(context: TransferContext, id: string): Promise<void> {
  const { outbox, sent, log } = context;
  const entry = outbox.find(id);
  if (entry?.state.phase === 'paused' && sent.takeOn(id)) {
    const isOver = ({ state }: OutgoingEntry): boolean => isDone(state);
    const end = followState(
      outbox.onDidChange,
      () => outbox.find(id),
      isOver,
      () => undefined,
    );
    const told = end.then(async (ended) => {
      if (ended !== undefined && isOutcome(ended.state)) await tellEnd(context, ended, ended.state, {});
    });
    background(told, log, 'telling how a transfer ended');
  }
  // Why it cannot go on is how it ends.
  await outbox.resume(id).catch((cause: unknown) => log.debug('not gone on with', { code: toFerryError(cause).code }));
}

type AgainOptions = {
  /** Which items; all where nothing is said. */
  readonly ns?: readonly number[];
  /** Asked for anew where the one of before is not at hand. */
  readonly sealing?: Sealing | undefined;
};

/**
 * Sends what a transfer held to the same peer once more, as it is now. Fails with ERR_PEER_UNREACHABLE where that was a window of
 * the person's own that is closed.
 */
export async function sendAgain(context: TransferContext, entry: OutgoingEntry, options: AgainOptions = {}): Promise<void> {
  const { ns = entry.items.map((_, n) => n) } = options;
  const peer = peerNow(context, entry);
  if (peer.trust === 'blocked') {
    await context.ui.info(l10n.t('{0} is blocked, so nothing was sent. Unblock them first.', peerWords(peer)));
    return;
  }
  const items = await gatheredAgain(context, entry, ns);
  if (items.length === 0) return;
  const sealing = options.sealing ?? (await sealingAgain(context, entry));
  if (sealing !== undefined) await startTransfer(context, { peer, items, sealing });
}

/** The person's own windows know each other by what is open in them, which nobody else is told. */
function senderNameFor({ trust }: Peer, settings: TransferContext['settings']): string {
  const own = trust === 'own' ? keptName(vscode.workspace.name ?? '') : '';
  return own || settings.displayName();
}

async function showProgress(context: TransferContext, entry: OutgoingEntry): Promise<OutgoingState | undefined> {
  const { id, peer, items, sealing } = entry;
  const { ui, outbox, session, log } = context;
  const [name, what] = [peerWords(peer), sentWords(items)];
  const title =
    sealing === 'none' ? l10n.t('Sending {0} to {1}', what, name) : l10n.t('Encrypting and sending {0} to {1}', what, name);
  const now = (): OutgoingState | undefined => outbox.find(id)?.state;
  // One that waits for others is shown in the status bar; a notification of it would outlive its wait.
  const begun = await followState(
    outbox.onDidChange,
    now,
    ({ phase }) => phase !== 'queued',
    () => undefined,
  );
  if (begun === undefined || isDone(begun)) return begun;
  const last = await ui.progress(title, async (report, cancelled) => {
    cancelled.addEventListener('abort', () => outbox.cancel(id));
    return followState(outbox.onDidChange, now, isStill, reporter(report));
  });
  // Whoever paused it knows.
  if (last?.phase === 'away') background(tellAway(context, session() !== undefined, { name, what }), log, 'telling of a wait');
  return last;
}

/** Whether there is nothing to look at for now. */
function isStill(state: OutgoingState): boolean {
  return isDone(state) || state.phase === 'away' || state.phase === 'paused';
}

async function tellAway(
  { ui }: TransferContext,
  isOnline: boolean,
  { name, what }: { readonly name: string; readonly what: string },
): Promise<void> {
  const show = l10n.t('Show Transfers');
  const words = isOnline
    ? l10n.t('{0} cannot be reached now. {1} waits in Transfers and is sent when they are back.', name, what)
    : l10n.t('Ferry is offline. {0} waits in Transfers and is sent when Ferry is online again.', what);
  if ((await ui.info(words, show)) === show) await vscode.commands.executeCommand('ferry.showTransfers');
}

async function tellEnd(
  context: TransferContext,
  entry: OutgoingEntry,
  outcome: TransferOutcome,
  { first, sealing }: { readonly first?: Peer | undefined; readonly sealing?: Sealing },
): Promise<void> {
  await tellOutcome(context, entry, outcome, { first, sendRest: (ns) => sendAgain(context, entry, { ns, sealing }) });
}

function isOutcome(state: OutgoingState): state is TransferOutcome {
  return isDone(state);
}

/** What was sent, as it is now; what is gone meanwhile is named. */
async function gatheredAgain(
  context: TransferContext,
  entry: OutgoingEntry,
  ns: readonly number[],
): Promise<readonly SendItem[]> {
  const { ui, files, sent, log } = context;
  const found: SendItem[] = [];
  const gone: { readonly name: string; readonly reason: string }[] = [];
  for (const n of ns) {
    try {
      const isFolder = entry.items[n]?.kind === 'folder';
      const gather = (path: string) => (isFolder ? gatherFolder(context, path) : gatherFile(vscode.Uri.file(path), files));
      found.push(await sent.again(entry, n, gather));
    } catch (cause) {
      const error = toFerryError(cause);
      if (error.code === 'ERR_CANCELLED') throw error;
      gone.push({ name: itemWords(entry.items[n]?.name ?? ''), reason: errorWords(error) });
    }
  }
  if (gone.length > 0) {
    const reasons = reasonsWords(gone);
    const words = found.length === 0 ? l10n.t('Not sent again. {0}', reasons) : l10n.t('Left out: {0}', reasons);
    background(Promise.resolve(ui.warn(words)), log, 'telling what is gone');
  }
  return found;
}

function peerNow({ session, book }: TransferContext, { peer }: OutgoingEntry): Peer {
  const trust = book.trustOf(peer.id);
  const found = session()?.directory.peers.filter(({ id }) => id === peer.id) ?? [];
  if (trust !== 'own') return found[0] ?? { ...peer, trust, windows: [], lastUsed: 0 };
  const window = found.find((other) => keptName(peerWords(other)) === peer.name);
  if (window !== undefined) return window;
  throw new FerryError('ERR_PEER_UNREACHABLE', 'the window is closed', { detail: { reason: 'refused' } });
}

/** A passphrase is kept by nobody. */
async function sealingAgain({ ui }: TransferContext, { sealing }: OutgoingEntry): Promise<Sealing | undefined> {
  return sealing === 'passphrase' ? askSealing(ui) : { kind: sealing };
}
