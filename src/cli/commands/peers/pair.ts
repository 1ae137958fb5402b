// `ferry pair`: two people compare six digits. Both may begin at the same time: then one of the two pairings goes on.

import { isFerryError, toFerryError } from '../../../core/base/errors.ts';
import type { PairOutcome } from '../../../core/pairing/initiator.ts';
import type { Peer } from '../../../core/peers/peers.ts';
import { reach } from '../../../core/sending/reach.ts';
import type { Command, Context } from '../../context.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../../exitCodes.ts';
import { type OwnPeer, withPeer } from '../../own/ownPeer.ts';
import { numberOf } from '../../parseWords.ts';
import { findPeer, findSeconds } from '../../peers/findPeer.ts';
import { compare, followPairings, settle } from '../../peers/followPairings.ts';
import { Refusal } from '../../refusal.ts';
import { wholePeerWords } from '../../terminal/words.ts';

/** A pairing lives two minutes, and somebody has to walk over first. */
const waitSeconds = 600;

export const pair: Command = async (context, given) => {
  const [wanted] = given.words;
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  const options = { presence: 'listens', unknownPeers: 'pairFirst', port: numberOf(given, 'port', [1, 65_535]) } as const;
  return withPeer(context, options, async (own) => {
    // What the other side began, at the same time or because nobody is named here.
    const { promise: ended, resolve } = Promise.withResolvers<PairOutcome>();
    const following = followPairings(context, own, (_, outcome) => resolve(outcome));
    const limit = AbortSignal.any([context.signal, AbortSignal.timeout((seconds ?? waitSeconds) * 1000)]);
    limit.addEventListener('abort', () =>
      resolve(context.signal.aborted ? { phase: 'cancelled', by: 'me' } : { phase: 'expired' }),
    );
    try {
      if (wanted === undefined) {
        context.screen.note(`${context.name} waits on port ${own.session.port} for somebody who pairs.`, {
          ...{ event: 'listening', name: context.name, id: own.own, port: own.session.port },
        });
        return exitCodeOfOutcome(await ended);
      }
      const peer = await findPeer(own, wanted, { signal: context.signal, timeoutMs: (seconds ?? findSeconds) * 1000 });
      return await begin(context, own, peer, ended);
    } finally {
      following.dispose();
    }
  });
};

async function begin(context: Context, own: OwnPeer, peer: Peer, ended: Promise<PairOutcome>): Promise<ExitCode> {
  const { screen, signal, name } = context;
  screen.note(`Pairing with ${wholePeerWords(peer, peer.trust)}`);
  const answer = { isThere: true };
  const outcome = await pairing();
  if (!answer.isThere)
    throw new Refusal(exitCodes.usage, 'Nobody was paired: two people compare a code, and nobody answers here.');
  if (outcome.phase === 'failed' && outcome.error.code === 'ERR_PAIRING_CROSSED') return exitCodeOfOutcome(await ended);
  await settle(context, own, peer, outcome);
  return exitCodeOfOutcome(outcome);

  async function pairing(): Promise<PairOutcome> {
    const link = await reach(own.session, peer.id, signal).catch(toFerryError);
    if (isFerryError(link)) return signal.aborted ? { phase: 'cancelled', by: 'me' } : { phase: 'failed', error: link };
    try {
      const { pairWith } = await import('../../../core/pairing/initiator.ts');
      const onCode = async (code: string, over: AbortSignal): Promise<boolean> => {
        const isSame = await compare(context, own, peer, code, over);
        answer.isThere = isSame !== undefined || over.aborted || signal.aborted;
        if (isSame === true) screen.note('Waiting for them to compare…');
        return isSame === true;
      };
      return await pairWith(link, { own: own.own, name, pairings: own.pairings, signal, onCode });
    } finally {
      link.close();
    }
  }
}
