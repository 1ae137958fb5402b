// The route of messages.

import type { PeerId } from '../../core/peers/peerId.ts';
import { parseTextMessage, type TextMessage } from '../../core/wire/messages.ts';
import { type Exchange, jsonBody, type Route } from './route.ts';

/** Who decides what becomes of messages. */
export type MessageHandlers = {
  /** Refuses a message of a peer before it is read. Fails with what the peer is told. */
  mayWrite(peer: PeerId): void;
  message(peer: PeerId, message: TextMessage): Promise<void>;
};

/** The route, whose answer says that a message is kept. */
export function messageRoutes(handlers: MessageHandlers): readonly Route[] {
  const take = async (exchange: Exchange): Promise<void> => {
    handlers.mayWrite(exchange.peer);
    await handlers.message(exchange.peer, parseTextMessage(await jsonBody(exchange)));
  };
  return [{ path: /^\/v1\/messages$/, methods: { POST: take }, status: 202 }];
}
