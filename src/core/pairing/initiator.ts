// Pairing with a peer from the side that asks. Straight-line code; the responding side is in pairings.ts.

import { FerryError, toFerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import { beginPairingCall, confirmPairingCall, revealPairingCall, withdrawPairingCall } from '../wire/calls.ts';
import { codeOf, commitmentOf, newNonce } from './code.ts';
import type { Initiated, Pairings } from './responder.ts';

/** How a pairing ends. Declined, expired and cancelled are outcomes, not errors. */
export type PairOutcome =
  | { readonly phase: 'paired' }
  | { readonly phase: 'declined'; readonly differed?: true }
  | { readonly phase: 'expired' }
  | { readonly phase: 'cancelled'; readonly by: 'me' | 'peer' }
  | { readonly phase: 'failed'; readonly error: FerryError };

/** The responder's clock decides; this one runs a little longer, so that both sides give the same reason. */
const graceMs = 1_000;

export type PairOptions = {
  readonly own: PeerId;
  /** What this side calls itself. */
  readonly name: string;
  /** The same object that takes what peers ask: two pairings of the same two peers must not run at once. */
  readonly pairings: Pairings;
  readonly signal: AbortSignal;
  /**
   * Shows the code and gives what the person says: true where the other screen has the same. `over` ends when it is too late to
   * say.
   */
  readonly onCode: (code: string, over: AbortSignal) => Promise<boolean>;
  /** How long this side waits for its end from the moment the peer has taken it, in milliseconds. */
  readonly lifeMs?: number;
};

/**
 * Pairs with the peer at the other end of a link that nothing else uses meanwhile. Never fails: every end is an outcome. Failed
 * with ERR_PAIRING_CROSSED means that a pairing which the peer began is there to be confirmed instead; with ERR_BUSY that one of
 * this side runs, or that the peer takes no more of late. The link stays the caller's, who closes it.
 */
export async function pairWith(link: PeerLink, options: PairOptions): Promise<PairOutcome> {
  const { pairings, signal } = options;
  const attempt: Attempt = { link, options, over: new AbortController(), id: undefined, stopped: undefined };
  const onAbort = (): void => stop(attempt, { phase: 'cancelled', by: 'me' });
  let initiated: Initiated | undefined;
  let outcome: PairOutcome = { phase: 'paired' };
  try {
    initiated = pairings.initiate(link.peerId, (reason) => {
      stop(attempt, reason === 'crossed' ? { phase: 'failed', error: crossed() } : { phase: 'cancelled', by: 'me' });
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    await run(attempt);
  } catch (cause) {
    const error = toFerryError(cause);
    outcome = attempt.stopped ?? outcomeOf(error);
    const isLost = outcome.phase === 'failed' && outcome.error.code === 'ERR_CONNECTION_LOST';
    const isKnownThere = error.remote || outcome.phase === 'expired' || isLost;
    if (attempt.id !== undefined && !isKnownThere) await link.tell(withdrawPairingCall(attempt.id));
  } finally {
    signal.removeEventListener('abort', onAbort);
    attempt.over.abort();
  }
  initiated?.settle(settlementOf(outcome, attempt.id !== undefined));
  return outcome;
}

type Attempt = {
  readonly link: PeerLink;
  readonly options: PairOptions;
  /** Ends with the attempt. */
  readonly over: AbortController;
  /** Once the peer has taken it. */
  id: string | undefined;
  /** What this side ended it with. */
  stopped: PairOutcome | undefined;
};

function stop(attempt: Attempt, outcome: PairOutcome): void {
  attempt.stopped ??= outcome;
  attempt.over.abort();
}

async function run(attempt: Attempt): Promise<void> {
  const { link, options } = attempt;
  const over = attempt.over.signal;
  const roles = { initiator: options.own, responder: link.peerId };
  const nonce = newNonce();
  const commitment = await commitmentOf(nonce, roles);
  const answer = await link.call(beginPairingCall({ name: options.name, commitment }), over);
  attempt.id = answer.id;
  const timer = setTimeout(() => stop(attempt, { phase: 'expired' }), options.lifeMs ?? limits.pairingLifeMs + graceMs);
  try {
    await link.call(revealPairingCall(answer.id, nonce), over);
    const exportedKey = link.exportedKey();
    const code = await codeOf({ ...roles, initiatorNonce: nonce, responderNonce: answer.nonce, exportedKey });
    if (!(await personSees(code, attempt))) {
      stop(attempt, { phase: 'cancelled', by: 'me' });
      throw new FerryError('ERR_CANCELLED', 'the person does not see the same code');
    }
    await link.call(confirmPairingCall(answer.id), over);
  } finally {
    clearTimeout(timer);
  }
}

/** What the person says of the code, unless the attempt or the connection ends before. */
async function personSees(code: string, attempt: Attempt): Promise<boolean> {
  const over = attempt.over.signal;
  const ended = new Promise<never>((_, reject) => {
    const onOver = (): void => reject(new FerryError('ERR_CANCELLED', 'the pairing ended before the person answered'));
    over.addEventListener('abort', onOver, { once: true });
    if (over.aborted) onOver();
  });
  const ending = attempt.link.onEnd(() => {
    const error = new FerryError('ERR_CONNECTION_LOST', 'the connection ended while the person compared');
    stop(attempt, { phase: 'failed', error });
  });
  try {
    return await Promise.race([attempt.options.onCode(code, over), ended]);
  } finally {
    ending.dispose();
  }
}

function crossed(): FerryError {
  return new FerryError('ERR_PAIRING_CROSSED', 'the peer began a pairing at the same time, which goes before');
}

function outcomeOf(error: FerryError): PairOutcome {
  if (!error.remote) return { phase: 'failed', error };
  if (error.code === 'ERR_PAIRING_DECLINED') return { phase: 'declined' };
  if (error.code === 'ERR_PAIRING_EXPIRED') return { phase: 'expired' };
  if (error.code === 'ERR_CANCELLED') return { phase: 'cancelled', by: 'peer' };
  return { phase: 'failed', error };
}

/** A pairing that the peer did not take, or that gave way to its own, says nothing against the peer. */
function settlementOf(outcome: PairOutcome, taken: boolean): 'paired' | 'failed' | 'none' {
  if (outcome.phase === 'paired') return 'paired';
  const gaveWay = outcome.phase === 'failed' && outcome.error.code === 'ERR_PAIRING_CROSSED';
  return taken && !gaveWay ? 'failed' : 'none';
}
