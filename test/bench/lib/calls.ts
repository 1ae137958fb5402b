// What the process that measures says to the processes that are measured, and what they answer.

import type { Address } from '../../../src/core/peers/address.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import type { SealKeyJwk } from '../../../src/core/wire/sealKey.ts';

/** How to reach a peer of another process, and what to seal for it with. */
export type Target = { readonly peerId: PeerId; readonly port: number; readonly sealKey: SealKeyJwk };

/** What a process used between `watch` and `watched`. */
export type Usage = {
  readonly cpuSeconds: number;
  /** The 99th percentile of the time between two turns of a timer of one millisecond. */
  readonly loopP99Ms: number;
  /** The longest of these times. */
  readonly loopMostMs: number;
  /** The most memory that was resident since the process began, in MB of 10^6 bytes. */
  readonly peakMb: number;
  /** Resident memory over time: seconds since `watch`, MB. */
  readonly samples: readonly (readonly [seconds: number, mb: number])[];
};

/** Each call with its question and its answer; a question of a call that needs none is empty. */
export type Calls = {
  /**
   * Starts the peer; `at` is when it began to. Received items land in `folder`. With `storage`, the peer is the one that used it
   * before, and has what was kept there. `unsynced`: nothing waits for the disk, to see what that costs.
   */
  start: {
    ask: { folder: string; mdnsPort: number; storage?: string; unsynced?: boolean };
    answer: Target & { at: number };
  };
  /** Ends the peer; `at` is when it began to. */
  stop: { ask: object; answer: { at: number } };
  /**
   * Sends files in offers of `perOffer` items, one offer after the other, and gives the milliseconds of each. `cold`: every offer
   * on a connection of its own. Items that have no name of their own are numbered.
   */
  send: {
    ask: { to: Target; paths: readonly string[]; perOffer: number; cold: boolean; sealed: boolean };
    answer: { times: readonly number[] };
  };
  /** Sends a folder as one item, and gives the milliseconds from the moment where it began to be gathered. */
  sendFolder: { ask: { to: Target; path: string }; answer: { ms: number } };
  /** Sends a file or folder as a person does: the transfer is kept, and waits for a peer who is away. Gives how it ended. */
  deliver: { ask: { to: Address; peerId: PeerId; path: string }; answer: { phase: string } };
  /** Goes on with the transfer that the process before this one had begun. Gives how it ended. */
  goOn: { ask: { to: Address }; answer: { phase: string } };
  /** Answers when the directory lists a peer with a window, or no longer; `at` is when. */
  sees: { ask: { peerId: PeerId; present: boolean }; answer: { at: number } };
  /** Writes messages, one after the other once each is delivered; `at` is when each began. */
  write: { ask: { to: Target; count: number }; answer: { at: readonly number[] } };
  /** Answers once so many messages of a peer, who was met before, are in their thread; `at` is when each was. */
  hears: { ask: { peerId: PeerId; count: number }; answer: { at: readonly number[] } };
  watch: { ask: object; answer: object };
  watched: { ask: object; answer: Usage };
};

/** A question as it travels. */
export type Question = { [Name in keyof Calls]: { id: number; name: Name; ask: Calls[Name]['ask'] } }[keyof Calls];

/** An answer as it travels; `error` is the text of what went wrong. */
export type Answer = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };
