// Transfers as the person reads them: what is sent, how far it is, and what became of each item.

import * as vscode from 'vscode';

import type { FerryError } from '../../core/base/errors.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { ItemFailure } from '../../core/sending/memory.ts';
import { isDone, type OutgoingEntry } from '../../core/sending/outgoing.ts';
import type { Pace } from '../../core/sending/pace.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { type PlainItem, totalSize } from '../../core/wire/item.ts';
import { errorWords } from '../asking/errorWords.ts';
import { countWords, itemWords, listWords, nameWords, peerWords, progressWords, reasonsWords } from '../asking/words.ts';

const { l10n } = vscode;

/** What is sent: the name of one item, or how many there are. */
export function sentWords(items: readonly PlainItem[]): string {
  const [first] = items;
  return items.length === 1 && first !== undefined ? nameWords(first) : countWords(items);
}

/** The state of a transfer in a word or two. */
export function stateWords({ state, items }: Pick<OutgoingEntry, 'state' | 'items'>): string {
  switch (state.phase) {
    case 'queued':
      return l10n.t('queued');
    case 'reaching':
      return l10n.t('connecting');
    case 'waiting':
      return l10n.t('waiting for their answer');
    case 'moving':
      return l10n.t('sending');
    case 'interrupted':
      return l10n.t('connection lost');
    case 'away':
      return l10n.t('away');
    case 'paused':
      return l10n.t('paused');
    case 'delivered':
      return l10n.t('delivered');
    case 'partly':
      return l10n.t('{0} of {1} delivered', state.arrived.length, items.length);
    case 'declined':
      return l10n.t('declined');
    case 'expired':
      return l10n.t('not answered');
    case 'cancelled':
      return state.by === 'me' ? l10n.t('cancelled') : l10n.t('cancelled by them');
    case 'failed':
      return l10n.t('failed');
  }
}

/** A transfer on one line beside its name: state, peer, size or progress, seal. What has no room stands at the end. */
export function transferLine(entry: OutgoingEntry, pace: Pace | undefined): string {
  const { state, items, sealing, peer } = entry;
  const isMoving = state.phase === 'moving';
  const word = isMoving ? l10n.t('{0} {1}', stateWords(entry), percentWords(state.sent, state.total)) : stateWords(entry);
  const size = isMoving ? progressWords(state.sent, state.total, pace) : sizeText(totalSize(items));
  return [word, peerWords(peer), size, ...(sealing === 'none' ? [] : [l10n.t('encrypted')])].join(' · ');
}

/** All that is known of a transfer, a line for each. */
export function transferDetails(entry: OutgoingEntry): string {
  const { state, items, peer, createdAt } = entry;
  const failures = failuresOf(entry);
  const isWhy = state.phase === 'failed' && failures.length <= 1;
  return [
    listWords(items.map(nameWords)),
    l10n.t('To {0}, fingerprint {1}', peerWords(peer), fingerprintOf(peer.id)),
    sealingWords(entry),
    l10n.t('Started {0}', createdAt.toLocaleString()),
    isWhy ? errorWords(state.error, peerWords(peer)) : moreWords(entry),
    ...(isWhy || failures.length === 0 ? [] : [failureWords(failures, entry)]),
  ].join('\n');
}

/** What a screen reader says of a transfer, in the order in which it is read; the pace would be out of date when it is spoken. */
export function spokenWords(entry: OutgoingEntry): string {
  const { items, peer, state, sealing } = entry;
  const isMoving = state.phase === 'moving';
  const amount = isMoving ? progressWords(state.sent, state.total, undefined) : sizeText(totalSize(items));
  const seal = sealing === 'none' ? [] : [l10n.t('encrypted')];
  return [sentWords(items), stateWords(entry), l10n.t('to {0}', peerWords(peer)), amount, ...seal].join(', ');
}

/** How far something is: "45 %". */
export function percentWords(moved: number, total: number): string {
  return l10n.t('{0} %', total === 0 ? 100 : Math.floor((moved / total) * 100));
}

/** Which items did not arrive, and why. */
export function failureWords(failures: readonly ItemFailure[], { items, peer }: Pick<OutgoingEntry, 'items' | 'peer'>): string {
  const name = peerWords(peer);
  return reasonsWords(
    failures.map(({ n, error }) => ({ name: itemWords(items[n]?.name ?? ''), reason: errorWords(error, name) })),
  );
}

/** What became of the `n`th of several items; undefined while nothing is known of it. */
export function itemEnd(entry: OutgoingEntry, n: number): 'arrived' | 'missing' | FerryError | undefined {
  const { state } = entry;
  if (!isDone(state)) return undefined;
  const error = failuresOf(entry).find((failure) => failure.n === n)?.error;
  if (error !== undefined) return error;
  if (state.phase === 'delivered') return 'arrived';
  const arrived = state.phase === 'partly' || state.phase === 'cancelled' ? (state.arrived ?? []) : [];
  return arrived.includes(n) ? 'arrived' : 'missing';
}

function failuresOf({ state }: OutgoingEntry): readonly ItemFailure[] {
  return 'failed' in state ? (state.failed ?? []) : [];
}

function sealingWords({ sealing }: OutgoingEntry): string {
  switch (sealing) {
    case 'none':
      return l10n.t('Sent as it is');
    case 'key':
      return l10n.t('Encrypted for their key');
    case 'passphrase':
      return l10n.t('Encrypted for a passphrase');
  }
}

function moreWords(entry: OutgoingEntry): string {
  switch (entry.state.phase) {
    case 'away':
      return l10n.t('They cannot be reached now. It is sent when they are back, within a day.');
    case 'paused':
      return l10n.t('Paused. What they have of it is kept for a week.');
    case 'interrupted':
      return l10n.t('The connection is lost. They are looked for.');
    case 'queued':
      return l10n.t('Other transfers to them go first.');
    case 'reaching':
    case 'waiting':
    case 'moving':
    case 'delivered':
    case 'partly':
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
      return stateWords(entry);
  }
}
