// The fetcher: gets what peers share. What is to be got is an entry of the Inbox that is accepted from its beginning, and comes
// over as many connections as that takes; a peer who is away is waited for, and what was not done when the window closed goes
// on in the next one.

import { FerryError, toFerryError } from '../../base/errors.ts';
import type { Event } from '../../base/event.ts';
import { background, type Log } from '../../base/log.ts';
import type { PeerId } from '../../peers/peerId.ts';
import type { NamedPeer } from '../../peers/peers.ts';
import type { Session } from '../../presence.ts';
import { type Acceptance, type AskedItem, type InboxEntry, isAccepted, isOver } from '../../receiving/entry.ts';
import type { Inbox } from '../../receiving/inbox.ts';
import type { Wanted } from './browse.ts';
import type { Getting } from './getItem.ts';

// What speaks to peers is loaded with the first thing that is got.
const atPeers = () => import('./atPeer.ts');
const getItems = () => import('./getItem.ts');
const waiting = () => import('./comeBack.ts');

export type FetcherOptions = {
  readonly inbox: Inbox;
  /** What being online gives, or undefined. */
  readonly session: () => Session | undefined;
  /** Fires when `session` gives something else. */
  readonly onSession: Event<unknown>;
  /**
   * Whether things are got by commands, which may be given again: what an earlier one began of the same goes on then, as long as
   * the peer has it as it was, and a peer who stays away is waited for no more.
   */
  readonly byCommand: boolean;
  readonly log: Log;
};

type Job = Getting & { readonly stop: AbortController; ended: Promise<void> };

export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #jobs = new Map<string, Job>();

  constructor(options: FetcherOptions) {
    this.#options = options;
    options.inbox.onDidChange(({ before, entry }) => {
      const gone = entry ?? before;
      if (entry === undefined || isOver(entry.state)) this.#jobs.get(gone.id)?.stop.abort(left());
    });
  }

  /**
   * Begins to get things from a peer, and does with them what is said once they are here; gives the id of their entry in the
   * Inbox. Fails with ERR_CONNECTION_LOST while offline, as atPeer, findShared and describeShared, and as Inbox.ask.
   */
  async get(peer: NamedPeer, wanted: readonly Wanted[], acceptance: Acceptance, signal: AbortSignal): Promise<string> {
    const { inbox, byCommand } = this.#options;
    const session = this.#options.session();
    if (session === undefined) throw new FerryError('ERR_CONNECTION_LOST', 'this side is offline');
    const [{ atPeer }, { describeAll }] = await Promise.all([atPeers(), import('./browse.ts')]);
    const described = await atPeer(session, peer.id, signal, (link) => describeAll(link, wanted, signal));
    const asked = described.map(({ path, etag }) => ({ path, etag }));
    const { id, name, callsItself } = peer;
    const named: NamedPeer = { id, name, ...(callsItself === undefined ? {} : { callsItself }) };
    const items = described.map(({ item }) => item);
    const before = byCommand ? this.#begunBefore(id, asked, acceptance) : undefined;
    const entryId = before ?? (await inbox.ask(named, items, asked, acceptance));
    this.#begin(entryId, new Map(described.map(({ id: listed }, n) => [n, listed])));
    return entryId;
  }

  /** Resolves once nothing of an entry is being got any more: it is over, or was left. */
  async ended(id: string): Promise<void> {
    await this.#jobs.get(id)?.ended;
  }

  /** Ends the attempts for an entry, of which stays what has come. */
  async leave(id: string): Promise<void> {
    this.#jobs.get(id)?.stop.abort(left());
    await this.ended(id);
  }

  /** Goes on with what earlier processes began. */
  resume(): void {
    for (const { id, asked, state } of this.#options.inbox.entries) {
      if (asked !== undefined && isAccepted(state)) this.#begin(id, new Map());
    }
  }

  /** Ends every attempt, for another process to go on. */
  async rest(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const { stop } of jobs) stop.abort(left());
    await Promise.all(jobs.map(({ ended }) => ended));
  }

  /** The entry of what was begun of the same and is not over; what has changed at the peer since is begun anew. */
  #begunBefore(peer: PeerId, asked: readonly AskedItem[], { action, place }: Acceptance): string | undefined {
    const { inbox } = this.#options;
    const found = inbox.entries.find(
      (entry) =>
        entry.peer.id === peer &&
        isAccepted(entry.state) &&
        entry.state.action === action &&
        entry.state.place?.folder === place?.folder &&
        entry.asked?.map(pathOf).join('\n') === asked.map(pathOf).join('\n'),
    );
    if (found === undefined || found.asked?.every(({ etag }, n) => etag === asked[n]?.etag) === true) return found?.id;
    inbox.cancel(found.id);
    return undefined;
  }

  #begin(entryId: string, ids: Map<number, string>): void {
    const { inbox, log } = this.#options;
    if (this.#jobs.has(entryId)) return;
    const stop = new AbortController();
    const job: Job = { ...{ inbox, entryId, ids, stop, signal: stop.signal }, again: new Set(), ended: Promise.resolve() };
    this.#jobs.set(entryId, job);
    job.ended = this.#run(job).finally(() => this.#jobs.delete(entryId));
    background(job.ended, log, 'getting what is shared');
  }

  async #run(job: Job): Promise<void> {
    const { inbox, byCommand, log } = this.#options;
    for (let failures = 0; ; ) {
      const entry = inbox.find(job.entryId);
      if (job.signal.aborted || entry === undefined || !isAccepted(entry.state)) return;
      const before = entry.state.received;
      const error = await this.#attempt(job, entry);
      if (error === undefined) continue;
      const now = inbox.find(job.entryId)?.state;
      const hasMoved = now !== undefined && isAccepted(now) && now.received > before;
      failures = hasMoved ? 1 : failures + 1;
      log.debug('getting what is shared was interrupted', { code: error.code, failures });
      const { comeBack } = await waiting();
      if (!(await comeBack(entry.peer.id, failures, { ...this.#options, waits: !byCommand, signal: job.signal }))) return;
    }
  }

  /** One connection's worth. Gives what passes and cut it short; an item that cannot come is missed. */
  async #attempt(job: Job, { peer }: InboxEntry): Promise<FerryError | undefined> {
    const session = this.#options.session();
    if (session === undefined) return left();
    const [{ atPeer }, { getItem, isPassing }] = await Promise.all([atPeers(), getItems()]);
    try {
      await atPeer(session, peer.id, job.signal, (link) => getItem(link, job));
      return undefined;
    } catch (cause) {
      const error = toFerryError(cause);
      if (isPassing(error) || job.signal.aborted) return error;
      const { inbox } = this.#options;
      const wanted = ((await inbox.wanted(job.entryId)) ?? []).filter(({ complete }) => complete !== true);
      // Else no item is to blame: this peer is not spoken to.
      const gone = error.code === 'ERR_NOT_SHARED' ? wanted.slice(0, 1) : wanted;
      for (const { n } of gone) inbox.missed(job.entryId, n, error);
      return undefined;
    }
  }
}

function left(): FerryError {
  return new FerryError('ERR_CONNECTION_LOST', 'this side went away');
}

function pathOf({ path }: AskedItem): string {
  return path.join('/');
}
