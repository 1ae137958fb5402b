// A world of windows for the directory: who answers at which port, what discovery says of them, and what the book remembers.

import assert from 'node:assert/strict';

import { FerryError } from '../../src/core/base/errors.ts';
import { createEmitter, type Emitter } from '../../src/core/base/event.ts';
import { silentLog } from '../../src/core/base/log.ts';
import { type Address, formatAddress } from '../../src/core/peers/address.ts';
import { type PeerBook } from '../../src/core/peers/book.ts';
import { Directory, type Hints } from '../../src/core/peers/directory.ts';
import type { Dial } from '../../src/core/peers/link.ts';
import { idPrefixOf, type PeerId } from '../../src/core/peers/peerId.ts';
import { type BookEntry } from '../../src/core/peers/peers.ts';
import type { Sighting } from '../../src/core/peers/sightings.ts';
import type { PeerInfo } from '../../src/core/wire/messages.ts';
import { peerIdOfNobody as id } from './peerIds.ts';

type FakeWindow = { peerId: PeerId; token: string; focusedMsAgo?: number; name?: string; silent?: boolean; workspace?: string };

/** This person. */
export const own = id(0);
/** An address of this machine. */
export const at = (port: number): Address => ({ host: '127.0.0.1', port });

/** Windows by their port, what discovery says of them, and what the book remembers. */
export class FakeWorld {
  readonly windows = new Map<number, FakeWindow>();
  readonly dialled: string[] = [];
  readonly closed: string[] = [];
  readonly forgotten: string[] = [];
  readonly hintsChanged: Emitter<void> = createEmitter();
  readonly bookChanged: Emitter<void> = createEmitter();
  seen: Sighting[] = [];
  book: BookEntry[] = [];
  requeries = 0;
  onDialled: ((port: number) => void) | undefined;
  onForgotten: (() => void) | undefined;

  readonly dial: Dial = async (address, expect, signal) => {
    this.dialled.push(formatAddress(address));
    this.onDialled?.(address.port);
    const window = this.windows.get(address.port);
    if (signal.aborted) throw new FerryError('ERR_CANCELLED', 'cancelled');
    if (window === undefined) throw new FerryError('ERR_PEER_UNREACHABLE', 'nobody is there');
    if (expect !== undefined && window.peerId !== expect) throw new FerryError('ERR_PEER_MISMATCH', 'somebody else is there');
    return {
      ...{ peerId: window.peerId, address },
      call: async ({ path }, limit) => {
        assert.equal(path, '/v1/peer');
        return (await infoOf(window, limit)) as never;
      },
      ...{ fetch: () => assert.fail('nothing is got'), put: () => assert.fail('nothing is sent') },
      createHash: () => assert.fail('nothing is sent'),
      tell: () => assert.fail('nothing is taken back'),
      exportedKey: () => assert.fail('nobody pairs'),
      onEnd: () => assert.fail('nobody waits for the end'),
      close: () => this.closed.push(formatAddress(address)),
    };
  };

  see(number: number, ...ports: readonly number[]): void {
    const [first = 0, ...others] = ports;
    const sighting = {
      instance: `i${first}`,
      idPrefix: idPrefixOf(id(number)),
      address: at(first),
      others: others.map(at),
      leaving: false,
    };
    this.seen.push(sighting);
  }

  directory(): Directory {
    const hints: Hints = {
      onDidChange: this.hintsChanged.event,
      sightings: () => this.seen,
      requery: () => {
        this.requeries += 1;
      },
      forget: (instance, address) => {
        this.forgotten.push(`${instance} ${address?.port}`);
        this.onForgotten?.();
      },
    };
    const book: PeerBook = {
      onDidChange: this.bookChanged.event,
      entries: () => this.book,
      find: (wanted) => this.book.find((entry) => entry.id === wanted),
      trustOf: () => assert.fail('the directory trusts nobody'),
      change: () => assert.fail('the directory does not write'),
    };
    return new Directory({ own, hints, book, dial: this.dial, log: silentLog });
  }
}

function infoOf(
  { token, focusedMsAgo = 0, name = 'peer', silent = false, workspace }: FakeWindow,
  signal: AbortSignal,
): Promise<PeerInfo> {
  if (!silent) return Promise.resolve({ protocol: 1, name, app: '0', window: token, focusedMsAgo, capabilities: [], workspace });
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(new FerryError('ERR_CANCELLED', 'cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
