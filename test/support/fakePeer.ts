// A peer at the other end of fake links: it answers as it is told to, and remembers what was done with it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { type ErrorCode, FerryError } from '../../src/core/base/errors.ts';
import type { Address } from '../../src/core/peers/address.ts';
import type { Dial, PeerLink, PutRequest } from '../../src/core/peers/link.ts';
import { type TransferOptions, type TransferOutcome, type TransferState, transfer } from '../../src/core/sending/transfer.ts';
import type { Capability } from '../../src/core/wire/capabilities.ts';
import { type Offer, type OfferAnswer, type OutgoingItem, offeredName } from '../../src/core/wire/item.ts';
import { parseOffer } from '../../src/core/wire/messages.ts';
import { errorOfProblem, problemOf } from '../../src/core/wire/problems.ts';
import { peerIdOfNobody } from './peerIds.ts';

/** What it does where it is not asked for what is usual. */
export type Script = {
  readonly dial?: (address: Address) => Promise<void>;
  readonly offer?: (offer: Offer) => Promise<OfferAnswer>;
  readonly put?: (request: PutRequest) => Promise<Uint8Array>;
  /** What the window at an address says that it can do. */
  readonly capabilities?: (address: Address) => readonly string[];
};

const peerId = peerIdOfNobody(1);
/** An address of one of its windows. */
export const at = (port: number): Address => ({ host: '127.0.0.1', port });
/** A failure of this side. */
export const failure = (code: ErrorCode): FerryError => new FerryError(code, 'on this side');
/** What a link throws when the peer answered with the problem of this code. */
export const remote = (code: ErrorCode): FerryError => {
  const { type, status } = problemOf(new FerryError(code, 'on the other side'));
  return errorOfProblem(type, status);
};

/** An item of so many bytes that can be had from its beginning alone. */
export function item(name: string, size = 3): OutgoingItem {
  return {
    offered: { kind: 'file', name, size, mediaType: 'text/plain' },
    open: async function* () {
      for (let sent = 0; sent < size; sent += 1) yield Uint8Array.of(sent);
    },
  };
}

/** Reads the bytes as a link does, and gives a digest that names the item. */
export async function drain({ bytes, onSent, n }: PutRequest): Promise<Uint8Array> {
  let sent = 0;
  for await (const chunk of bytes) onSent((sent += chunk.length));
  return Uint8Array.of(n);
}

/** One peer that behaves as its script says, and a record of all that was done with it. */
export class FakePeer {
  readonly log: string[] = [];
  readonly states: TransferState[] = [];
  readonly stop = new AbortController();
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  readonly dial: Dial = async (address, expect) => {
    this.log.push(`dial ${address.port}`);
    assert.equal(expect, peerId);
    await this.#script.dial?.(address);
    return this.#link(address);
  };

  send(
    items: readonly OutgoingItem[] = [item('a')],
    addresses: readonly Address[] = [at(1)],
    reconnect?: TransferOptions['reconnect'],
    needs: readonly Capability[] = [],
  ): Promise<TransferOutcome> {
    return transfer(
      { peerId, addresses: () => Promise.resolve(addresses), senderName: 'Ada', items, needs },
      {
        dial: this.dial,
        signal: this.stop.signal,
        onState: (state) => this.states.push(state),
        onReached: (address) => this.log.push(`reached ${address.port}`),
        ...(reconnect === undefined ? {} : { reconnect }),
      },
    );
  }

  #link(address: Address): PeerLink {
    const accept = (offer: Offer): Promise<OfferAnswer> =>
      Promise.resolve({ items: offer.items.map((_, n) => ({ n, from: 0 })) });
    return {
      peerId,
      address,
      call: async ({ path, body, parse }) => {
        if (path === '/v1/peer') {
          this.log.push('ask');
          const capabilities = this.#script.capabilities?.(address) ?? [];
          const info = { protocol: 1, name: 'Grace', app: '0', window: 'A'.repeat(22), focusedMsAgo: 0, capabilities };
          return parse?.(info) ?? assert.fail('who is there has an answer');
        }
        assert.equal(path, '/v1/offers');
        const offer = parseOffer(body);
        this.log.push(`offer of ${offer.sender.name}: ${offer.items.map(offeredName).join()}`);
        return parse?.(await (this.#script.offer ?? accept)(offer)) ?? assert.fail('an offer has an answer');
      },
      fetch: () => Promise.reject(new Error('nothing is got')),
      put: (request) => {
        this.log.push(request.from === 0 ? `put ${request.n}` : `rest of ${request.n} from ${request.from}`);
        return (this.#script.put ?? drain)(request);
      },
      createHash: () => createHash('sha256'),
      tell: async ({ method, path }) => {
        assert.match(`${method} ${path}`, /^DELETE \/v1\/offers\/[A-Za-z0-9_-]{22}$/);
        this.log.push('withdraw');
      },
      exportedKey: () => assert.fail('nobody pairs'),
      onEnd: () => assert.fail('nobody waits for the end'),
      close: () => this.log.push('close'),
    };
  }
}
