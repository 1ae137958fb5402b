// `ferry receive`: takes what peers send, and the pairings that they begin, until Ctrl+C.

import { resolve as resolvePath } from 'node:path';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { ReceiveAction } from '../../core/receiving/entry.ts';
import { isOver } from '../../core/receiving/entry.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, type OwnPeerOptions, withPeer } from '../own/ownPeer.ts';
import { choiceOf, numberOf } from '../parseWords.ts';
import { followPairings } from '../peers/followPairings.ts';
import { answerOffer, type Policy } from '../receiving/answerOffer.ts';
import { followMessages } from '../receiving/followMessages.ts';
import { actOn, showProgress } from '../receiving/received.ts';

export const receive: Command = async (context, given) => {
  const { screen } = context;
  const accept = choiceOf(given, 'accept', ['paired', 'ask', 'none'], 'paired');
  const into = given.text('into');
  const action: ReceiveAction = given.is('print') ? (into === undefined ? 'print' : 'printAndSave') : 'save';
  if (action !== 'save') context.screen.keepForContent();
  const options: OwnPeerOptions = {
    ...{
      presence: 'listens',
      port: numberOf(given, 'port', [1, 65_535]),
      into: into === undefined ? undefined : resolvePath(into),
    },
    // Where nobody can be asked, a stranger is told what would help.
    unknownPeers: screen.isTerminal ? 'ask' : 'pairFirst',
  };
  return withPeer(context, options, async (own) => {
    const { session, identity } = own;
    const fingerprint = fingerprintOf(identity.peerId);
    screen.note(`${context.name} (${fingerprint}) listens on port ${session.port}.`, {
      ...{ event: 'listening', name: context.name, id: identity.peerId, fingerprint, port: session.port },
    });
    background(own.removeLeftovers(), context.log, 'removing leftovers');
    return follow(context, own, { accept, action, withRunnable: given.is('with-runnable'), isOnce: given.is('once') });
  });
};

export type Rules = Policy & { readonly isOnce: boolean };

/** Follows what comes until the person wants no more, or, where it is for one transfer, until that is over. */
export async function follow(context: Context, own: OwnPeer, rules: Rules): Promise<ExitCode> {
  const { signal, log, screen } = context;
  const { promise, resolve } = Promise.withResolvers<ExitCode>();
  const onAbort = (): void => resolve(exitCodes.cancelled);
  signal.addEventListener('abort', onAbort, { once: true });
  const pairing = followPairings(context, own);
  const messages = followMessages(context, own);
  const progress = showProgress(screen);
  const following = own.inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) return;
    progress(entry);
    const [last, now] = [before?.state.phase, entry.state.phase];
    if (last === now) return;
    if (now === 'waiting') background(answerOffer(context, own, entry, rules), log, 'answering an offer');
    // What was over before this command began was told then.
    if (last === undefined || !isOver(entry.state)) return;
    const acted = actOn(context, own, entry, rules).then((exit) => {
      if (rules.isOnce && now !== 'declined') resolve(exit);
    });
    background(
      acted.catch((cause: unknown) => {
        screen.error('What was received could not be shown.', { event: 'error', code: toFerryError(cause).code });
        throw cause;
      }),
      log,
      'acting on what was received',
    );
  });
  try {
    if (signal.aborted) throw new FerryError('ERR_CANCELLED', 'cancelled');
    return await promise;
  } finally {
    following.dispose();
    pairing.dispose();
    messages.dispose();
    signal.removeEventListener('abort', onAbort);
  }
}
