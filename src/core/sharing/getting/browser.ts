// What peers share, as a person looks through it: by peer and names, with what was listed of late at hand.

import { FerryError, toFerryError } from '../../base/errors.ts';
import type { PeerId } from '../../peers/peerId.ts';
import type { Session } from '../../presence.ts';
import type { SharedEntry } from '../../wire/messages.ts';
import { atPeer } from './atPeer.ts';
import { findShared, readShared, sharedEntries } from './browse.ts';

type Listed = { readonly entries: Promise<readonly SharedEntry[]>; readonly until: number };

/** Who looks at something asks for it several times; who comes back to it wants to see what there is now. */
const freshMs = 10_000;
const kept = 32;

export class Browser {
  readonly #session: () => Session | undefined;
  readonly #listed = new Map<string, Listed>();

  /** `session`: what being online gives, or undefined. */
  constructor(session: () => Session | undefined) {
    this.#session = session;
  }

  /**
   * What is in a folder that a peer shares, or all that it shares for no names. Fails as atPeer, findShared and sharedEntries,
   * and with ERR_CONNECTION_LOST while offline.
   */
  list(peer: PeerId, path: readonly string[], signal: AbortSignal): Promise<readonly SharedEntry[]> {
    const key = [peer, ...path].join('/');
    const known = this.#listed.get(key);
    if (known !== undefined && performance.now() < known.until) return known.entries;
    const entries = this.#list(peer, path, signal);
    this.#listed.delete(key);
    this.#listed.set(key, { entries, until: performance.now() + freshMs });
    // What failed is asked for anew.
    entries.catch(() => this.#listed.delete(key));
    const [oldest] = this.#listed.keys();
    if (this.#listed.size > kept && oldest !== undefined) this.#listed.delete(oldest);
    return entries;
  }

  /** One entry by the names that lead to it. Fails as `list`, and with ERR_NOT_SHARED where there is none. */
  async find(peer: PeerId, path: readonly string[], signal: AbortSignal): Promise<SharedEntry> {
    const found = (await this.list(peer, path.slice(0, -1), signal)).find(({ name }) => name === path.at(-1));
    if (found === undefined) throw new FerryError('ERR_NOT_SHARED', 'there is nothing of that name');
    return found;
  }

  /** All bytes of a file. Fails as `find` and readShared. */
  async read(peer: PeerId, path: readonly string[], mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const found = await this.find(peer, path, signal);
    return atPeer(this.#online(), peer, signal, (link) => readShared(link, found, mostBytes, signal));
  }

  /** The ids of what was listed are good for as long as the peer's process lives, and its names beyond that. */
  async #list(peer: PeerId, path: readonly string[], signal: AbortSignal): Promise<readonly SharedEntry[]> {
    const session = this.#online();
    const known = path.length === 0 ? undefined : await this.find(peer, path, signal);
    return atPeer(session, peer, signal, async (link) => {
      try {
        return await sharedEntries(link, known?.id, signal);
      } catch (cause) {
        if (known === undefined || toFerryError(cause).code !== 'ERR_NOT_SHARED') throw cause;
        return sharedEntries(link, (await findShared(link, path, signal)).id, signal);
      }
    });
  }

  #online(): Session {
    const session = this.#session();
    if (session === undefined) throw new FerryError('ERR_CONNECTION_LOST', 'this side is offline');
    return session;
  }
}
