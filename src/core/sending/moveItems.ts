// Moves the bytes of the items that a peer accepted, one after the other. An item that fails by itself leaves the others: its
// file changed, or the peer has no space for it. What ends the connection leaves off, for the next connection to go on; what ends
// the offer ends the rest.

import { exactly } from '../base/bytes.ts';
import { type ErrorCode, FerryError, toFerryError } from '../base/errors.ts';
import type { PeerLink } from '../peers/link.ts';
import type { AcceptedItem, OfferAnswer, OutgoingItem } from '../wire/item.ts';
import { ItemHash } from './itemHash.ts';
import { fromBeginning, type Moved } from './memory.ts';

const restlessTimes = 3;

export type MoveRequest = {
  readonly offerId: string;
  readonly answer: OfferAnswer;
  readonly items: readonly OutgoingItem[];
  /** The link that the offer was accepted on. */
  readonly link: PeerLink;
  /** A link to the same window for what comes after an item that failed. Fails as Dial. */
  readonly relink: () => Promise<PeerLink>;
};

export type MoveOptions = {
  readonly signal: AbortSignal;
  readonly onMoved: (sent: number, total: number) => void;
};

/**
 * Moves what is wanted of the items that are not in `moved` yet, and puts them there. Gives what cut it short, if anything did;
 * items that were not begun are not in `moved` then. Fails with ERR_MESSAGE_INVALID where the answer names an item that was not
 * offered.
 */
export async function moveItems(request: MoveRequest, moved: Moved, options: MoveOptions): Promise<FerryError | undefined> {
  const { answer, items } = request;
  const wanted = answer.items.map((accepted) => ({ ...accepted, item: itemOf(items, accepted.n) }));
  for (const n of moved.hashes.keys()) {
    // It was accepted, and some of it left: why it failed over there was lost with a connection.
    if (moved.arrived.has(n) || moved.failed.has(n) || wanted.some((accepted) => accepted.n === n)) continue;
    moved.failed.set(n, new FerryError('ERR_UNEXPECTED', 'the item is not wanted any more', { remote: true }));
  }
  const total = wanted.reduce((sum, { item }) => sum + item.offered.size, 0);
  let link: PeerLink | undefined = request.link;
  let before = 0;
  const here = wanted.reduce((sum, { from, n }) => sum + (moved.failed.has(n) ? 0 : from), 0);
  options.onMoved(here, total);
  for (const { n, item, ...accepted } of wanted) {
    const { size } = item.offered;
    if (accepted.complete === true && !moved.arrived.has(n)) moved.arrived.set(n, undefined);
    if (!moved.arrived.has(n) && !moved.failed.has(n)) {
      try {
        link ??= await request.relink();
        const onSent = (bytes: number): void => options.onMoved(before + bytes, total);
        moved.arrived.set(
          n,
          await moveItem(link, { n, ...accepted }, item, { ...request, ...options, moved, onSent, isOne: wanted.length === 1 }),
        );
      } catch (cause) {
        const error = toFerryError(cause);
        if (!options.signal.aborted && goesAnew(n, accepted.from, item, moved, error)) {
          return new FerryError('ERR_CONNECTION_LOST', 'an item is sent once more from its beginning', { cause: error });
        }
        if (options.signal.aborted || !isOfItem(error)) return error;
        moved.failed.set(n, error);
        if (wanted.length === 1) return error;
        // The peer may have closed the connection under a body that it did not want.
        link = undefined;
      }
    }
    before += size;
  }
  return undefined;
}

type MoveOne = Pick<MoveRequest, 'offerId'> &
  Pick<MoveOptions, 'signal'> & { readonly moved: Moved; readonly onSent: (bytes: number) => void; readonly isOne: boolean };

async function moveItem(
  link: PeerLink,
  accepted: AcceptedItem,
  item: OutgoingItem,
  { offerId, moved, signal, onSent, isOne }: MoveOne,
): Promise<Uint8Array> {
  const { n, ahead } = accepted;
  const { size } = item.offered;
  const isResumed = accepted.from > 0 && item.resumes === true && moved.hashes.get(n) !== fromBeginning;
  const from = isResumed ? accepted.from : 0;
  const known = from === 0 ? undefined : moved.hashes.get(n);
  const hash = known !== undefined && known.at >= from ? known : new ItemHash(link.createHash());
  moved.hashes.set(n, hash);
  const wrong = (): FerryError => changedSource(size);
  // A trailer says that the bytes before it are the item: other bytes than were offered must not get so far.
  const bytes = exactly(item.open(signal, from), size - from, wrong);
  // What another process has sent is read beside the network, for the digest of all of it.
  const whole = hash.at < from ? exactly(item.open(signal), size, wrong) : undefined;
  // Where the peer has begun anew as a process, it cannot read a folder back for the digest of all of it.
  const provesRest = from > 0 && item.offered.kind === 'folder';
  const request = {
    ...{ offerId, n, from, bytes, hash, provesRest },
    ...(ahead === undefined ? {} : { ahead }),
    ...(whole === undefined ? {} : { whole }),
  };
  let isOver = false;
  const tell = (sent: number): void => {
    // What was being written when the item ended may leave a moment later.
    if (!isOver) onSent(from + sent);
  };
  try {
    return await link.put({ ...request, onSent: tell, mayEndEarly: !isOne }, signal);
  } finally {
    isOver = true;
  }
}

/**
 * Whether an item is sent from its beginning again: once where it was put together from several connections and is not what was
 * sent, and a few times where something in a folder changed while it was read, which is left out then.
 */
function goesAnew(n: number, from: number, item: OutgoingItem, moved: Moved, { code, remote }: FerryError): boolean {
  const times = moved.anew.get(n) ?? 0;
  const isMismatch = remote && code === 'ERR_DIGEST_MISMATCH' && from > 0 && item.resumes === true && times === 0;
  const isRestless = !remote && code === 'ERR_SOURCE_CHANGED' && item.mayChange === true && times < restlessTimes;
  if (!isMismatch && !isRestless) return false;
  moved.anew.set(n, times + 1);
  moved.hashes.set(n, fromBeginning);
  return true;
}

function itemOf(items: readonly OutgoingItem[], n: number): OutgoingItem {
  const item = items[n];
  if (item === undefined) throw new FerryError('ERR_MESSAGE_INVALID', 'the answer names an item that was not offered');
  return item;
}

function changedSource(offered: number): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'the item does not have the size that was offered', { detail: { offered } });
}

const ofReceiver: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_ITEM_TOO_LARGE',
  'ERR_SIZE_MISMATCH',
  'ERR_DIGEST_MISMATCH',
  'ERR_UNSEAL_FAILED',
  'ERR_NO_SPACE',
  'ERR_FOLDER_UNUSABLE',
  'ERR_UNEXPECTED',
]);

/** Whether an error says something of one item and nothing of the connection or the offer. */
function isOfItem({ code, remote }: FerryError): boolean {
  return remote ? ofReceiver.has(code) : isOfSource({ code });
}

/** Whether an error says that a source cannot be read any more. */
export function isOfSource({ code }: Pick<FerryError, 'code'>): boolean {
  return code === 'ERR_SOURCE_MISSING' || code === 'ERR_SOURCE_CHANGED';
}
