// What is said to an offer: what was allowed in advance is accepted, about the rest somebody is asked, and where nobody is there
// it is declined.

import { toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { acceptOffer, type ConsentRules, decide } from '../../core/consent/consent.ts';
import { contentsOf } from '../../core/consent/contents.ts';
import type { Standing } from '../../core/peers/peers.ts';
import type { InboxEntry, ReceiveAction } from '../../core/receiving/entry.ts';
import { isOver } from '../../core/receiving/entry.ts';
import { shownName } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { totalSize } from '../../core/wire/item.ts';
import type { Context } from '../context.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { errorWords, itemFacts, itemsWords, namesakeWords, peerFact, peerWords, wholePeerWords } from '../terminal/words.ts';

/** `paired`: what paired peers send needs no question. `none`: nothing is taken. */
export type Policy = {
  readonly accept: 'paired' | 'ask' | 'none';
  /** Whether `paired` goes for what may run something as well. */
  readonly withRunnable: boolean;
  readonly action: ReceiveAction;
};

/** What `--accept paired` allows without a question. */
export function consentRules({ book }: OwnPeer, { withRunnable }: Policy): ConsentRules {
  const kinds = ['file', 'dictionary', 'folder', 'sealed'] as const;
  return { book, withRunnable, autoAccept: { kinds, maxBytes: limits.itemBytes } };
}

/** Answers an offer that has just come. Fails where the answer cannot be written down. */
export async function answerOffer(context: Context, own: OwnPeer, entry: InboxEntry, policy: Policy): Promise<void> {
  const { screen } = context;
  const { inbox, book } = own;
  const trust = book.trustOf(entry.peer.id);
  const offer = { event: 'offer', from: peerFact({ ...entry.peer, trust }), items: itemFacts(entry.items) };
  if (policy.accept === 'paired' && decide(entry, consentRules(own, policy)) === 'accept') {
    screen.note(questionWords(entry, trust), { ...offer, answer: 'accepted' });
    await tellFailure(context, entry, () => inbox.accept(entry.id, policy.action, { unasked: true }));
    return;
  }
  const mayAsk = policy.accept !== 'none' && screen.isTerminal;
  screen.note(await offerWords(own, entry, trust), { ...offer, answer: mayAsk ? 'asking' : 'declined' });
  if (!mayAsk) {
    screen.note(`Declined: ${declinedWords(policy, trust)}`);
    inbox.decline(entry.id);
    return;
  }
  const isAccepted = await screen.confirm('Accept?', endOf(context, own, entry.id));
  if (inbox.find(entry.id)?.state.phase !== 'waiting') screen.note('This request is over. Nothing was received.');
  else if (isAccepted === true) {
    await tellFailure(context, entry, () =>
      acceptOffer({ ...own, log: context.log }, entry.id, policy.action, { keepSealed: false }),
    );
  } else inbox.decline(entry.id);
}

function declinedWords({ accept }: Policy, trust: Standing): string {
  if (accept === 'none') return 'nothing is taken with --accept none.';
  if (accept === 'ask') return 'there is no terminal to ask in.';
  return trust === 'paired' || trust === 'own'
    ? 'some of it can run by itself, and there is no terminal to ask in. See --with-runnable.'
    : 'they are not paired with you, and there is no terminal to ask in.';
}

/** Why a place could not be made for it is told on both sides. */
async function tellFailure({ screen }: Context, { peer }: InboxEntry, accept: () => Promise<unknown>): Promise<void> {
  await accept().catch((cause: unknown) => {
    const error = toFerryError(cause);
    const message = errorWords(error, peerWords(peer));
    screen.error(message, { event: 'error', code: error.code, message });
  });
}

async function offerWords({ book }: OwnPeer, entry: InboxEntry, trust: Standing): Promise<string> {
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const { callsItself = entry.peer.name } = entry.peer;
  const namesake =
    trust === 'own' ? undefined : namesakeOf({ id: entry.peer.id, name: callsItself, addresses: [] }, book.entries());
  return [
    ...(namesake === undefined ? [] : [namesakeWords(entry.peer, trust, namesake)]),
    questionWords(entry, trust),
    ...(entry.peer.callsItself === undefined ? [] : [`The peer now calls itself ${shownName(entry.peer.callsItself)}.`]),
    ...(contentsOf(entry.items).some(({ mayRun }) => mayRun) ? ['Some of it can run by itself.'] : []),
  ].join(' ');
}

function questionWords(entry: InboxEntry, trust: Standing): string {
  const size = sizeText(totalSize(entry.items));
  return `${wholePeerWords(entry.peer, trust)} sends ${itemsWords(entry.items)} (${size}).`;
}

/** Ends with the offer, or with the command. */
function endOf({ signal }: Context, { inbox }: OwnPeer, id: string): AbortSignal {
  const over = new AbortController();
  const following = inbox.onDidChange(({ entry }) => {
    if (entry?.id !== id || !isOver(entry.state)) return;
    following.dispose();
    over.abort();
  });
  return AbortSignal.any([signal, over.signal]);
}
