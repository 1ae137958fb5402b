// The routes of offers and their items.

import { toFerryError } from '../../core/base/errors.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { ItemProgress } from '../../core/receiving/offerItems.ts';
import type { ItemBody } from '../../core/receiving/store.ts';
import type { Offer, OfferAnswer } from '../../core/wire/item.ts';
import { parseOffer } from '../../core/wire/messages.ts';
import { itemBody } from '../connection/body.ts';
import { offsetOf } from './partialUpload.ts';
import { isOld } from './requestChecks.ts';
import { type Exchange, jsonBody, type Route, whileProcessing } from './route.ts';

/** Who decides what becomes of offers. */
export type OfferHandlers = {
  /** Refuses the offer of a peer before it is read. Fails with what the peer is told. */
  mayOffer?(peer: PeerId): void;
  /** `signal` ends with the peer's connection. */
  offer(peer: PeerId, offer: Offer, signal: AbortSignal): Promise<OfferAnswer>;
  /** `from`: the byte that the body begins with, where it is not all of the item. */
  item(peer: PeerId, offerId: string, n: number, body: ItemBody, from?: number): Promise<void>;
  progress(peer: PeerId, offerId: string, n: number): Promise<ItemProgress>;
  withdraw(peer: PeerId, offerId: string): Promise<void>;
};

/** An interim answer of a kind that Node has no function for (draft-ietf-httpbis-resumable-upload section 4.3.3). */
function tellKept({ request, response }: Exchange, bytes: number): void {
  if (isOld(request) || response.headersSent || response.destroyed) return;
  response.socket?.write(`HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: ${bytes}\r\n\r\n`);
}

export function offerRoutes(handlers: OfferHandlers): readonly Route[] {
  const offer = async (exchange: Exchange): Promise<OfferAnswer> => {
    handlers.mayOffer?.(exchange.peer);
    const offered = parseOffer(await jsonBody(exchange));
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    return whileProcessing(exchange, handlers.offer(exchange.peer, offered, gone.signal));
  };
  const take = (exchange: Exchange, from?: number): Promise<void> => {
    const { peer, request, onBody, parts } = exchange;
    const [id = '', n] = parts;
    const body = { ...itemBody(request, { onBegin: onBody }), kept: (bytes: number) => tellKept(exchange, bytes) };
    return whileProcessing(exchange, handlers.item(peer, id, Number(n), body, from));
  };
  const append = async (exchange: Exchange): Promise<void> => {
    try {
      await take(exchange, await offsetOf(exchange.request));
    } catch (cause) {
      const { code, detail } = toFerryError(cause);
      if (code === 'ERR_OFFSET_MISMATCH') exchange.response.setHeader('Upload-Offset', String(detail['offset']));
      throw cause;
    }
    exchange.response.setHeader('Upload-Complete', '?1');
  };
  const progress = async (exchange: Exchange): Promise<void> => {
    const { peer, response, parts } = exchange;
    const [id = '', n] = parts;
    const { offset, size, isComplete } = await whileProcessing(exchange, handlers.progress(peer, id, Number(n)));
    response.setHeader('Upload-Offset', String(offset));
    response.setHeader('Upload-Complete', isComplete ? '?1' : '?0');
    response.setHeader('Upload-Length', String(size));
    response.setHeader('Cache-Control', 'no-store');
  };
  return [
    { path: /^\/v1\/offers$/, methods: { POST: offer } },
    {
      path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})$/,
      methods: { DELETE: ({ peer, parts: [id = ''] }) => handlers.withdraw(peer, id) },
    },
    {
      path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})\/items\/(0|[1-9]\d{0,4})$/,
      methods: { HEAD: progress, PATCH: append, PUT: (exchange) => take(exchange) },
    },
  ];
}
