// What a person does with a thread beside answering: copy from it, read it as a document, delete it.

import * as vscode from 'vscode';

import { messageKey } from '../../core/messages/message.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { printable } from '../../core/text/safeText.ts';
import type { App } from '../app.ts';
import { peerWords } from '../asking/words.ts';
import { showOwnText } from '../host/ownText.ts';
import type { MessageRow } from './messageRows.ts';
import { threadText } from './messageWords.ts';

const { l10n } = vscode;

type ThreadContext = Pick<App, 'ui' | 'messages' | 'documents'>;

/** Puts a message on the clipboard, or a thread. What cannot be seen is spelled out, but for line ends and tabs. */
export async function copyMessage({ messages }: ThreadContext, { peer, key }: MessageRow): Promise<void> {
  const thread = messages.thread(peer);
  if (thread === undefined) return;
  const message = thread.messages.find((one) => messageKey(one) === key);
  await vscode.env.clipboard.writeText(message === undefined ? threadText(thread) : withTabs(message.text));
  await messages.look(peer);
}

/** Opens a thread as a read-only document. */
export async function openThread({ messages, documents }: ThreadContext, peer: PeerId): Promise<void> {
  const thread = messages.thread(peer);
  if (thread === undefined) return;
  const name = safeFileName(l10n.t('Messages with {0}', peerWords(thread.peer)));
  await showOwnText({ documents }, `${name}.txt`, threadText(thread), true);
  await messages.look(peer);
}

/** Deletes a thread in all windows of this person, once they have said so. */
export async function removeThread({ ui, messages }: ThreadContext, peer: PeerId): Promise<void> {
  const thread = messages.thread(peer);
  if (thread === undefined) return;
  const waiting = thread.messages.filter(({ state }) => state.phase === 'waiting').length;
  const detail =
    waiting === 0
      ? l10n.t('Messages: {0}. They are deleted here, in all your windows, and stay with the peer.', thread.messages.length)
      : l10n.t(
          'Messages: {0}. They are deleted here, in all your windows. {1} were not sent yet, and never will be.',
          thread.messages.length,
          waiting,
        );
  const answers = { refuse: l10n.t('Keep Them'), agree: l10n.t('Delete') };
  if (await ui.confirm(l10n.t('Delete all messages with {0}?', peerWords(thread.peer)), detail, answers))
    await messages.remove(peer);
}

function withTabs(text: string): string {
  return text.split('\t').map(printable).join('\t');
}
