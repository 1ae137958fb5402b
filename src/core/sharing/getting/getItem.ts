// Gets one item after the other of an entry that this side asked for, over one link: from the byte on that is wanted next, and
// only as long as it is what was described.

import { following } from '../../base/bytes.ts';
import { type FerryError, toFerryError } from '../../base/errors.ts';
import { isPassing as passes } from '../../base/interruption.ts';
import type { PeerLink } from '../../peers/link.ts';
import type { InboxEntry } from '../../receiving/entry.ts';
import type { Inbox } from '../../receiving/inbox.ts';
import type { ItemBody } from '../../receiving/store.ts';
import type { AcceptedItem } from '../../wire/item.ts';
import { isAway } from './atPeer.ts';
import { findShared } from './browse.ts';

/** An entry that is being got. */
export type Getting = {
  readonly inbox: Inbox;
  readonly entryId: string;
  /** The ids of items where they are known; they are worth something as long as the peer's process lives. */
  readonly ids: Map<number, string>;
  /** Items that come once more from their beginning: what was put together from several connections was not them. */
  readonly again: Set<number>;
  readonly signal: AbortSignal;
};

/**
 * Gets what is wanted, one item after the other, and says of one that cannot come that it is missed. Fails as PeerLink.fetch
 * where the connection ended, the peer has no time, or what is wanted next is not shared here.
 */
export async function getItem(link: PeerLink, getting: Getting): Promise<void> {
  const { inbox, entryId, again, signal } = getting;
  for (;;) {
    const entry = inbox.find(entryId);
    const next = (await inbox.wanted(entryId))?.find(({ complete }) => complete !== true);
    if (entry === undefined || next === undefined) return;
    try {
      await getOne(link, getting, entry, next);
    } catch (cause) {
      const error = toFerryError(cause);
      if (signal.aborted || isPassing(error) || error.code === 'ERR_NOT_SHARED') throw error;
      const { n } = next;
      if (!error.remote && error.code === 'ERR_DIGEST_MISMATCH' && !again.has(n)) again.add(n);
      else inbox.missed(entryId, n, error);
      // The link may be of no use after an answer that was not read to its end.
      return;
    }
  }
}

/** Whether a later try may lead further after this; what this side ended itself, it did because it went offline. */
export function isPassing(error: FerryError): boolean {
  const isOwnEnd = error.code === 'ERR_CANCELLED' && !error.remote;
  return isOwnEnd || isAway(error) || passes(error) || error.code === 'ERR_BUSY' || error.code === 'ERR_OFFSET_MISMATCH';
}

async function getOne(link: PeerLink, getting: Getting, entry: InboxEntry, next: AcceptedItem): Promise<void> {
  const { inbox, ids, signal } = getting;
  const { peer, offerId, items, asked = [] } = entry;
  const { n, from } = next;
  const [{ path, etag } = { path: [], etag: '' }, size = 0] = [asked[n], items[n]?.size];
  const known = ids.get(n);
  const id = known ?? (await findShared(link, path, signal)).id;
  ids.set(n, id);
  // All may have come but its digest: the last byte is asked for once more then.
  const first = Math.max(0, Math.min(from, size - 1));
  try {
    await link.fetch(
      { id, etag, size, from: first },
      (body, begins) => {
        if (begins === 0) return inbox.receiveItem(peer.id, offerId, n, body);
        return inbox.receiveItem(peer.id, offerId, n, behind(body, from - begins), from);
      },
      signal,
    );
  } catch (cause) {
    const error = toFerryError(cause);
    // Another process may share it under another id.
    if (known === undefined || !error.remote || error.code !== 'ERR_NOT_SHARED') throw error;
    ids.delete(n);
    await getOne(link, getting, entry, next);
  }
}

/** A body without the bytes that are here already. */
function behind(body: ItemBody, bytes: number): ItemBody {
  if (bytes === 0) return body;
  return {
    bytes: following(body.bytes, bytes),
    digest: () => body.digest(),
    abort: (error) => body.abort(error),
    ...(body.ownDigest === undefined ? {} : { ownDigest: () => body.ownDigest?.() ?? Promise.resolve(undefined) }),
  };
}
