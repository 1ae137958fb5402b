// "Send Message…" and "Reply": asks for a text, and hands it over for each peer. What becomes of it stands in the Messages view;
// what is not delivered at once is told.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import type { Message } from '../../core/messages/message.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { NamedPeer, Peer } from '../../core/peers/peers.ts';
import { toldName } from '../../core/sending/deliver.ts';
import { checkMessageText } from '../../core/wire/messages.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { listWords, peerWords } from '../asking/words.ts';
import { isPeer } from '../handler.ts';
import { choosePeers, onlineSession } from '../peers/choosePeers.ts';
import { withoutAlarm } from '../sending/sendItems.ts';
import { reasonWords } from './messageWords.ts';

const { l10n } = vscode;

/** Who is there answers within a moment; whoever has not by then is away. In milliseconds. */
const soonMs = 3_000;

/** Sends a message to the peer of a row, or to those that the person picks. Fails as adding a peer does. */
export async function sendMessage(app: App, given: unknown): Promise<void> {
  const peers = await recipients(app, given);
  if (peers.length === 0) return;
  const named = peers.map((peer) => ({ id: peer.id, name: toldName(peer), shown: peerWords(peer) }));
  await write(app, named);
}

/** Answers in a thread. */
export async function reply(app: App, peer: PeerId): Promise<void> {
  const thread = app.messages.thread(peer);
  if (thread === undefined) return;
  await app.messages.look(peer);
  const { callsItself, name } = thread.peer;
  const [to] = await allowed(app, [{ ...thread.peer, trust: app.book.trustOf(peer), windows: [], lastUsed: 0 }]);
  if (to !== undefined) await write(app, [{ id: peer, name: callsItself ?? name, shown: peerWords(thread.peer) }]);
}

async function recipients(app: App, given: unknown): Promise<readonly Peer[]> {
  if (isPeer(given)) return given.trust === 'own' ? [] : allowed(app, [given]);
  const session = await onlineSession(app, l10n.t('Ferry is offline, so nothing can be sent.'));
  if (session === undefined) return [];
  return allowed(app, await choosePeers(app, l10n.t('Send a message'), {}));
}

/** Those whom nothing speaks against; the person is told of a peer that is blocked, and asked about a likeness. */
async function allowed(app: App, peers: readonly Peer[]): Promise<readonly Peer[]> {
  const blocked = peers.find(({ id }) => app.book.trustOf(id) === 'blocked');
  if (blocked === undefined) return withoutAlarm(app, peers);
  await app.ui.info(l10n.t('{0} is blocked, so nothing was sent. Unblock them first.', peerWords(blocked)));
  return [];
}

type Recipient = NamedPeer & { readonly shown: string };

async function write(app: App, peers: readonly Recipient[]): Promise<void> {
  const text = await app.ui.input({
    title: l10n.t('Message to {0}', listWords(peers.map(({ shown }) => shown))),
    prompt: l10n.t('Enter sends it. It is plain text of at most 8 KiB.'),
    ignoreFocusOut: true,
    validateInput: problemOf,
  });
  if (text === undefined || text.trim() === '') return;
  await Promise.all(
    peers.map(async (peer) => {
      const message = await app.messages.send(peer, text);
      background(tellWhatBecame(app, message, peer.shown), app.log, 'telling of a message');
    }),
  );
}

function problemOf(text: string): string | undefined {
  try {
    checkMessageText(text.toWellFormed());
    return undefined;
  } catch (cause) {
    return errorWords(toFerryError(cause));
  }
}

/** Says that a message waits, or that it was refused; one that was delivered needs no words. */
async function tellWhatBecame(app: App, sent: Message, peer: string): Promise<void> {
  const { ui, messages } = app;
  const message = await soon(app, sent);
  if (message === undefined || message.state.phase === 'delivered') return;
  const reason = reasonWords(message, peer) ?? '';
  const isWaiting = message.state.phase === 'waiting';
  const words = isWaiting ? l10n.t('Your message to {0} waits. {1}', peer, reason) : reason;
  const show = l10n.t('Show Messages');
  const chosen = isWaiting ? await ui.info(words, show) : await ui.warn(words, show);
  if (chosen === show && messages.find(sent) !== undefined) await vscode.commands.executeCommand('ferry.showMessages');
}

/** The message as it is once it no longer waits, or a moment from now; undefined where it was removed. */
async function soon({ messages }: App, sent: Message): Promise<Message | undefined> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const check = (): void => {
    if (messages.find(sent)?.state.phase !== 'waiting') resolve(undefined);
  };
  const following = messages.onDidChange(check);
  const timer = setTimeout(resolve, soonMs);
  check();
  await promise;
  clearTimeout(timer);
  following.dispose();
  return messages.find(sent);
}
