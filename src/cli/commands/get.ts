// `ferry get`: gets what a peer shares.

import { resolve as resolvePath } from 'node:path';

import { toFerryError } from '../../core/base/errors.ts';
import { type Acceptance, isOver, type ReceiveAction } from '../../core/receiving/entry.ts';
import type { Fetcher } from '../../core/sharing/getting/fetcher.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { actOn, showProgress } from '../receiving/received.ts';
import { misused, Refusal } from '../refusal.ts';
import { unmistakenPeer } from '../sending/sendTo.ts';
import { errorWords, lostWords, peerWords } from '../terminal/words.ts';
import { partsOf } from './list.ts';

export const get: Command = async (context, given) => {
  const [to = '', ...entries] = given.words;
  const into = given.text('into');
  const action: ReceiveAction = given.is('print') ? (into === undefined ? 'print' : 'printAndSave') : 'save';
  if (action !== 'save') context.screen.keepForContent();
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  const folder = into === undefined ? undefined : resolvePath(into);
  return withPeer(context, { presence: 'looks', into: folder }, (own) =>
    getShared(context, own, { to, entries, action, seconds, into: folder }),
  );
};

type Request = {
  readonly to: string;
  readonly entries: readonly string[];
  readonly action: ReceiveAction;
  /** The folder that was chosen; the one of the command where nothing is said. */
  readonly into?: string | undefined;
  readonly seconds?: number | undefined;
};

/** Gets entries, and gives the exit code. Fails as findPeer; refuses what the peer does not share. */
export async function getShared(context: Context, own: OwnPeer, request: Request): Promise<ExitCode> {
  const { to, entries, action, into, seconds } = request;
  const { signal, screen } = context;
  if (entries.some((entry) => partsOf(entry).length === 0)) throw misused('Name what to get as "ferry list" does.');
  const peer = await unmistakenPeer(context, own, to, seconds);
  const wanted = entries.map((entry) => ({ path: partsOf(entry) }));
  const fetcher = await own.fetcher();
  const name = peerWords(peer);
  const acceptance: Acceptance = into === undefined ? { action } : { action, place: { folder: into } };
  const id = await fetcher.get(peer, wanted, acceptance, signal).catch((cause: unknown) => {
    const error = toFerryError(cause);
    throw signal.aborted ? error : new Refusal(exitCodeOf(error.code), errorWords(error, name));
  });
  await untilEnd(own, fetcher, id, context);
  const entry = own.inbox.find(id);
  if (entry === undefined) return exitCodes.unexpected;
  if (isOver(entry.state)) return actOn(context, own, entry, { accept: 'none', action, withRunnable: true });
  const why = signal.aborted ? 'cancelled' : 'away';
  const exit = signal.aborted ? exitCodes.cancelled : exitCodes.broken;
  const words = signal.aborted ? 'Stopped.' : `${name} went away in the middle.`;
  const message = `${words} What has come is kept for a week: the same command goes on with it.`;
  screen.error(message, { event: 'left', exit, why, resumes: true, message });
  return exit;
}

/** Waits until all has come, or it is left: the person wants no more of it, or the peer stays away. */
async function untilEnd(own: OwnPeer, fetcher: Fetcher, id: string, { screen, signal }: Context): Promise<void> {
  const progress = showProgress(screen);
  const following = own.inbox.onDidChange(({ before, entry }) => {
    if (entry?.id !== id) return;
    progress(entry);
    if (before?.state.phase !== 'receiving' || entry.state.phase !== 'paused' || signal.aborted) return;
    screen.note(lostWords(peerWords(entry.peer)), { event: 'state', state: 'interrupted' });
  });
  const leave = (): void => void fetcher.leave(id);
  signal.addEventListener('abort', leave, { once: true });
  try {
    if (signal.aborted) leave();
    await fetcher.ended(id);
  } finally {
    following.dispose();
    signal.removeEventListener('abort', leave);
  }
}
