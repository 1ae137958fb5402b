// The dialler: links to peers, kept open for a short while after use, so that the next item to the same window needs no
// handshake.

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { FerryError } from '../../core/base/errors.ts';
import { type Address, formatAddress } from '../../core/peers/address.ts';
import type { Dial } from '../../core/peers/link.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { type Call, peerCall } from '../../core/wire/calls.ts';
import type { Identity } from '../connection/identity.ts';
import { HttpLink } from './link.ts';
import { openSocket } from './openSocket.ts';

export type Dialler = {
  readonly dial: Dial;
  /** Ends all links to one peer, those in use as well. */
  drop(peer: PeerId): void;
  /** Ends all links, those in use as well. */
  close(): void;
};

type Open = { readonly link: HttpLink; readonly peerId: PeerId; idle: ReturnType<typeof setTimeout> | undefined };

/** Shorter than the listener keeps an idle connection, so that it is always this side that lets go. */
const idleMs = 30_000;
const tellMs = 2_000;
/** A window that does not say who it is within this time, over a link that was kept, has gone without a word. */
const probeMs = 1_000;

export type DiallerOptions = {
  /** Whether a peer is spoken to at all; asked before anything is sent to it. */
  readonly admits?: (peer: PeerId) => boolean;
  /** The token of the window that dials. */
  readonly window?: string;
};

/**
 * A dialler that shows this identity. `dial` fails with ERR_PEER_MISMATCH (detail `own`) where a connection comes back to the
 * same window; to any of this identity where no window is given.
 */
export function createDialler(identity: Identity, { admits = () => true, window }: DiallerOptions = {}): Dialler {
  const idle = new Map<string, Open>();
  const all = new Map<HttpLink, PeerId>();
  const ended = new AbortController();

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
    const serves = (): boolean => kept.link.usable && admits(kept.peerId) && (expect === undefined || kept.peerId === expect);
    try {
      if (serves()) {
        await kept.link.call(peerCall, AbortSignal.any([signal, AbortSignal.timeout(probeMs)]));
        if (serves()) return kept;
      }
    } catch {
      // It is dialled anew.
    }
    end(kept);
    return undefined;
  };

  const connect = async (address: Address, expect: PeerId | undefined, signal: AbortSignal): Promise<Open> => {
    const kept = await takeKept(formatAddress(address), expect, signal);
    if (ended.signal.aborted) throw new FerryError('ERR_CANCELLED', 'Ferry is offline');
    if (kept !== undefined) return kept;
    const { socket, peerId } = await openSocket(identity, address, expect, AbortSignal.any([signal, ended.signal]), admits);
    const open: Open = { link: new HttpLink(socket, address), peerId, idle: undefined };
    all.set(open.link, peerId);
    socket.once('close', () => all.delete(open.link));
    if (peerId === identity.peerId) await refuseOneself(open, signal);
    return open;
  };

  /** Two windows of one person have one key, so only the window's token tells whether this is a loop. */
  const refuseOneself = async (open: Open, signal: AbortSignal): Promise<void> => {
    try {
      const info = await open.link.call(peerCall, signal);
      if (window === undefined || info.window === window)
        throw new FerryError('ERR_PEER_MISMATCH', 'this is our own window', { detail: { own: true } });
    } catch (error) {
      end(open);
      throw error;
    }
  };

  const giveBack = (open: Open, key: string): void => {
    if (ended.signal.aborted || !open.link.usable || idle.has(key)) {
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

  /** On a connection of its own where this one moves an item or waits for a person. */
  const tell = async (open: Open, address: Address, call: Call<void>): Promise<void> => {
    const limit = AbortSignal.timeout(tellMs);
    try {
      if (open.link.usable) {
        await open.link.call(call, limit);
        return;
      }
      const another = await connect(address, open.peerId, limit);
      await another.link.call(call, limit).finally(() => giveBack(another, formatAddress(address)));
    } catch {
      // The peer finds out by the end of the connection instead.
    }
  };

  const dial: Dial = async (address, expect, signal) => {
    let open = await connect(address, expect, signal);
    let inUse = true;
    /** RFC 9112 section 9.6: a connection may end between two requests, and the next one begins another. */
    const current = async (limit: AbortSignal): Promise<HttpLink> => {
      // An end that came together with the last answer is noticed only after it.
      if (open.link.usable) await setImmediate();
      if (ended.signal.aborted || !inUse || !open.link.endedInPeace) return open.link;
      end(open);
      open = await connect(address, open.peerId, limit);
      return open.link;
    };
    return {
      ...{ peerId: open.peerId, address },
      call: async (call, limit) => (call.isBound === true ? open.link : await current(limit)).call(call, limit),
      put: async (request, limit) => (await current(limit)).put(request, limit),
      fetch: async (request, take, limit) => (await current(limit)).fetch(request, take, limit),
      createHash: () => createHash('sha256'),
      tell: (call) => tell(open, address, call),
      exportedKey: () => open.link.exportedKey(),
      onEnd: (listener) => open.link.onEnd(listener),
      close: () => {
        if (inUse) giveBack(open, formatAddress(address));
        inUse = false;
      },
    };
  };

  return {
    dial,
    drop: (peer) => {
      for (const [link, owner] of all) if (owner === peer) link.destroy();
    },
    close: () => {
      ended.abort();
      for (const link of all.keys()) link.destroy();
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
