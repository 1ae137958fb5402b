// `ferry message`: a text to a peer, and what became of it.

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { Message } from '../../core/messages/message.ts';
import { toldName } from '../../core/sending/deliver.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { misused } from '../refusal.ts';
import { wholeInput } from '../sending/gather.ts';
import { unmistakenPeer } from '../sending/sendTo.ts';
import { errorWords, peerFact, peerWords } from '../terminal/words.ts';

/** Who is there answers within a moment. */
const answerSeconds = 10;

export const message: Command = async (context, given) => {
  const [to = '', ...words] = given.words;
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  const text = words.length === 1 && words[0] === '-' ? await textInput(context) : words.join(' ');
  return withPeer(context, { presence: 'looks' }, (own) => sendMessage(context, own, { to, text, seconds }));
};

type Request = { readonly to: string; readonly text: string; readonly seconds?: number | undefined };

/** Sends a message, and gives the exit code. Fails as findPeer and Messages.send do. */
export async function sendMessage(context: Context, own: OwnPeer, { to, text, seconds }: Request): Promise<ExitCode> {
  const { screen, signal } = context;
  if (text.trim() === '') throw misused('A message has a text.');
  const peer = await unmistakenPeer(context, own, to, seconds);
  const name = peerWords(peer);
  const sent = await own.messages.send({ id: peer.id, name: toldName(peer) }, text);
  const limit = AbortSignal.any([signal, AbortSignal.timeout((seconds ?? answerSeconds) * 1000)]);
  const { state } = (await settled(own, sent, limit)) ?? sent;
  const fact = { event: 'messageSent', outcome: state.phase, to: peerFact(peer) };
  switch (state.phase) {
    case 'delivered':
      screen.result(`${name} has your message.`, { ...fact, exit: exitCodes.done });
      return exitCodes.done;
    case 'refused': {
      const exit = exitCodeOf(state.code);
      const words = `${name} did not take your message. ${errorWords(new FerryError(state.code, 'refused', { remote: true }), name)}`;
      screen.error(words, { ...fact, exit, code: state.code, message: words });
      return exit;
    }
    case 'waiting':
    case 'received':
    case 'expired': {
      const exit = signal.aborted ? exitCodes.cancelled : exitCodes.unreachable;
      const words = `${name} has not answered yet. Your message waits, and goes out with the next command that reaches them.`;
      screen.error(words, { ...fact, exit, message: words });
      return exit;
    }
  }
}

/** What comes through standard input as a text, without the line end that a shell puts behind it. */
async function textInput(context: Context): Promise<string> {
  return new TextDecoder().decode(await wholeInput(context, limits.messageBytes + 1)).trimEnd();
}

/** The message once it no longer waits; undefined where `limit` ends before. */
function settled({ messages }: OwnPeer, sent: Message, limit: AbortSignal): Promise<Message | undefined> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = messages.find(sent);
      if (found?.state.phase === 'waiting' && !limit.aborted) return;
      following.dispose();
      limit.removeEventListener('abort', look);
      resolve(found);
    };
    const following = messages.onDidChange(look);
    limit.addEventListener('abort', look, { once: true });
    look();
  });
}
