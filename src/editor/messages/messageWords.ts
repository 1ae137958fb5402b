// Messages as the person reads them: one line in the view, a block in the output channel and in a document.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { isIncoming, type Message, type Thread } from '../../core/messages/message.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { plain, printable } from '../../core/text/safeText.ts';
import { errorWords } from '../asking/errorWords.ts';
import { peerWords } from '../asking/words.ts';

const { l10n } = vscode;

/** A message on one line, cut. */
export function lineWords({ text }: Message, characters = 80): string {
  return plain(text, characters) || l10n.t('(nothing that can be shown)');
}

/** What has become of a message, in a word. `unread`: whether the person has not looked at it. */
export function stateWords({ state }: Message, unread: boolean): string {
  switch (state.phase) {
    case 'received':
      return unread ? l10n.t('new') : l10n.t('received');
    case 'waiting':
      return l10n.t('waiting');
    case 'delivered':
      return l10n.t('delivered');
    case 'refused':
      return l10n.t('refused');
    case 'expired':
      return l10n.t('expired');
  }
}

/** Why a message waits or did not arrive; undefined where there is nothing to say. */
export function reasonWords({ state }: Message, peer: string): string | undefined {
  switch (state.phase) {
    case 'refused':
      return errorWords(new FerryError(state.code, 'the message was refused'), peer);
    case 'expired':
      return l10n.t('{0} did not come back within a day, so it was not sent.', peer);
    case 'waiting':
      return l10n.t('It is sent as soon as {0} can be reached.', peer);
    case 'received':
    case 'delivered':
      return undefined;
  }
}

/** When a message came, or was written here: of today, the time alone. */
export function timeWords({ at }: Pick<Message, 'at'>): string {
  const [when, now] = [new Date(at), new Date()];
  const isToday = when.toDateString() === now.toDateString();
  return isToday ? when.toLocaleTimeString() : when.toLocaleString();
}

/** Who wrote a message. */
export function writerWords(message: Message, thread: Thread): string {
  return isIncoming(message) ? peerWords(thread.peer) : l10n.t('You');
}

/** A block of the output channel for a message that came. Nothing of its text begins where a header does. */
export function arrivedBlock(message: Message, thread: Thread): string {
  const who = `${peerWords(thread.peer)} (${fingerprintOf(thread.peer.id)})`;
  return block([new Date(message.at).toISOString(), who, l10n.t('message')], message);
}

/** A thread as a text, the oldest message first. */
export function threadText(thread: Thread): string {
  const blocks = thread.messages.map((message) => {
    const state = isIncoming(message) ? [] : [stateWords(message, false)];
    return block([new Date(message.at).toLocaleString(), writerWords(message, thread), ...state], message);
  });
  return blocks.join('\n');
}

function block(header: readonly string[], { text }: Message): string {
  return `── ${header.join(' | ')}\n${printable(text)
    .trimEnd()
    .replaceAll(/^(?=.)/gm, '  ')}\n`;
}
