// Pairings that peers begin with this one, from the commitment over the code to what both people say; and a note of those that
// this side began, because two pairings of the same two peers would show two codes.
//
//   begin() -> asked -> reveal() -> comparing -> confirm() by the person and confirmation() by the peer, in any order -> paired
//                 |-> decline(), the clock, either side's cancel, the end of the connection, a wrong reveal end it otherwise
//
// Nothing is asked of the person before `comparing`. An entry is an immutable value that is replaced as it moves on.

import { FerryError } from '../base/errors.ts';
import type { Disposable, Event } from '../base/event.ts';
import { type Change, Ledger } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { PairingAnswer } from '../wire/messages.ts';
import type { PairingChannel } from './channel.ts';
import { choicesOf } from './choices.ts';
import { codeOf, commitmentOf, newNonce } from './code.ts';
import { errorOfPairing, isPairingOver, type PairingEntry, type PairingState } from './entry.ts';
import { PairingHistory } from './history.ts';

/** A peer's request to pair. */
export type PairingBegin = {
  /** This side's own ID. */
  readonly own: PeerId;
  readonly peer: PairingEntry['peer'];
  /** As in PairingRequest. */
  readonly commitment: string;
  readonly channel: PairingChannel;
};

export type PairingsOptions = {
  /** How long a pairing lives, in milliseconds. */
  readonly lifeMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** Whether a peer was never met; without it every peer counts as a stranger. */
  readonly isStranger?: (peer: PeerId) => boolean;
};

/** A pairing that this side began. `settle` must be called once, when it is over. */
export type Initiated = { readonly settle: (end: 'paired' | 'failed' | 'none') => void };

type Settle = { readonly accept: () => void; readonly refuse: (error: FerryError) => void };

type Running = {
  entry: PairingEntry;
  readonly begin: PairingBegin;
  readonly exportedKey: Uint8Array;
  readonly nonce: string;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly ending: Disposable;
  revealed: boolean;
  settle: Settle | undefined;
};

const entriesKept = 20;

export class Pairings {
  readonly #ledger = new Ledger<PairingEntry>({
    kept: entriesKept,
    isOver: ({ state }) => isPairingOver(state),
    goesFirst: ({ peer }) => this.#isStranger(peer.id),
  });
  readonly #running = new Map<string, Running>();
  readonly #initiated = new Map<PeerId, { readonly stop: (reason: 'crossed' | 'cancelled') => void }>();
  readonly #history: PairingHistory;
  readonly #lifeMs: number;
  readonly #isStranger: (peer: PeerId) => boolean;

  constructor(options: PairingsOptions = {}) {
    this.#isStranger = options.isStranger ?? (() => true);
    this.#lifeMs = options.lifeMs ?? limits.pairingLifeMs;
    this.#history = new PairingHistory(options.now ?? (() => performance.now()));
  }

  /** Fires whenever an entry arrives, moves on or goes. */
  get onDidChange(): Event<Change<PairingEntry>> {
    return this.#ledger.onDidChange;
  }

  /** All entries, the newest first; of those that are over, the last few. */
  get entries(): readonly PairingEntry[] {
    return this.#ledger.entries;
  }

  /** The entry with this id, if it is still there. */
  find(id: string): PairingEntry | undefined {
    return this.#ledger.find(id);
  }

  /** Pairings with this peer, or with anybody, that began and failed since this window opened or since one with it went well. */
  failures(peer?: PeerId): number {
    return this.#history.failures(peer);
  }

  /** Refuses a peer's request to pair before it is read. Fails with ERR_BUSY where the limits forbid it. */
  expectPlace(peer: PeerId): void {
    if (!this.#history.mayBegin(peer, this.#isStranger(peer)))
      throw new FerryError('ERR_BUSY', 'too many pairings were begun of late');
  }

  /**
   * Takes a peer's request to pair. Fails with ERR_BUSY where the limits forbid it or one of this peer runs, with
   * ERR_PAIRING_CROSSED where this side began one with it that goes before, and as `channel.exportedKey`.
   */
  begin(begin: PairingBegin): PairingAnswer {
    const { own, peer, channel } = begin;
    const initiated = this.#initiated.get(peer.id);
    // Both began: both must drop the same one. The order of the two IDs is one that both know.
    if (initiated !== undefined && own < peer.id) throw new FerryError('ERR_PAIRING_CROSSED', 'our own pairing goes before');
    const exportedKey = channel.exportedKey();
    if (this.#runs(peer.id)) throw new FerryError('ERR_BUSY', 'a pairing with this peer runs already');
    if (!this.#history.admit(peer.id, this.#isStranger(peer.id)))
      throw new FerryError('ERR_BUSY', 'too many pairings were begun of late');
    initiated?.stop('crossed');
    const id = randomToken();
    const nonce = newNonce();
    const failuresBefore = this.#history.failures(peer.id);
    const running: Running = {
      entry: { id, peer, askedAt: new Date(), failuresBefore, state: { phase: 'asked' } },
      ...{ begin, exportedKey, nonce, revealed: false, settle: undefined },
      timer: setTimeout(() => this.#end(id, { phase: 'expired' }), this.#lifeMs),
      ending: channel.onEnd(() => this.#end(id, { phase: 'cancelled', by: 'peer' })),
    };
    this.#running.set(id, running);
    this.#ledger.put(running.entry);
    return { id, nonce };
  }

  /**
   * The peer reveals what it committed to; the code is there then. Fails with ERR_PAIRING_MISMATCH where it is something else,
   * which ends the pairing; with ERR_NOT_FOUND, ERR_MESSAGE_UNEXPECTED, or what the pairing ended with.
   */
  async reveal(peer: PeerId, id: string, nonce: string, channel: PairingChannel): Promise<void> {
    const running = this.#expect(peer, id, channel);
    if (running.revealed) throw errorOfPairing(running.entry.state);
    running.revealed = true;
    const { begin, exportedKey } = running;
    const roles = { initiator: peer, responder: begin.own };
    const fits = (await commitmentOf(nonce, roles)) === begin.commitment;
    if (!fits) {
      const error = new FerryError('ERR_PAIRING_MISMATCH', 'the nonce is not the one that was committed to');
      this.#end(id, { phase: 'failed', error });
      throw error;
    }
    const code = await codeOf({ ...roles, initiatorNonce: nonce, responderNonce: running.nonce, exportedKey });
    if (this.#running.get(id) !== running) throw errorOfPairing(running.entry.state);
    this.#move(running, { phase: 'comparing', code, choices: choicesOf(code), confirmed: 'nobody' });
  }

  /**
   * The peer's person has confirmed; waits for this side's. Fails with ERR_PAIRING_DECLINED, ERR_PAIRING_EXPIRED, ERR_CANCELLED,
   * ERR_NOT_FOUND or ERR_MESSAGE_UNEXPECTED.
   */
  async confirmation(peer: PeerId, id: string, channel: PairingChannel): Promise<void> {
    const running = this.#expect(peer, id, channel);
    const { state } = running.entry;
    if (state.phase !== 'comparing' || running.settle !== undefined) throw errorOfPairing(state);
    return new Promise((accept, refuse) => {
      running.settle = { accept, refuse };
      if (state.confirmed === 'me') this.#end(id, { phase: 'paired' });
      else this.#move(running, { ...state, confirmed: 'peer' });
    });
  }

  /** The peer takes its request back (`DELETE`). Fails with ERR_NOT_FOUND. */
  withdraw(peer: PeerId, id: string): void {
    const isItsOwn = this.#running.get(id)?.entry.peer.id === peer;
    if (!isItsOwn) throw new FerryError('ERR_NOT_FOUND', 'there is no such pairing');
    this.#end(id, { phase: 'cancelled', by: 'peer' });
  }

  /** The person says that the codes are the same; false where there is no code to compare any more. */
  confirm(id: string): boolean {
    const running = this.#running.get(id);
    const state = running?.entry.state;
    if (running === undefined || state?.phase !== 'comparing' || state.confirmed === 'me') return false;
    if (state.confirmed === 'peer') this.#end(id, { phase: 'paired' });
    else this.#move(running, { ...state, confirmed: 'me' });
    return true;
  }

  /**
   * The person picks the number that the other person reads out. The code confirms, any other ends the pairing, since somebody
   * may sit between the two; false where there is nothing to pick any more.
   */
  pick(id: string, code: string): boolean {
    const state = this.#running.get(id)?.entry.state;
    if (state?.phase !== 'comparing') return false;
    return state.code === code ? this.confirm(id) : this.#end(id, { phase: 'declined', differed: true });
  }

  /** The person declines, or sees that the codes differ; false where the pairing is over. */
  decline(id: string): boolean {
    return this.#end(id, { phase: 'declined' });
  }

  /**
   * Notes that this side begins a pairing with a peer. `stop` is called where it must give way: to one that the peer began at the
   * same time (`crossed`), or to `cancelPeer` and `cancelAll`. Fails with ERR_PAIRING_CROSSED where one that the peer began runs,
   * and with ERR_BUSY where one that this side began does.
   */
  initiate(peer: PeerId, stop: (reason: 'crossed' | 'cancelled') => void): Initiated {
    if (this.#runs(peer)) throw new FerryError('ERR_PAIRING_CROSSED', 'the peer has asked to pair already');
    if (this.#initiated.has(peer)) throw new FerryError('ERR_BUSY', 'a pairing with this peer runs already');
    const initiated = { stop };
    this.#initiated.set(peer, initiated);
    return {
      settle: (end) => {
        if (this.#initiated.get(peer) !== initiated) return;
        this.#initiated.delete(peer);
        if (end === 'paired') this.#history.succeeded(peer);
        if (end === 'failed') this.#history.failed(peer);
      },
    };
  }

  /** Takes an entry that is over out of the list. */
  remove(id: string): void {
    this.#ledger.remove(id);
  }

  /** Ends what runs with one peer, as cancelled by this side. */
  cancelPeer(peer: PeerId): void {
    for (const [id, { entry }] of this.#running) if (entry.peer.id === peer) this.#end(id, { phase: 'cancelled', by: 'me' });
    this.#initiated.get(peer)?.stop('cancelled');
  }

  /** Ends everything that runs, as cancelled by this side. */
  cancelAll(): void {
    for (const id of [...this.#running.keys()]) this.#end(id, { phase: 'cancelled', by: 'me' });
    for (const { stop } of [...this.#initiated.values()]) stop('cancelled');
  }

  #runs(peer: PeerId): boolean {
    return [...this.#running.values()].some(({ entry }) => entry.peer.id === peer);
  }

  /** The pairing that a call is for. Whose it is must be right, and the connection the one that its code will be bound to. */
  #expect(peer: PeerId, id: string, channel: PairingChannel): Running {
    const entry = this.find(id);
    if (entry?.peer.id !== peer) throw new FerryError('ERR_NOT_FOUND', 'there is no such pairing');
    const running = this.#running.get(id);
    if (running === undefined) throw errorOfPairing(entry.state);
    if (running.begin.channel.connection !== channel.connection) {
      throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'the pairing began on another connection');
    }
    return running;
  }

  #move(running: Running, state: PairingState): void {
    running.entry = { ...running.entry, state };
    this.#ledger.put(running.entry);
  }

  /** Ends a pairing that is not over yet; false where it is. */
  #end(id: string, state: PairingState): boolean {
    const running = this.#running.get(id);
    if (running === undefined) return false;
    this.#running.delete(id);
    clearTimeout(running.timer);
    running.ending.dispose();
    const peer = running.entry.peer.id;
    if (state.phase === 'paired') {
      this.#history.succeeded(peer);
      running.settle?.accept();
    } else {
      this.#history.failed(peer);
      running.settle?.refuse(errorOfPairing(state));
    }
    this.#move(running, state);
    return true;
  }
}
