// What this side shares, as peers ask for it: who may see what, one walk through the disk at a time for each peer, and an end to
// whatever is being got once it is shared no more.
//
// An id that a peer gets stands for a place that a listing has shown to that peer. No path comes from outside.

import { FerryError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { randomToken } from '../base/token.ts';
import type { PeerBook } from '../peers/book.ts';
import type { PeerId } from '../peers/peerId.ts';
import { calledBy, type NamedPeer } from '../peers/peers.ts';
import type { PlainItem } from '../wire/item.ts';
import type { SharedEntry, SharedItem, SharedPage } from '../wire/messages.ts';
import type { GetHistory, SharedGet } from './gets.ts';
import { OnePerPeer } from './onePerPeer.ts';
import { GetQuestions } from './questions.ts';
import type { SharedDisk, SharedIds, SharedSource } from './sharedDisk.ts';
import { isSharedWith, type Share, type ShareBook } from './shares.ts';

export type SharingOptions = {
  readonly shares: ShareBook;
  readonly gets: GetHistory;
  readonly disk: SharedDisk;
  readonly ids: SharedIds;
  readonly book: PeerBook;
  /** Whether the person wants to be asked before anything is got. */
  readonly asksFirst: () => boolean;
  readonly log: Log;
};

type Found = { readonly share: Share; readonly path: string };
/** A request that is being answered. `isBody`: with bytes. */
type Running = { readonly peer: PeerId; readonly share: string; readonly isBody: boolean; readonly stop: AbortController };

export class Sharing {
  readonly questions = new GetQuestions();
  readonly #options: SharingOptions;
  readonly #gave = createEmitter<SharedGet>();
  readonly #running = new Set<Running>();
  readonly #walks = new OnePerPeer(limits.sharedWaitingPerPeer);

  constructor(options: SharingOptions) {
    this.#options = options;
    options.shares.onDidChange(() => this.#endWhatIsNotShared());
    options.book.onDidChange(() => this.#endWhatIsNotShared());
  }

  /** Fires whenever a peer begins to get something from this window, and when that ends. */
  get onDidGive(): Event<SharedGet> {
    return this.#gave.event;
  }

  /** Fires whenever what peers got changes, by whichever window's doing. */
  get onDidChange(): Event<void> {
    return this.#options.gets.onDidChange;
  }

  /** What peers got of late, the newest first, the same in all windows. */
  get gets(): readonly SharedGet[] {
    return this.#options.gets.entries();
  }

  /** Takes what is over out of the list. */
  forget(id: string): void {
    if (this.gets.some((get) => get.id === id && get.state !== 'moving')) this.#options.gets.remove(id);
  }

  /**
   * A page of what a peer may see: of all that is shared with it, or of a folder in that. Fails with ERR_NOT_PAIRED,
   * ERR_NOT_SHARED, ERR_MESSAGE_INVALID for a cursor that was not made here, or ERR_BUSY.
   */
  async list(peer: PeerId, folder: string | undefined, cursor: string | undefined, signal: AbortSignal): Promise<SharedPage> {
    this.#expectAllowed(peer);
    const after = cursor === undefined ? undefined : this.#options.ids.read(peer, cursor);
    if (cursor !== undefined && after?.startsWith('after/') !== true) {
      throw new FerryError('ERR_MESSAGE_INVALID', 'the cursor was not made here');
    }
    if (folder === undefined) return { entries: this.#sharesOf(peer) };
    const place = this.#find(peer, folder);
    const count = limits.sharedPageEntries;
    const { entries, isMore } = await this.#whileShared({ peer, place, signal }, (until) =>
      this.#walks.run(peer, until, () =>
        this.#options.disk.list({ root: place.share.path, path: place.path, peer }, { after: after?.slice(6), count }, until),
      ),
    );
    return this.#page(peer, place, entries, isMore);
  }

  /** What is under an id, as an item. Fails as `list`, and with ERR_SOURCE_MISSING for a folder that cannot be one item. */
  async describe(peer: PeerId, id: string, signal: AbortSignal): Promise<SharedItem> {
    this.#expectAllowed(peer);
    const place = this.#find(peer, id);
    const { item, etag } = await this.#whileShared({ peer, place, signal }, (until) => this.#open(peer, place, undefined, until));
    return { item, etag };
  }

  /**
   * Lets a peer get what is under an id: `use` brings the bytes over, and says whether the last of them has left. The signal
   * that it gets ends with `signal`, and when the item is not shared with the peer any more. `etag`: what it was described as,
   * which is given again where it is remembered. Fails as `describe`, GetQuestions.ask and `use`, and with ERR_BUSY for too many
   * at once.
   */
  async serve(
    { peer, id, etag, signal }: { peer: PeerId; id: string; etag: string | undefined; signal: AbortSignal },
    use: (source: SharedSource, signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> {
    this.#expectAllowed(peer);
    const place = this.#find(peer, id);
    if ([...this.#running].filter((one) => one.isBody && one.peer === peer).length >= limits.sharedBodiesPerPeer) {
      throw new FerryError('ERR_BUSY', 'the peer gets too much at the same time');
    }
    await this.#whileShared({ peer, place, signal, isBody: true }, async (until) => {
      const source = await this.#open(peer, place, etag, until);
      if (this.#options.asksFirst()) {
        const asked = [peer, place.share.id, place.path, source.etag].join(' ');
        await this.questions.ask(this.#named(peer), source.item, asked, until);
      }
      await this.#recorded(peer, source.item, () => use(source, until));
    });
  }

  /** Does work for a peer, who hears nothing of it where the place is not shared with it any more when it is done. */
  async #whileShared<T>(
    { peer, place, signal, isBody = false }: { peer: PeerId; place: Found; signal: AbortSignal; isBody?: boolean },
    work: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const running: Running = { peer, share: place.share.id, isBody, stop: new AbortController() };
    this.#running.add(running);
    try {
      const until = AbortSignal.any([signal, running.stop.signal]);
      const done = await work(until);
      // Of a body, what has left has left.
      if (!isBody) until.throwIfAborted();
      return done;
    } finally {
      this.#running.delete(running);
    }
  }

  async #recorded(peer: PeerId, item: PlainItem, move: () => Promise<boolean>): Promise<void> {
    const get: SharedGet = { id: randomToken(), peer: this.#named(peer), item, at: new Date(), state: 'moving' };
    let state: SharedGet['state'] = 'ended';
    this.#tell(get);
    try {
      if (await move()) state = 'done';
    } finally {
      this.#tell({ ...get, state });
      this.#options.log.info('a peer got what is shared', { peer, kind: item.kind, bytes: item.size, state });
    }
  }

  #tell(get: SharedGet): void {
    this.#options.gets.put(get);
    this.#gave.fire(get);
  }

  #page(peer: PeerId, { share, path }: Found, listed: readonly Omit<SharedEntry, 'id'>[], isMore: boolean): SharedPage {
    const { ids } = this.#options;
    const encoder = new TextEncoder();
    const entries: SharedEntry[] = [];
    let bytes = 0;
    for (const listedOne of listed) {
      const { name } = listedOne;
      const entry = { id: ids.make(peer, `at/${share.id}/${path === '' ? name : `${path}/${name}`}`), ...listedOne };
      // As it is read: what nobody sees takes six bytes for one.
      bytes += encoder.encode(JSON.stringify(entry)).length;
      if (entries.length > 0 && bytes > limits.sharedPageBytes) break;
      entries.push(entry);
    }
    const last = entries.at(-1);
    const goesOn = last !== undefined && (isMore || entries.length < listed.length);
    return { entries, ...(goesOn ? { next: ids.make(peer, `after/${last.name}`) } : {}) };
  }

  #sharesOf(peer: PeerId): readonly SharedEntry[] {
    const { shares, ids, book } = this.#options;
    const standing = book.trustOf(peer);
    return shares
      .entries()
      .filter((share) => isSharedWith(share, peer, standing))
      .map(({ id, name }) => ({ id: ids.make(peer, `at/${id}/`), kind: 'folder', name }));
  }

  /**
   * What an id stands for, as long as it is shared with this peer. Whoever asks learns nothing else: neither why, nor of
   * others.
   */
  #find(peer: PeerId, id: string): Found {
    const { shares, ids, book } = this.#options;
    const [, shareId, path] = /^at\/([^/]*)\/([\s\S]*)$/.exec(ids.read(peer, id) ?? '') ?? [];
    const share = shares.entries().find((one) => one.id === shareId);
    if (share === undefined || path === undefined || !isSharedWith(share, peer, book.trustOf(peer))) throw notShared();
    return { share, path };
  }

  #open(peer: PeerId, { share, path }: Found, etag: string | undefined, signal: AbortSignal): Promise<SharedSource> {
    const name = path === '' ? share.name : path.slice(path.lastIndexOf('/') + 1);
    return this.#walks.run(peer, signal, () => this.#options.disk.open({ root: share.path, path, peer, name }, etag, signal));
  }

  /** Who is neither paired nor this person hears nothing of what is shared, not even that it is nothing. */
  #expectAllowed(peer: PeerId): void {
    const standing = this.#options.book.trustOf(peer);
    if (standing === 'blocked') throw new FerryError('ERR_PEER_REJECTED', 'the peer is blocked');
    if (standing !== 'own' && standing !== 'paired') throw new FerryError('ERR_NOT_PAIRED', 'the peer is not paired');
  }

  #endWhatIsNotShared(): void {
    const { shares, book } = this.#options;
    for (const { peer, share: id, stop } of this.#running) {
      const share = shares.entries().find((one) => one.id === id);
      if (share === undefined || !isSharedWith(share, peer, book.trustOf(peer))) stop.abort(notShared());
    }
  }

  #named(peer: PeerId): NamedPeer {
    return calledBy(this.#options.book.find(peer), { id: peer, name: '' });
  }
}

function notShared(): FerryError {
  return new FerryError('ERR_NOT_SHARED', 'nothing is shared with this peer under this id');
}
