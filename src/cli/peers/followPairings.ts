// Pairing, seen from a terminal: both sides show six digits, they are read out, and somebody on each says that they agree.

import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { isPairingOver, type PairingEntry } from '../../core/pairing/entry.ts';
import type { PairOutcome } from '../../core/pairing/initiator.ts';
import { met } from '../../core/peers/book.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import type { Context } from '../context.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { errorWords, namesakeWords, peerFact, peerWords, wholePeerWords } from '../terminal/words.ts';

/** Shows the code of every pairing that a peer begins, asks, and remembers who is paired. `onEnd` is told how each ended. */
export function followPairings(
  context: Context,
  own: OwnPeer,
  onEnd: (entry: PairingEntry, outcome: PairOutcome) => void = () => undefined,
): Disposable {
  return own.pairings.onDidChange(({ before, entry }) => {
    if (entry === undefined || entry.state.phase === before?.state.phase) return;
    if (entry.state.phase === 'comparing') background(ask(context, own, entry), context.log, 'asking about a pairing');
    const outcome = before?.state.phase === 'comparing' ? outcomeOf(entry) : undefined;
    if (outcome === undefined) return;
    const told = settle(context, own, entry.peer, outcome).then(() => onEnd(entry, outcome));
    background(told, context.log, 'ending a pairing');
  });
}

async function ask(context: Context, own: OwnPeer, entry: PairingEntry): Promise<void> {
  const { pairings, book } = own;
  if (entry.state.phase !== 'comparing') return;
  const failures = entry.failuresBefore > 0 ? ` Pairings that failed before: ${entry.failuresBefore}.` : '';
  context.screen.note(`${wholePeerWords(entry.peer, book.trustOf(entry.peer.id))} wants to pair.${failures}`, {
    ...{ event: 'pairing', with: peerFact({ ...entry.peer, trust: book.trustOf(entry.peer.id) }) },
  });
  const over = new AbortController();
  const following = pairings.onDidChange(({ entry: now }) => {
    if (now?.id === entry.id && isPairingOver(now.state)) over.abort();
  });
  try {
    const isSame = await compare(context, own, entry.peer, entry.state.code, over.signal);
    if (isSame === true) pairings.confirm(entry.id);
    else pairings.decline(entry.id);
  } finally {
    following.dispose();
  }
}

/** Shows the code, and gives what the person says; undefined where nobody is there. */
export async function compare(
  { screen, signal }: Context,
  { book }: OwnPeer,
  peer: NamedPeer,
  code: string,
  over: AbortSignal,
): Promise<boolean | undefined> {
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const namesake = namesakeOf({ id: peer.id, name: peer.callsItself ?? peer.name, addresses: [] }, book.entries());
  if (namesake !== undefined) screen.note(namesakeWords(peer, book.trustOf(peer.id), namesake));
  const halves = [code.slice(0, 3), code.slice(3)].join(' ');
  screen.note(`Pairing code: ${halves}`, { event: 'code', code });
  // In an editor it is picked among three numbers: it has to be heard there.
  const question = `Read it out to ${peerWords(peer)}. Do they see the same? If not, somebody sits between the two of you.`;
  return screen.confirm(question, AbortSignal.any([signal, over]));
}

/** Remembers and tells how a pairing ended. Fails where the book cannot be written. */
export async function settle({ screen }: Context, { book }: OwnPeer, peer: NamedPeer, outcome: PairOutcome): Promise<void> {
  if (outcome.phase === 'paired') {
    await book.change(peer.id, (entry) => ({ ...met(entry, peer.callsItself ?? peer.name), trust: 'paired' }));
  }
  const fact = { event: 'paired', outcome: outcome.phase, with: peerFact({ ...peer, trust: book.trustOf(peer.id) }) };
  const words = settledWords(peerWords(peer), outcome);
  if (outcome.phase === 'paired') screen.result(words, fact);
  else screen.error(words, { ...fact, message: words });
}

function settledWords(name: string, outcome: PairOutcome): string {
  switch (outcome.phase) {
    case 'paired':
      return `Paired with ${name}.`;
    case 'declined':
      return `${name} was not paired: the codes were not confirmed.`;
    case 'expired':
      return `${name} was not paired: nobody compared the codes in time.`;
    case 'cancelled':
      return outcome.by === 'peer' ? `${name} ended the pairing.` : `${name} was not paired.`;
    case 'failed':
      return `${name} was not paired. ${errorWords(outcome.error, name, { isPairing: true })}`;
  }
}

function outcomeOf({ state }: PairingEntry): PairOutcome | undefined {
  return state.phase === 'asked' || state.phase === 'comparing' ? undefined : state;
}
