// The questions about requests: a notification for what has just come, all of a peer at once where several wait, and a list for
// whoever answers later.

import * as vscode from 'vscode';

import { background } from '../../core/base/log.ts';
import { contentsOf, mayRun } from '../../core/consent/contents.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { BookEntry, Standing } from '../../core/peers/peers.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { totalSize } from '../../core/wire/item.ts';
import { pickAbout } from '../asking/askAbout.ts';
import {
  contentWords,
  entryWords,
  isSealed,
  keyWords,
  listWords,
  namesakeWords,
  offeredWords,
  peerWords,
  renamedWords,
  trustWords,
} from '../asking/words.ts';
import { type AnswerContext, acceptEntry, acceptWaiting, declineEntry } from '../receiving/answer.ts';

const { l10n } = vscode;

/** Asks about what waits of a peer; whoever answers is asked about the next request, as far as the doorbell lets it ring. */
export async function ring(context: AnswerContext, peer: PeerId): Promise<void> {
  const { inbox, doorbell, book, log } = context;
  const waiting = waitingIn(context).filter((entry) => entry.peer.id === peer);
  if (waiting.length === 0 || !(await askAbout(context, waiting))) return;
  const rest = waitingIn(context).filter(({ id }) => inbox.find(id)?.state.phase === 'waiting');
  const next = rest.find((entry) => entry.peer.id === peer) ?? rest[0];
  if (next === undefined || !doorbell.rings(next.peer.id, book.trustOf(next.peer.id))) return;
  background(ring(context, next.peer.id), log, 'ringing for the next');
}

/** What waits for an answer, the oldest first. */
function waitingIn({ inbox }: Pick<AnswerContext, 'inbox'>): readonly InboxEntry[] {
  return inbox.entries.filter(({ state }) => state.phase === 'waiting').toReversed();
}

/** One notification about requests of one peer; false where nobody answered it. */
async function askAbout(context: AnswerContext, entries: readonly InboxEntry[]): Promise<boolean> {
  const [entry] = entries;
  if (entry === undefined) return false;
  const { ui } = context;
  const alarm = await alarmAbout(context, entry);
  const renamed = renamedWords(entry.peer);
  const text = [
    ...(alarm === undefined ? [] : [alarm]),
    questionWords(entries, context.book.trustOf(entry.peer.id)),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Fingerprint: {0}.', keyWords(entry.peer)),
  ].join(' ');
  const showInbox = l10n.t('Show Inbox');
  const accept = entries.length === 1 ? l10n.t('Accept') : l10n.t('Accept All');
  const decline = l10n.t('Decline');
  const more = l10n.t('More…');
  const refusal = entries.length === 1 ? decline : showInbox;
  const answers = isRisky(entries, alarm) ? [refusal, accept] : [accept, refusal];
  const actions = [...answers, ...(entries.length === 1 ? [more] : [])];
  const chosen = await (alarm === undefined ? ui.info(text, ...actions) : ui.warn(text, ...actions));
  if (chosen === more) await vscode.commands.executeCommand('ferry.inbox.acceptTo', { entry });
  if (chosen === showInbox) await vscode.commands.executeCommand('ferry.showInbox');
  if (chosen === decline) await declineEntry(context, entry.id);
  if (chosen === accept && entries.length === 1) await acceptEntry(context, entry.id);
  // What has come since was not asked about.
  if (chosen === accept && entries.length > 1) await acceptWaiting(context, entries);
  return chosen === accept || chosen === decline || chosen === more;
}

/** "Answer Request…": asks about one request, the given one or one that the person picks. */
export async function answerRequest(context: AnswerContext, id: string | undefined): Promise<void> {
  const { inbox, book } = context;
  const entry = id === undefined ? await pickRequest(context) : inbox.find(id);
  if (entry === undefined) return;
  const alarm = await alarmAbout(context, entry);
  const trust = book.trustOf(entry.peer.id);
  const items = [
    { accept: true, label: `$(check) ${l10n.t('Accept')}` },
    { accept: false, label: `$(close) ${l10n.t('Decline')}` },
  ];
  const title = alarm ?? questionWords([entry], trust);
  const options = { title, placeHolder: l10n.t('Fingerprint: {0}.', keyWords(entry.peer)) };
  const picked = await pickAbout(context, entry.id, isRisky([entry], alarm) ? items.toReversed() : items, options);
  if (picked?.accept === true) await acceptEntry(context, entry.id);
  if (picked?.accept === false) await declineEntry(context, entry.id);
}

/** Whether Enter, or the key for the first button of a notification, must not accept: what could run, or a peer that alarms. */
function isRisky(entries: readonly InboxEntry[], alarm: string | undefined): boolean {
  return alarm !== undefined || entries.some(({ items }) => items.some(mayRun));
}

async function pickRequest(context: AnswerContext): Promise<InboxEntry | undefined> {
  const { ui } = context;
  const waiting = waitingIn(context);
  if (waiting.length === 0) await ui.info(l10n.t('No request waits for your answer.'));
  if (waiting.length < 2) return waiting[0];
  const items = waiting.map((entry) => ({
    entry,
    label: `$(inbox) ${entryWords(entry)}`,
    description: [peerWords(entry.peer), sizeText(totalSize(entry.items))].join(' · '),
  }));
  return (await ui.pick(items, { title: l10n.t('Answer a request'), matchOnDescription: true }))?.entry;
}

async function alarmAbout({ book }: AnswerContext, { peer }: InboxEntry): Promise<string | undefined> {
  const trust = book.trustOf(peer.id);
  if (trust === 'own') return undefined;
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const claimant = { id: peer.id, name: peer.callsItself ?? peer.name, addresses: [] };
  const namesake: BookEntry | undefined = namesakeOf(claimant, book.entries());
  return namesake === undefined ? undefined : namesakeWords(peer, trust, namesake);
}

function questionWords(entries: readonly InboxEntry[], trust: Standing): string {
  const [entry, second] = entries;
  if (entry === undefined) return '';
  const who = peerWords(entry.peer);
  if (second !== undefined) {
    const contents = contentsOf(entries.flatMap(({ items }) => items));
    return l10n.t(
      '{0} requests from {1} ({2}): {3}.',
      entries.length,
      who,
      trustWords(trust),
      listWords(contents.map(offeredWords)),
    );
  }
  const size = sizeText(totalSize(entry.items));
  if (!isSealed(entry)) return l10n.t('{0} ({1}) wants to send {2} ({3}).', who, trustWords(trust), contentWords(entry), size);
  return l10n.t('{0} ({1}) wants to send {2} ({3}, encrypted).', who, trustWords(trust), sealedWords(entry), size);
}

/** Where some of several items are not sealed, their names are known. */
function sealedWords(entry: InboxEntry): string {
  if (entry.items.length === 1) return l10n.t('an item');
  const isAllSealed = entry.items.every((item) => item.kind === 'sealed');
  return isAllSealed ? l10n.t('{0} items', entry.items.length) : contentWords(entry);
}
