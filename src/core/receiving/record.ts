// An entry of the inbox as the journal keeps it: what was accepted, so that another process can go on with it, and what came of
// an offer. What is read back is `unknown` until it passed here.

import * as v from 'valibot';

import { decodeHex, encodeHex } from '../base/bytes.ts';
import { errorCodes, FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import { offer as offerSchema, plainItem } from '../wire/messages.ts';
import { type EntryState, entryId, type InboxEntry, isAccepted, landingOf, type ReceivedItem } from './entry.ts';
import type { ChosenPlace, Landing } from './store.ts';

/** An entry with what it was accepted with. */
export type Kept = { readonly entry: InboxEntry; readonly keepSealed: boolean };

const text = (bytes: number) => v.pipe(v.string(), v.maxBytes(bytes));
const n = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(limits.itemsPerOffer - 1));
const action = v.picklist(['print', 'save', 'printAndSave', 'open']);
const failed = v.array(v.object({ n, code: v.picklist(errorCodes) }));
const receivedItem = v.object({
  n,
  item: plainItem,
  sealedFor: v.exactOptional(v.picklist(['key', 'passphrase'])),
  wasSealed: v.boolean(),
  path: text(16_384),
  missing: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});
const place = v.exactOptional(v.object({ folder: text(16_384), name: v.exactOptional(text(4 * limits.nameBytes)) }));
const state = v.variant('phase', [
  v.object({ phase: v.literal('accepted'), action, place }),
  v.object({ phase: v.literal('received'), action, place, failed: v.exactOptional(failed) }),
  v.object({ phase: v.literal('declined') }),
  v.object({ phase: v.literal('expired') }),
  v.object({ phase: v.literal('cancelled'), by: v.picklist(['me', 'peer']) }),
  v.object({ phase: v.literal('failed'), code: v.picklist(errorCodes) }),
]);
const record = v.object({
  direction: v.literal('in'),
  peer: v.object({
    id: v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value)),
    name: text(limits.displayNameBytes),
    callsItself: v.exactOptional(text(limits.displayNameBytes)),
  }),
  offer: offerSchema,
  arrivedAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  fromStranger: v.boolean(),
  unasked: v.boolean(),
  keepSealed: v.boolean(),
  state,
  asked: v.exactOptional(v.array(v.object({ path: v.array(text(1024)), etag: text(256) }))),
  received: v.array(receivedItem),
});

type Stored = v.InferOutput<typeof record>;

/** What an entry is kept under. */
export function inboxKey(id: string): string {
  return `in/${id}`;
}

/** An entry as a record; undefined for one that waits, which its sender brings back by itself. */
export function recordOf({ entry, keepSealed }: Kept): Stored | undefined {
  const { peer, offerId, items, arrivedAt, fromStranger, unasked, received, asked } = entry;
  const stored = storedState(entry.state);
  if (stored === undefined) return undefined;
  const { id, name, callsItself } = peer;
  return {
    direction: 'in',
    peer: { id, name, ...(callsItself === undefined ? {} : { callsItself }) },
    offer: { id: offerId, sender: { name: '' }, items: [...items] },
    ...{ arrivedAt: arrivedAt.getTime(), fromStranger, unasked, keepSealed, state: stored },
    ...(asked === undefined ? {} : { asked: asked.map(({ path, etag }) => ({ path: [...path], etag })) }),
    received: received.map(({ sha256, ...item }) => ({
      ...item,
      ...(sha256 === undefined ? {} : { sha256: encodeHex(sha256) }),
    })),
  };
}

/** Reads a record; undefined where it is none of an entry. */
export function keptOf(value: unknown): Kept | undefined {
  const result = v.safeParse(record, value);
  if (!result.success) return undefined;
  const { peer, offer, arrivedAt, fromStranger, unasked, keepSealed, state: stored, asked } = result.output;
  const received: ReceivedItem[] = result.output.received.map(({ sha256, ...item }) => ({
    ...item,
    sha256: sha256 === undefined ? undefined : decodeHex(sha256),
  }));
  const { items } = offer;
  if (received.some((item) => item.n >= items.length)) return undefined;
  if (asked !== undefined && asked.length !== items.length) return undefined;
  const total = items.reduce((sum, { size }) => sum + size, 0);
  const entry: InboxEntry = {
    ...{ id: entryId(peer.id, offer.id), offerId: offer.id, peer, items, fromStranger, unasked, received },
    arrivedAt: new Date(arrivedAt),
    ...(asked === undefined ? {} : { asked }),
    state: stateOf(
      stored,
      received.reduce((sum, item) => sum + (items[item.n]?.size ?? 0), 0),
      total,
    ),
  };
  return { entry, keepSealed };
}

function storedState(state: EntryState): Stored['state'] | undefined {
  if (isAccepted(state)) return { phase: 'accepted', action: state.action, ...placeOf(state.place) };
  switch (state.phase) {
    case 'received': {
      const missing = state.failed?.map(({ n: number, error }) => ({ n: number, code: error.code }));
      return {
        phase: 'received',
        action: state.action,
        ...placeOf(state.landing),
        ...(missing === undefined ? {} : { failed: missing }),
      };
    }
    case 'failed':
      return { phase: 'failed', code: state.error.code };
    case 'cancelled':
      return { phase: 'cancelled', by: state.by };
    case 'declined':
    case 'expired':
      return { phase: state.phase };
    case 'waiting':
      return undefined;
  }
}

function stateOf(stored: Stored['state'], received: number, total: number): EntryState {
  switch (stored.phase) {
    case 'accepted':
      return { phase: 'paused', received, total, action: stored.action, ...placeOf(stored.place) };
    case 'received': {
      const missing = stored.failed?.map(({ n: number, code }) => ({ n: number, error: kept(code) }));
      const { action: done } = stored;
      return {
        phase: 'received',
        action: done,
        landing: landingOf(stored),
        ...(missing === undefined ? {} : { failed: missing }),
      };
    }
    case 'failed':
      return { phase: 'failed', error: kept(stored.code) };
    case 'declined':
    case 'expired':
    case 'cancelled':
      return stored;
  }
}

/** A place that was chosen, as a member; the others follow from the action. */
function placeOf(landing: Landing | undefined): { readonly place?: ChosenPlace } {
  return typeof landing === 'object' ? { place: landing } : {};
}

function kept(code: FerryError['code']): FerryError {
  return new FerryError(code, 'it failed in an earlier session');
}
