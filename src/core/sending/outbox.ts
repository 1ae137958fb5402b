// The outbox: every transfer to a peer, from the person's wish to its end, over as many attempts as that takes. A peer who is
// away is waited for; what moves can be paused and goes on where it stopped; what was not done when the window closed is there
// again.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { isPassing } from '../base/interruption.ts';
import { type Change, Ledger } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { background, type Log } from '../base/log.ts';
import { ended } from '../base/pause.ts';
import type { PeerBook } from '../peers/book.ts';
import type { Session } from '../presence.ts';
import { withdrawOfferCall } from '../wire/calls.ts';
import { totalSize } from '../wire/item.ts';
import { appearance } from './appearance.ts';
import { type Continuing, continued, continuedMemory } from './continued.ts';
import type { Delivery } from './deliver.ts';
import { type DeliveryMemory, newMemory } from './memory.ts';
import { goneOf, isDone, type OutgoingEntry } from './outgoing.ts';
import type { OutgoingJournal } from './outgoingJournal.ts';
import { reach } from './reach.ts';
import type { TransferOutcome } from './transfer.ts';
import { Turns } from './turns.ts';

export type OutboxOptions = {
  /** What being online gives, or undefined. */
  readonly session: () => Session | undefined;
  /** Fires when `session` gives something else. */
  readonly onSession: Event<unknown>;
  readonly book: PeerBook;
  readonly log: Log;
  readonly journal?: OutgoingJournal;
  /** What it takes to go on with what an earlier process began. */
  readonly continuing?: Continuing;
};

/** A transfer that was begun: `outcome` is how it ends, whenever that is. */
export type Sending = { readonly id: string; readonly outcome: Promise<TransferOutcome> };

type Job = {
  entry: OutgoingEntry;
  readonly delivery: Delivery;
  readonly memory: DeliveryMemory;
  wish: 'go' | 'pause' | 'cancel';
  /** Ends what the job does now: its attempt, or its waiting. */
  step: AbortController;
};

const dayMs = 24 * 60 * 60_000;
/** Transfers that are over; beyond that the oldest goes. */
const kept = 500;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #ledger = new Ledger<OutgoingEntry>({ kept, isOver: ({ state }) => isDone(state) || state.phase === 'paused' });
  readonly #jobs = new Map<string, Job>();
  readonly #turns = new Turns();

  constructor(options: OutboxOptions) {
    this.#options = options;
    options.onSession(() => this.#sessionChanged());
    options.journal?.follow((id, entry) => this.#changedElsewhere(id, entry));
  }

  /** Fires whenever a transfer comes, moves on or goes. */
  get onDidChange(): Event<Change<OutgoingEntry>> {
    return this.#ledger.onDidChange;
  }

  /** All transfers, the newest first. */
  get entries(): readonly OutgoingEntry[] {
    return this.#ledger.entries;
  }

  find(id: string): OutgoingEntry | undefined {
    return this.#ledger.find(id);
  }

  /** Begins a transfer, or goes on with one that is paused, gathered anew. Never fails: every end is an outcome. */
  send(delivery: Delivery, before?: OutgoingEntry): Sending {
    const memory = before === undefined ? newMemory() : continuedMemory(before, delivery.items);
    const entry: OutgoingEntry = {
      ...{
        id: memory.offerId,
        createdAt: before?.createdAt ?? new Date(),
        sealing: delivery.sealing.kind,
        state: { phase: 'queued' },
      },
      peer: { id: delivery.peer.id, name: delivery.peer.name, callsItself: delivery.peer.callsItself },
      items: delivery.items.map(({ offered }) => offered),
      files: delivery.items.map(({ file }) => file),
    };
    return this.#begin({ entry, delivery, memory, wish: 'go', step: new AbortController() });
  }

  /** Stops a transfer for a while; the peer keeps what it has. False where it is over or was begun by another process. */
  pause(id: string): boolean {
    return this.#wish(id, 'pause');
  }

  /**
   * Goes on with a transfer that was paused, at once where it waits for its peer; false where it is over. Fails as `continued`
   * for one that an earlier process began, which has failed then, and the peer is told.
   */
  async resume(id: string): Promise<boolean> {
    if (this.#wish(id, 'go')) return true;
    const { continuing, log } = this.#options;
    const entry = this.#ledger.find(id);
    if (entry?.state.phase !== 'paused' || continuing === undefined) return false;
    // Meanwhile the person may have cancelled or removed it, or asked for the same twice.
    const waits = (): boolean => this.#ledger.find(id) === entry && !this.#jobs.has(id);
    try {
      const delivery = await continued(entry, continuing);
      if (!waits()) return false;
      const memory = continuedMemory(entry, delivery.items);
      const job = { entry, delivery, memory, wish: 'go', step: new AbortController() } as const;
      background(this.#begin(job).outcome, log, 'going on with a transfer');
      return true;
    } catch (cause) {
      if (!waits()) return false;
      this.#show({ ...entry, state: { phase: 'failed', error: toFerryError(cause) } });
      this.#write(id);
      this.#withdraw(entry);
      throw cause;
    }
  }

  /** The person stops a transfer for good, and the peer is told. False where it is over. */
  cancel(id: string): boolean {
    if (this.#wish(id, 'cancel')) return true;
    const entry = this.#ledger.find(id);
    if (entry?.state.phase !== 'paused') return false;
    this.#show({ ...entry, state: { phase: 'cancelled', by: 'me' } });
    this.#write(id);
    this.#withdraw(entry);
    return true;
  }

  /** Takes a transfer that is over out of the list, in every window. */
  remove(id: string): void {
    if (this.#jobs.has(id) || !this.#ledger.remove(id)) return;
    const { journal, log } = this.#options;
    if (journal !== undefined) background(journal.remove(id), log, 'removing a transfer');
  }

  /** Shows what the journal has; what has ended goes after so many days. */
  async restore(days: number): Promise<void> {
    const { journal, log } = this.#options;
    const restoreOne = async (entry: OutgoingEntry): Promise<void> => {
      if (Date.now() - entry.createdAt.getTime() > days * dayMs) await journal?.remove(entry.id);
      else if (isDone(entry.state) || (await journal?.claim(entry.id)) === true) this.#ledger.put(entry);
    };
    for (const entry of journal?.entries() ?? []) {
      await restoreOne(entry).catch((cause: unknown) => {
        log.warn('a transfer could not be taken up', { code: toFerryError(cause).code });
      });
    }
  }

  /** Ends every attempt, for another process to go on; the peers keep what they have. Never fails. */
  async rest(): Promise<void> {
    for (const job of this.#jobs.values()) {
      job.wish = 'pause';
      job.step.abort();
    }
    for (const id of this.#jobs.keys()) this.#write(id);
    await this.#options.journal?.idle();
  }

  #begin(job: Job): Sending {
    const { id } = job.entry;
    this.#jobs.set(id, job);
    this.#show({ ...job.entry, gone: () => goneOf(job.delivery.items), state: { phase: 'queued' } });
    this.#write(id);
    return { id, outcome: this.#run(job).finally(() => this.#jobs.delete(id)) };
  }

  async #run(job: Job): Promise<TransferOutcome> {
    const { id } = job.entry;
    for (let failures = 0; ; ) {
      job.step = new AbortController();
      if (job.wish === 'cancel') {
        this.#withdraw(job.entry);
        return this.#end(job, { phase: 'cancelled', by: 'me' });
      }
      if (job.wish === 'pause') {
        this.#show({ ...job.entry, state: { phase: 'paused' } });
        await ended(job.step.signal);
        continue;
      }
      const before = job.memory.moved.arrived.size;
      const outcome = await this.#attempt(job);
      if (wasStopped(outcome) && wishOf(job) !== 'cancel') continue;
      if (!this.#mayWait(job, outcome)) return this.#end(job, outcome);
      failures = job.memory.moved.arrived.size > before ? 0 : failures + 1;
      this.#show({ ...job.entry, state: { phase: 'away' } });
      this.#write(id);
      await appearance(job.entry.peer.id, failures, { ...this.#options, signal: job.step.signal });
    }
  }

  async #attempt(job: Job): Promise<TransferOutcome> {
    const { session, book, log } = this.#options;
    const { delivery, memory, step } = job;
    this.#show({ ...job.entry, state: { phase: 'queued' } });
    const release = await this.#turns.take(delivery.peer.id, totalSize(job.entry.items), step.signal);
    try {
      const { deliver } = await import('./deliver.ts');
      const online = session();
      if (online === undefined) return { phase: 'failed', error: new FerryError('ERR_CONNECTION_LOST', 'this side is offline') };
      return await deliver(delivery, {
        ...{ session: online, book, log, memory, signal: step.signal },
        pauses: () => job.wish !== 'cancel',
        onState: (state) => {
          if (!isDone(state)) this.#show({ ...job.entry, state });
        },
      });
    } finally {
      release();
    }
  }

  /** Tells a peer who is not being sent to just now; it finds out by itself where nobody can tell it. */
  #withdraw({ id, peer }: OutgoingEntry): void {
    const { session, log } = this.#options;
    const online = session();
    if (online === undefined) return;
    const tell = async (): Promise<void> => {
      const link = await reach(online, peer.id, AbortSignal.timeout(limits.dialMs));
      await link.tell(withdrawOfferCall(id)).finally(() => link.close());
    };
    background(tell(), log, 'taking an offer back');
  }

  /** Whoever was met, or has accepted, is waited for; a stranger who is not there was mistyped as a rule. */
  #mayWait({ entry, memory, delivery }: Job, outcome: TransferOutcome): boolean {
    const error = outcome.phase === 'failed' || outcome.phase === 'partly' ? outcomeError(outcome) : undefined;
    if (error === undefined || Date.now() - entry.createdAt.getTime() > limits.awayLifeMs) return false;
    if (error.code === 'ERR_PEER_UNREACHABLE' || error.code === 'ERR_PEER_MISMATCH') {
      return memory.moved.arrived.size > 0 || ['known', 'paired'].includes(delivery.peer.trust);
    }
    return isPassing(error);
  }

  #end(job: Job, outcome: TransferOutcome): TransferOutcome {
    this.#show({ ...job.entry, state: outcome });
    this.#write(job.entry.id);
    return outcome;
  }

  #wish(id: string, wish: Job['wish']): boolean {
    const job = this.#jobs.get(id);
    if (job === undefined) return false;
    job.wish = wish;
    // What moves is left alone by whoever wants it to go on.
    if (wish !== 'go' || ['paused', 'away'].includes(job.entry.state.phase)) job.step.abort();
    return true;
  }

  #show(entry: OutgoingEntry): void {
    const job = this.#jobs.get(entry.id);
    if (job !== undefined) job.entry = entry;
    this.#ledger.put(entry);
  }

  #write(id: string): void {
    background(this.#written(id), this.#options.log, 'writing a transfer down');
  }

  async #written(id: string): Promise<void> {
    const entry = this.#ledger.find(id);
    if (entry !== undefined) await this.#options.journal?.write(entry);
  }

  #sessionChanged(): void {
    const isOnline = this.#options.session() !== undefined;
    for (const { entry, step } of this.#jobs.values()) {
      if (isOnline === (entry.state.phase === 'away') && entry.state.phase !== 'paused') step.abort();
    }
  }

  #changedElsewhere(id: string, entry: OutgoingEntry | undefined): void {
    if (this.#jobs.has(id)) return;
    if (entry === undefined) this.#ledger.remove(id);
    else if (isDone(entry.state)) this.#ledger.put(entry);
  }
}

/** Whether an attempt ended because of what the person wants, or because this side went offline, and not by itself. */
function wasStopped(outcome: TransferOutcome): boolean {
  return outcome.phase === 'cancelled' && outcome.by === 'me';
}

function outcomeError(outcome: Extract<TransferOutcome, { phase: 'failed' | 'partly' }>): FerryError | undefined {
  return outcome.phase === 'failed' ? outcome.error : outcome.failed.find(({ error }) => isPassing(error))?.error;
}

/** It may have changed while something else was awaited. */
const wishOf = ({ wish }: Job): Job['wish'] => wish;
