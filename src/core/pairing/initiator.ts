// Pairing with a peer from the side that asks. Straight-line code; the responding side is in responder.ts.

import { FerryError, toFerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { pause } from '../base/pause.ts';
import type { PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import { beginPairingCall, type Call, confirmPairingCall, revealPairingCall, withdrawPairingCall } from '../wire/calls.ts';
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
/** How late a person may hear that the other one has declined. */
const askEveryMs = 1_000;

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
  /** How often the peer is asked whether the pairing goes on there while the person compares, in milliseconds. */
  readonly askEveryMs?: number;
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
    const reveal = revealPairingCall(answer.id, nonce);
    await link.call(reveal, over);
    const exportedKey = link.exportedKey();
    const code = await codeOf({ ...roles, initiatorNonce: nonce, responderNonce: answer.nonce, exportedKey });
    if (!(await personSees(code, reveal, attempt))) {
      stop(attempt, { phase: 'cancelled', by: 'me' });
      throw new FerryError('ERR_CANCELLED', 'the person does not see the same code');
    }
    await link.call(confirmPairingCall(answer.id), over);
  } finally {
    clearTimeout(timer);
  }
}

/** What the person says of the code, unless the attempt, the connection, or the pairing at the peer's side ends before. */
async function personSees(code: string, reveal: Call<void>, attempt: Attempt): Promise<boolean> {
  const answered = new AbortController();
  const ending = attempt.link.onEnd(() => {
    const error = new FerryError('ERR_CONNECTION_LOST', 'the connection ended while the person compared');
    stop(attempt, { phase: 'failed', error });
  });
  try {
    const saying = attempt.options.onCode(code, attempt.over.signal).finally(() => answered.abort());
    // Both, since the next call has to wait for one that is under way.
    const [isSame] = await Promise.all([saying, goingOn(reveal, attempt, answered.signal)]);
    return isSame;
  } finally {
    ending.dispose();
  }
}

/**
 * Watches whether the pairing goes on at the peer's side until this person has answered. Fails with its end, or with
 * ERR_CANCELLED where the attempt ends. No call waits at the peer meanwhile that could be answered, so the reveal is made again:
 * it is unexpected for as long as the pairing runs.
 */
async function goingOn(reveal: Call<void>, { link, options, over }: Attempt, answered: AbortSignal): Promise<void> {
  const enough = AbortSignal.any([over.signal, answered]);
  for (;;) {
    await pause(options.askEveryMs ?? askEveryMs, enough);
    if (over.signal.aborted) throw new FerryError('ERR_CANCELLED', 'the pairing ended before the person answered');
    if (answered.aborted) return;
    try {
      await link.call(reveal, over.signal);
    } catch (cause) {
      const error = toFerryError(cause);
      if (!error.remote || error.code !== 'ERR_MESSAGE_UNEXPECTED') throw error;
    }
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
