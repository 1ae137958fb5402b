// Two peers that pair without a network: channels and links that lead straight to the other side's pairings.

import { createHash } from 'node:crypto';

import { FerryError, toFerryError } from '../../../src/core/base/errors.ts';
import type { PairingChannel } from '../../../src/core/pairing/channel.ts';
import { commitmentOf, newNonce } from '../../../src/core/pairing/code.ts';
import type { PairingEntry, PairingState } from '../../../src/core/pairing/entry.ts';
import type { Pairings } from '../../../src/core/pairing/responder.ts';
import type { PeerLink } from '../../../src/core/peers/link.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { parsePairingRequest, parsePairingReveal } from '../../../src/core/wire/messages.ts';
import { errorOfProblem, problemOf } from '../../../src/core/wire/problems.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

/** The two sides; `ada` has the lower ID. */
export const ada = peerIdOfNobody(1);
export const grace = peerIdOfNobody(2);
export const mallory = peerIdOfNobody(3);

/** 32 exported bytes that stand for a connection. */
export function exportedOf(connection: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, connection);
  return bytes;
}

export type FakeChannel = PairingChannel & { end(): void; readonly listeners: () => number };

/** A connection of its own, which ends when the test says so. */
export function fakeChannel(exported = exportedOf(1)): FakeChannel {
  const listeners = new Set<() => void>();
  return {
    connection: {},
    exportedKey: () => exported,
    onEnd: (listener) => {
      const entry = (): void => listener();
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
    end: () => {
      for (const listener of [...listeners]) listener();
    },
    listeners: () => listeners.size,
  };
}

/** Begins a pairing of `peer` with `own`, as far as `reveal`. */
export async function beginPairing(
  pairings: Pairings,
  { own = grace, peer = ada, channel = fakeChannel() } = {},
): Promise<{ id: string; nonce: string; responderNonce: string; channel: FakeChannel; reveal: () => Promise<void> }> {
  const nonce = newNonce();
  const commitment = await commitmentOf(nonce, { initiator: peer, responder: own });
  const begun = pairings.begin({ own, peer: { id: peer, name: 'asking' }, commitment, channel });
  return {
    id: begun.id,
    ...{ nonce, responderNonce: begun.nonce, channel },
    reveal: () => pairings.reveal(peer, begun.id, nonce, channel),
  };
}

/** The state of an entry, which must be in `phase`. */
export function stateIn<Phase extends PairingState['phase']>(
  entry: PairingEntry | undefined,
  phase: Phase,
): Extract<PairingState, { phase: Phase }> {
  const state = entry?.state;
  if (state?.phase !== phase) throw new Error(`the pairing is ${state?.phase ?? 'not there'} instead of ${phase}`);
  return state as Extract<PairingState, { phase: Phase }>;
}

export type LinkOptions = {
  readonly from: PeerId;
  readonly to: PeerId;
  readonly pairings: Pairings;
  /** What the exporter gives at the near end, and at the far end. */
  readonly near?: Uint8Array;
  readonly far?: Uint8Array;
};

/** A link whose calls the other side's pairings take; `log` has their names. */
export function linkTo({ from, to, pairings, near = exportedOf(1), far = near }: LinkOptions): PeerLink & {
  readonly log: string[];
  readonly channel: FakeChannel;
} {
  const log: string[] = [];
  const channel = fakeChannel(far);
  const call = <T>(name: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> => {
    log.push(name);
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => reject(new FerryError('ERR_CANCELLED', 'cancelled by this side'));
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else
        Promise.resolve()
          .then(work)
          .then(resolve, (error: unknown) => reject(overTheWire(error)));
    });
  };
  const answering = (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const [, id = ''] = /^\/v1\/pairings\/([^/]+)/.exec(path) ?? [];
    if (path.endsWith('/confirmation')) return call('confirm', signal, () => pairings.confirmation(from, id, channel));
    if (id !== '') return call('reveal', signal, () => pairings.reveal(from, id, parsePairingReveal(body).nonce, channel));
    const { name, commitment } = parsePairingRequest(body);
    return call('begin', signal, () => pairings.begin({ own: to, peer: { id: from, name }, commitment, channel }));
  };
  return {
    ...{ peerId: to, address: { host: '127.0.0.1', port: 1 }, log, channel },
    fetch: () => Promise.reject(new Error('a pairing gets no items')),
    put: () => Promise.reject(new Error('a pairing sends no items')),
    exportedKey: () => near,
    onEnd: channel.onEnd,
    call: async ({ path, body, parse }, signal) => {
      const answer = await answering(path, body, signal);
      return parse === undefined ? (undefined as never) : parse(answer);
    },
    createHash: () => createHash('sha256'),
    tell: ({ path }) => {
      log.push('withdraw');
      try {
        pairings.withdraw(from, path.slice('/v1/pairings/'.length));
      } catch {
        // It is a courtesy.
      }
      return Promise.resolve();
    },
    close: () => {
      log.push('close');
      channel.end();
    },
  };
}

/** What is left of an error on the other side of a connection. */
export function overTheWire(error: unknown): FerryError {
  const problem = problemOf(toFerryError(error));
  return errorOfProblem(problem.type, problem.status);
}
