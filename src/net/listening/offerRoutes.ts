// The routes of offers and their items.

import type { PeerId } from '../../core/peers/peerId.ts';
import type { ItemBody } from '../../core/receiving/store.ts';
import type { Offer, OfferAnswer } from '../../core/wire/item.ts';
import { parseOffer } from '../../core/wire/messages.ts';
import { itemBody } from '../connection/body.ts';
import { type Exchange, jsonBody, type Route, whileProcessing } from './route.ts';

/** Who decides what becomes of offers. */
export type OfferHandlers = {
  /** Refuses the offer of a peer before it is read. Fails with what the peer is told. */
  mayOffer?(peer: PeerId): void;
  /** `signal` ends with the peer's connection. */
  offer(peer: PeerId, offer: Offer, signal: AbortSignal): Promise<OfferAnswer>;
  item(peer: PeerId, offerId: string, n: number, body: ItemBody): Promise<void>;
  withdraw(peer: PeerId, offerId: string): void;
};

export function offerRoutes(handlers: OfferHandlers): readonly Route[] {
  const offer = async (exchange: Exchange): Promise<OfferAnswer> => {
    handlers.mayOffer?.(exchange.peer);
    const offered = parseOffer(await jsonBody(exchange));
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    return whileProcessing(exchange, handlers.offer(exchange.peer, offered, gone.signal));
  };
  const item = (exchange: Exchange): Promise<void> => {
    const { peer, request, onBody, parts } = exchange;
    const [id = '', n] = parts;
    return whileProcessing(exchange, handlers.item(peer, id, Number(n), itemBody(request, { onBegin: onBody })));
  };
  return [
    { path: /^\/v1\/offers$/, methods: { POST: offer } },
    {
      path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})$/,
      methods: { DELETE: ({ peer, parts: [id = ''] }) => handlers.withdraw(peer, id) },
    },
    {
      path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})\/items\/(0|[1-9]\d{0,4})$/,
      methods: { PUT: item },
    },
  ];
}
