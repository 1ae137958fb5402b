// What was sent, is being sent, or waits to be: an entry for each transfer, which a window shows and the journal keeps.

import * as v from 'valibot';

import { errorCodes, FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { ItemSource, PlainItem, SourceFile } from '../wire/item.ts';
import { plainItem } from '../wire/messages.ts';
import type { Sealing } from './deliver.ts';
import type { TransferState } from './transfer.ts';

/**
 * `queued`: others go first. `away`: the peer cannot be reached and is looked for. `paused`: by the person, or because the window
 * that sent was closed; it goes on when the person says so.
 */
export type OutgoingState =
  | TransferState
  | { readonly phase: 'queued' }
  | { readonly phase: 'away' }
  | { readonly phase: 'paused' };

export type OutgoingEntry = {
  /** The offer's id. */
  readonly id: string;
  readonly peer: NamedPeer;
  readonly items: readonly PlainItem[];
  /** The file or folder of each item that is one. */
  readonly files: readonly (SourceFile | undefined)[];
  readonly sealing: Sealing['kind'];
  readonly createdAt: Date;
  readonly state: OutgoingState;
  /** How many entries of its folders were left out since they were gathered; known to the process that sends. */
  readonly gone?: () => number;
};

/** How many entries of folders were left out since they were gathered. */
export function goneOf(items: readonly ItemSource[]): number {
  return items.reduce((sum, { leftOutLate }) => sum + (leftOutLate?.() ?? 0), 0);
}

/** Whether nothing more comes of a transfer. */
export function isDone({ phase }: OutgoingState): boolean {
  return ['delivered', 'partly', 'declined', 'expired', 'cancelled', 'failed'].includes(phase);
}

const n = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(limits.itemsPerOffer - 1));
const code = v.picklist(errorCodes);
const failures = v.array(v.object({ n, code }));
const state = v.variant('phase', [
  v.object({ phase: v.literal('paused') }),
  v.object({ phase: v.literal('delivered'), bytes: v.number() }),
  v.object({ phase: v.literal('partly'), bytes: v.number(), arrived: v.array(n), failed: failures }),
  v.object({ phase: v.literal('declined') }),
  v.object({ phase: v.literal('expired') }),
  v.object({ phase: v.literal('cancelled'), by: v.picklist(['me', 'peer']) }),
  v.object({ phase: v.literal('failed'), code }),
]);
const text = (bytes: number) => v.pipe(v.string(), v.maxBytes(bytes));
const hash = text(64);
const folder = v.object({
  rules: v.object({
    followGitignore: v.boolean(),
    // Enough for what a person writes into settings; a folder with more is one that no other process can gather again.
    exclude: v.pipe(v.array(text(1024)), v.maxLength(100)),
    includeSecrets: v.boolean(),
  }),
  paths: hash,
});
const sourceFile = v.object({ path: text(16_384), stamp: text(256), folder: v.exactOptional(folder) });
const record = v.object({
  direction: v.literal('out'),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  peer: v.object({
    id: v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value)),
    name: text(limits.displayNameBytes),
    callsItself: v.exactOptional(text(limits.displayNameBytes)),
  }),
  items: v.pipe(v.array(plainItem), v.minLength(1), v.maxLength(limits.itemsPerOffer)),
  files: v.array(v.nullable(sourceFile)),
  sealing: v.picklist(['none', 'key', 'passphrase']),
  createdAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  state,
});

type Stored = v.InferOutput<typeof record>;

/** What a transfer is kept under. */
export function outgoingKey(id: string): string {
  return `out/${id}`;
}

/** An entry as a record. No passphrase is in it, and no content. */
export function recordOfOutgoing(entry: OutgoingEntry): Stored {
  const { id, name, callsItself } = entry.peer;
  return {
    direction: 'out',
    id: entry.id,
    peer: { id, name, ...(callsItself === undefined ? {} : { callsItself }) },
    items: [...entry.items],
    files: entry.files.map((file) => storedFile(file)),
    sealing: entry.sealing,
    createdAt: entry.createdAt.getTime(),
    state: storedState(entry.state),
  };
}

/** Reads a record; undefined where it is none of a transfer. One that was not done is paused. */
export function outgoingOf(value: unknown): OutgoingEntry | undefined {
  const result = v.safeParse(record, value);
  if (!result.success) return undefined;
  const { id, peer, items, files, sealing, createdAt, state: stored } = result.output;
  return {
    ...{ id, peer, items, sealing, createdAt: new Date(createdAt), state: stateOf(stored) },
    files: items.map((_, index) => files[index] ?? undefined),
  };
}

function storedFile(file: SourceFile | undefined): Stored['files'][number] {
  const result = v.safeParse(sourceFile, file);
  return result.success ? result.output : null;
}

function storedState(now: OutgoingState): Stored['state'] {
  switch (now.phase) {
    case 'delivered':
      return { phase: 'delivered', bytes: now.bytes };
    case 'partly': {
      const failed = now.failed.map(({ n: number, error }) => ({ n: number, code: error.code }));
      return { phase: 'partly', bytes: now.bytes, arrived: [...now.arrived], failed };
    }
    case 'failed':
      return { phase: 'failed', code: now.error.code };
    case 'cancelled':
      return { phase: 'cancelled', by: now.by };
    case 'declined':
    case 'expired':
      return { phase: now.phase };
    case 'queued':
    case 'reaching':
    case 'waiting':
    case 'moving':
    case 'interrupted':
    case 'away':
    case 'paused':
      return { phase: 'paused' };
  }
}

function stateOf(stored: Stored['state']): OutgoingState {
  const error = (its: FerryError['code']): FerryError => new FerryError(its, 'it failed in an earlier session');
  switch (stored.phase) {
    case 'delivered':
      return { ...stored, digests: [] };
    case 'partly':
      return { ...stored, failed: stored.failed.map((one) => ({ n: one.n, error: error(one.code) })) };
    case 'failed':
      return { phase: 'failed', error: error(stored.code) };
    case 'paused':
    case 'declined':
    case 'expired':
    case 'cancelled':
      return stored;
  }
}
