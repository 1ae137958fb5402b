// `ferry get`: gets what a peer shares.

import { resolve as resolvePath } from 'node:path';

import { toFerryError } from '../../core/base/errors.ts';
import { type InboxEntry, isOver, type ReceiveAction } from '../../core/receiving/entry.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { actOn, showProgress } from '../receiving/received.ts';
import { Refusal } from '../refusal.ts';
import { unmistakenPeer } from '../sending/sendTo.ts';
import { errorWords, peerWords } from '../terminal/words.ts';
import { partsOf } from './list.ts';

export const get: Command = async (context, given) => {
  const [to = '', ...entries] = given.words;
  const into = given.text('into');
  const action: ReceiveAction = given.is('print') ? (into === undefined ? 'print' : 'printAndSave') : 'save';
  if (action !== 'save') context.screen.keepForContent();
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  const options = { presence: 'looks', into: into === undefined ? undefined : resolvePath(into) } as const;
  return withPeer(context, options, (own) => getShared(context, own, { to, entries, action, seconds }));
};

type Request = {
  readonly to: string;
  readonly entries: readonly string[];
  readonly action: ReceiveAction;
  readonly seconds?: number | undefined;
};

/** Gets entries, and gives the exit code. Fails as findPeer; refuses what the peer does not share. */
export async function getShared(context: Context, own: OwnPeer, request: Request): Promise<ExitCode> {
  const { to, entries, action, seconds } = request;
  const { signal, screen } = context;
  const peer = await unmistakenPeer(context, own, to, seconds);
  const wanted = entries.map((entry) => ({ path: partsOf(entry) }));
  const fetcher = await own.fetcher();
  const id = await fetcher.get(peer, wanted, { action }, signal).catch((cause: unknown) => {
    const error = toFerryError(cause);
    throw signal.aborted ? error : new Refusal(exitCodeOf(error.code), errorWords(error, peerWords(peer)));
  });
  const over = await untilOver(own, id, showProgress(screen), signal);
  // Left in the middle: nothing half stays.
  if (signal.aborted) {
    screen.error('Stopped.', { event: 'left', exit: exitCodes.cancelled, why: 'cancelled', message: 'Stopped.' });
    return exitCodes.cancelled;
  }
  if (over === undefined) return exitCodes.unexpected;
  return actOn(context, own, over, { accept: 'none', action, withRunnable: true });
}

/** The entry once it is over, which the end of the signal makes it. */
function untilOver(
  { inbox }: OwnPeer,
  id: string,
  progress: (entry: InboxEntry) => void,
  signal: AbortSignal,
): Promise<InboxEntry | undefined> {
  return new Promise((resolve) => {
    const cancel = (): void => void inbox.cancel(id);
    const look = (): void => {
      const entry = inbox.find(id);
      if (entry !== undefined) progress(entry);
      if (entry !== undefined && !isOver(entry.state)) return;
      following.dispose();
      signal.removeEventListener('abort', cancel);
      resolve(entry);
    };
    const following = inbox.onDidChange(look);
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    look();
  });
}
