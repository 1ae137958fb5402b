// Offers of texts, as the tests of the inbox make them.

import assert from 'node:assert/strict';

import { type ErrorCode, FerryError } from '../../src/core/base/errors.ts';
import { randomToken } from '../../src/core/base/token.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { Inbox } from '../../src/core/receiving/inbox.ts';
import type { Offer, OfferAnswer } from '../../src/core/wire/item.ts';
import { peerIdOfNobody } from './peerIds.ts';

export const ada = { id: peerIdOfNobody(1), name: 'Ada' };
export const bob = { id: peerIdOfNobody(2), name: 'Bob' };

/** An offer with a file for each name, as long as its text. */
export function offerOf(texts: Readonly<Record<string, string>>, id = randomToken()): Offer {
  const items = Object.entries(texts).map(
    ([name, text]) => ({ kind: 'file', name, size: text.length, mediaType: 'text/plain' }) as const,
  );
  return { id, sender: { name: 'Ada' }, items };
}

/** Makes an offer: gives the id of its entry, and what the peer is answered, items or the code of a refusal. */
export type Offering = (
  offer: Offer,
  peer?: InboxEntry['peer'],
  signal?: AbortSignal,
) => { readonly id: string; readonly answer: Promise<OfferAnswer | ErrorCode> };

/** Makes offers to the inbox of a test; those of Ada where no peer is given. */
export function offersTo(inbox: () => Inbox): Offering {
  return (offer, peer = ada, signal = new AbortController().signal) => ({
    id: `${peer.id}/${offer.id}`,
    answer: inbox()
      .offer(peer, offer, signal)
      .catch((error: unknown) => {
        assert.ok(error instanceof FerryError);
        return error.code;
      }),
  });
}
