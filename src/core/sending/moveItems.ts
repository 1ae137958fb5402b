// Moves the bytes of the items that a peer accepted, one after the other. An item that fails by itself leaves the others: its
// file changed, or the peer has no space for it. What ends the connection, or the offer, ends the rest.

import { exactly } from '../base/bytes.ts';
import { type ErrorCode, FerryError, toFerryError } from '../base/errors.ts';
import type { PeerLink } from '../peers/link.ts';
import type { OfferAnswer, OutgoingItem } from '../wire/item.ts';

/** Why one item of an offer, its `n`th, did not arrive. */
export type ItemFailure = { readonly n: number; readonly error: FerryError };

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

/** What became of each item. `end`: what all those of `failed` that were not begun have in common. */
export type Moved = {
  readonly arrived: readonly { readonly n: number; readonly sha256: Uint8Array }[];
  readonly failed: readonly ItemFailure[];
  readonly end?: FerryError;
};

/** Moves items. Fails with ERR_MESSAGE_INVALID where the answer names an item that was not offered. */
export async function moveItems(request: MoveRequest, { signal, onMoved }: MoveOptions): Promise<Moved> {
  const { offerId, answer, items } = request;
  const wanted = answer.items.map(({ n }) => ({ n, item: itemOf(items, n) }));
  const total = wanted.reduce((sum, { item }) => sum + item.offered.size, 0);
  const arrived: { n: number; sha256: Uint8Array }[] = [];
  const failed: ItemFailure[] = [];
  let link: PeerLink | undefined = request.link;
  let before = 0;
  onMoved(0, total);
  for (const [index, { n, item }] of wanted.entries()) {
    try {
      link ??= await request.relink();
      const onSent = (bytes: number): void => onMoved(before + bytes, total);
      const mayEndEarly = wanted.length > 1;
      const { size } = item.offered;
      // A trailer says that the bytes before it are the item: other bytes than were offered must not get so far.
      const bytes = exactly(item.open(signal), size, () => changedSource(size));
      const sha256 = await link.put({ offerId, n, bytes, onSent, mayEndEarly }, signal);
      arrived.push({ n, sha256 });
    } catch (cause) {
      const error = toFerryError(cause);
      if (wanted.length === 1 || signal.aborted || !isOfItem(error)) {
        const rest = wanted.slice(index).map((missed) => ({ n: missed.n, error }));
        return { arrived, failed: [...failed, ...rest], end: error };
      }
      failed.push({ n, error });
      // The peer may have closed the connection under a body that it did not want.
      link = undefined;
    }
    before += item.offered.size;
  }
  return { arrived, failed };
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
