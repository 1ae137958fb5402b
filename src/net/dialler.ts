// The dialler: links to peers, kept open for a short while after use, so that the next item to the same window needs no
// handshake.

import { type Address, formatAddress } from '../core/address.ts';
import { FerryError, isFerryError } from '../core/errors.ts';
import type { PeerId } from '../core/peerId.ts';
import type { Dial, PeerLink } from '../core/ports.ts';
import { openSocket } from './dial.ts';
import type { Identity } from './identity.ts';
import { HttpLink } from './link.ts';

export type Dialler = {
  readonly dial: Dial;
  /** Ends all links, those in use as well. */
  close(): void;
};

type Open = { readonly link: HttpLink; readonly peerId: PeerId; idle: ReturnType<typeof setTimeout> | undefined };

/** Shorter than the listener keeps an idle connection, so that it is always this side that lets go. */
const idleMs = 30_000;
const withdrawMs = 2_000;

/** A dialler that shows this identity. */
export function createDialler(identity: Identity): Dialler {
  const idle = new Map<string, Open>();
  const all = new Set<HttpLink>();
  let closed = false;

  const end = (open: Open): void => {
    clearTimeout(open.idle);
    all.delete(open.link);
    open.link.destroy();
  };

  const connect = async (
    address: Address,
    expect: PeerId | undefined,
    signal: AbortSignal,
  ): Promise<{ open: Open; kept: boolean }> => {
    if (closed) throw new FerryError('ERR_CANCELLED', 'Ferry is offline');
    const kept = takeIdle(idle, formatAddress(address));
    if (kept?.link.usable === true && (expect === undefined || kept.peerId === expect)) return { open: kept, kept: true };
    if (kept !== undefined) end(kept);
    const { socket, peerId } = await openSocket(identity, address, expect, signal);
    const open: Open = { link: new HttpLink(socket, address), peerId, idle: undefined };
    all.add(open.link);
    socket.once('close', () => all.delete(open.link));
    return { open, kept: false };
  };

  const giveBack = (open: Open, key: string): void => {
    if (closed || !open.link.usable || idle.has(key)) {
      end(open);
      return;
    }
    open.idle = setTimeout(() => {
      idle.delete(key);
      end(open);
    }, idleMs);
    open.idle.unref();
    idle.set(key, open);
  };

  /** On a connection of its own: the one that moves the item is busy with it. */
  const withdraw = async (address: Address, peerId: PeerId, offerId: string): Promise<void> => {
    const limit = AbortSignal.timeout(withdrawMs);
    try {
      const { open } = await connect(address, peerId, limit);
      await open.link.withdraw(offerId, limit).finally(() => giveBack(open, formatAddress(address)));
    } catch {
      // The peer finds out by the end of the connection instead.
    }
  };

  const dial: Dial = async (address, expect, signal): Promise<PeerLink> => {
    const key = formatAddress(address);
    let { open, kept } = await connect(address, expect, signal);
    let inUse = true;
    // The other side may have let go of a link that was kept; only the first request on it can find that out.
    const first = async <T>(request: (link: HttpLink) => Promise<T>): Promise<T> => {
      try {
        return await request(open.link);
      } catch (error) {
        if (!kept || !isFerryError(error) || error.code !== 'ERR_CONNECTION_LOST' || signal.aborted) throw error;
        end(open);
        // Whoever holds this link counts on the key that it began with.
        ({ open, kept } = await connect(address, open.peerId, signal));
        return await request(open.link).catch((second: unknown) => {
          // An offer that arrived, and whose answer alone was lost, is not made twice.
          throw isFerryError(second) && second.code === 'ERR_OFFER_REPEATED' ? error : second;
        });
      } finally {
        kept = false;
      }
    };
    return {
      peerId: open.peerId,
      address,
      info: (limit) => first((link) => link.info(limit)),
      offer: (offer, limit) => first((link) => link.offer(offer, limit)),
      put: (request, limit) => open.link.put(request, limit),
      withdraw: (offerId) => withdraw(address, open.peerId, offerId),
      close: () => {
        if (inUse) giveBack(open, key);
        inUse = false;
      },
    };
  };

  return {
    dial,
    close: () => {
      closed = true;
      for (const link of all) link.destroy();
      for (const open of idle.values()) clearTimeout(open.idle);
      idle.clear();
    },
  };
}

function takeIdle(idle: Map<string, Open>, key: string): Open | undefined {
  const open = idle.get(key);
  if (open === undefined) return undefined;
  clearTimeout(open.idle);
  idle.delete(key);
  return open;
}
