// The dialler: links to peers, kept open for a short while after use, so that the next item to the same window needs no
// handshake.

import { FerryError } from '../../core/base/errors.ts';
import { type Address, formatAddress } from '../../core/peers/address.ts';
import type { Dial, PairingLink } from '../../core/peers/link.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { Identity } from '../connection/identity.ts';
import { HttpLink } from './link.ts';
import { openSocket } from './openSocket.ts';

export type Dialler = {
  readonly dial: Dial<PairingLink>;
  /** Ends all links, those in use as well. */
  close(): void;
};

type Open = { readonly link: HttpLink; readonly peerId: PeerId; idle: ReturnType<typeof setTimeout> | undefined };

/** Shorter than the listener keeps an idle connection, so that it is always this side that lets go. */
const idleMs = 30_000;
const withdrawMs = 2_000;
/** A window that does not say who it is within this time, over a link that was kept, has gone without a word. */
const probeMs = 1_000;

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

  /**
   * A link that was kept and whose window still answers. Only a request can find that out, and it must be one that may be made
   * twice: an offer whose answer is lost may have been shown to somebody.
   */
  const takeKept = async (key: string, expect: PeerId | undefined, signal: AbortSignal): Promise<Open | undefined> => {
    const kept = takeIdle(idle, key);
    if (kept === undefined) return undefined;
    try {
      if (kept.link.usable && (expect === undefined || kept.peerId === expect)) {
        await kept.link.info(AbortSignal.any([signal, AbortSignal.timeout(probeMs)]));
        return kept;
      }
    } catch {
      // It is dialled anew.
    }
    end(kept);
    return undefined;
  };

  const connect = async (address: Address, expect: PeerId | undefined, signal: AbortSignal): Promise<Open> => {
    const kept = await takeKept(formatAddress(address), expect, signal);
    if (closed) throw new FerryError('ERR_CANCELLED', 'Ferry is offline');
    if (kept !== undefined) return kept;
    const { socket, peerId } = await openSocket(identity, address, expect, signal);
    const open: Open = { link: new HttpLink(socket, address), peerId, idle: undefined };
    all.add(open.link);
    socket.once('close', () => all.delete(open.link));
    return open;
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

  /** Takes something back on a connection of its own: the one that moves an item or waits for a person is busy with that. */
  const onAnother = async (
    address: Address,
    peerId: PeerId,
    call: (link: HttpLink, limit: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    const limit = AbortSignal.timeout(withdrawMs);
    try {
      const open = await connect(address, peerId, limit);
      await call(open.link, limit).finally(() => giveBack(open, formatAddress(address)));
    } catch {
      // The peer finds out by the end of the connection instead.
    }
  };

  const dial: Dial<PairingLink> = async (address, expect, signal) => {
    const open = await connect(address, expect, signal);
    let inUse = true;
    return {
      peerId: open.peerId,
      address,
      info: (limit) => open.link.info(limit),
      offer: (offer, limit) => open.link.offer(offer, limit),
      put: (request, limit) => open.link.put(request, limit),
      withdraw: (offerId) => onAnother(address, open.peerId, (link, limit) => link.withdraw(offerId, limit)),
      exportedKey: () => open.link.exportedKey(),
      onEnd: open.link.onEnd,
      beginPairing: (request, limit) => open.link.beginPairing(request, limit),
      revealPairing: (id, nonce, limit) => open.link.revealPairing(id, nonce, limit),
      confirmPairing: (id, limit) => open.link.confirmPairing(id, limit),
      withdrawPairing: async (id) => {
        const call = (link: HttpLink, limit: AbortSignal): Promise<void> => link.withdrawPairing(id, limit);
        // While the person compares, this one is free.
        if (open.link.usable) await call(open.link, AbortSignal.timeout(withdrawMs)).catch(() => undefined);
        else await onAnother(address, open.peerId, call);
      },
      close: () => {
        if (inUse) giveBack(open, formatAddress(address));
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
