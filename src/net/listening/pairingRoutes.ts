// The routes of pairings.

import { limits } from '../../core/base/limits.ts';
import type { PairingChannel } from '../../core/pairing/channel.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import {
  type PairingAnswer,
  type PairingRequest,
  parsePairingConfirmation,
  parsePairingRequest,
  parsePairingReveal,
} from '../../core/wire/messages.ts';
import { channelOf } from '../connection/channel.ts';
import { type Exchange, jsonBody, type Route, whileProcessing } from './route.ts';

/** Who decides about pairings. `channel` is the connection that the call came on; its end is the pairing's. */
export type PairingHandlers = {
  /** Refuses a peer's request to pair before it is read. Fails with what the peer is told. */
  mayBegin?(peer: PeerId): void;
  begin(peer: PeerId, request: PairingRequest, channel: PairingChannel): PairingAnswer | Promise<PairingAnswer>;
  reveal(peer: PeerId, id: string, nonce: string, channel: PairingChannel): Promise<void>;
  confirmation(peer: PeerId, id: string, channel: PairingChannel): Promise<void>;
  withdraw(peer: PeerId, id: string): void;
};

export function pairingRoutes(handlers: PairingHandlers): readonly Route[] {
  const begin = async (exchange: Exchange): Promise<PairingAnswer> => {
    handlers.mayBegin?.(exchange.peer);
    const asked = parsePairingRequest(await jsonBody(exchange));
    const answer = await handlers.begin(exchange.peer, asked, channelOf(exchange.request.socket));
    keepForPairing(exchange);
    return answer;
  };
  const reveal = async (exchange: Exchange): Promise<void> => {
    const { nonce } = parsePairingReveal(await jsonBody(exchange));
    const [id = ''] = exchange.parts;
    await handlers.reveal(exchange.peer, id, nonce, channelOf(exchange.request.socket));
    keepForPairing(exchange);
  };
  const confirmation = async (exchange: Exchange): Promise<void> => {
    parsePairingConfirmation(await jsonBody(exchange));
    const [id = ''] = exchange.parts;
    await whileProcessing(exchange, handlers.confirmation(exchange.peer, id, channelOf(exchange.request.socket)));
  };
  return [
    { path: /^\/v1\/pairings$/, methods: { POST: begin } },
    {
      path: /^\/v1\/pairings\/([A-Za-z0-9_-]{22})$/,
      methods: { POST: reveal, DELETE: ({ peer, parts: [id = ''] }) => handlers.withdraw(peer, id) },
    },
    { path: /^\/v1\/pairings\/([A-Za-z0-9_-]{22})\/confirmation$/, methods: { POST: confirmation } },
  ];
}

/** Two people take longer to compare a code than an idle connection is kept otherwise, and the pairing is bound to it. */
function keepForPairing({ request: { socket }, response }: Exchange): void {
  response.setHeader('Keep-Alive', `timeout=${limits.pairingLifeMs / 1000}`);
  // The server sets its own timeout just before this.
  response.once('finish', () => socket.setTimeout(limits.pairingLifeMs));
}
