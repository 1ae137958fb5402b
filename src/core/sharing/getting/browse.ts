// What a peer shares, seen from here: page by page, by names, and never more of it than a folder may hold.

import { equalBytes } from '../../base/bytes.ts';
import { FerryError, toFerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import type { PeerLink } from '../../peers/link.ts';
import { sharedCall, sharedItemCall } from '../../wire/calls.ts';
import type { SharedEntry, SharedItem, SharedPage } from '../../wire/messages.ts';

/**
 * The entries of a folder, or of all that is shared where none is given, a page at a time. Fails as PeerLink.call: with
 * ERR_NOT_SHARED, ERR_NOT_PAIRED, and ERR_MESSAGE_INVALID for a list without end, or one that has an id twice; with
 * ERR_VERSION_UNSUPPORTED (detail `missing`: shared) where the peer cannot share.
 */
export async function* sharedPages(
  link: PeerLink,
  folder: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly SharedEntry[]> {
  const ids = new Set<string>();
  let entries = 0;
  let cursor: string | undefined;
  do {
    const page: SharedPage = await link.call(sharedCall(folder, cursor), signal).catch((cause: unknown) => {
      throw asUnknown(toFerryError(cause));
    });
    entries += page.entries.length;
    for (const { id } of page.entries) ids.add(id);
    if (entries > limits.sharedFolderEntries || ids.size < entries) {
      throw new FerryError('ERR_MESSAGE_INVALID', 'the list has more than a folder holds, or something twice');
    }
    yield page.entries;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** All entries of a folder, or of all that is shared. Fails as sharedPages. */
export async function sharedEntries(
  link: PeerLink,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<readonly SharedEntry[]> {
  const entries: SharedEntry[] = [];
  for await (const page of sharedPages(link, folder, signal)) entries.push(...page);
  return entries;
}

/**
 * The entry that these names lead to, that of the share first. Its ids may be others each time. Fails as sharedPages, and with
 * ERR_NOT_SHARED (detail `reason`: name) where there is no such entry.
 */
export async function findShared(link: PeerLink, path: readonly string[], signal: AbortSignal): Promise<SharedEntry> {
  let found: SharedEntry | undefined;
  for (const name of path) {
    if (found?.kind === 'file') break;
    const inner = await findIn(link, found?.id, name, signal);
    if (inner === undefined) {
      throw new FerryError('ERR_NOT_SHARED', 'there is nothing of that name', { remote: true, detail: { reason: 'name' } });
    }
    found = inner;
  }
  if (found === undefined) throw new FerryError('ERR_NOT_SHARED', 'nothing was named');
  return found;
}

/** Something to get: the names that lead to it, that of the share first, and the id under which it was listed, where it was. */
export type Wanted = { readonly path: readonly string[]; readonly id?: string };

/** What is wanted, as the peer describes it, and its id now. */
export type Described = SharedItem & { readonly id: string; readonly path: readonly string[] };

/** Has all that is wanted described. Fails as findShared and describeShared. */
export async function describeAll(link: PeerLink, wanted: readonly Wanted[], signal: AbortSignal): Promise<readonly Described[]> {
  const described: Described[] = [];
  for (const one of wanted) described.push(await describe(link, one, signal));
  return described;
}

/** What is under an id, which is to have this name. Fails as PeerLink.call, or with ERR_MESSAGE_INVALID for another one. */
export async function describeShared(link: PeerLink, id: string, name: string, signal: AbortSignal): Promise<SharedItem> {
  const found = await link.call(sharedItemCall(id), signal);
  if (found.item.name !== name) throw new FerryError('ERR_MESSAGE_INVALID', 'what is described is something else');
  return found;
}

/**
 * All bytes of a shared file. Fails as describeShared and PeerLink.fetch, with ERR_ITEM_TOO_LARGE before any byte comes where
 * there are more than `mostBytes`, and with ERR_SIZE_MISMATCH or ERR_DIGEST_MISMATCH where they are not what was described.
 */
export async function readShared(
  link: PeerLink,
  { id, name }: Pick<SharedEntry, 'id' | 'name'>,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { item, etag } = await describeShared(link, id, name, signal);
  const { size } = item;
  if (size > mostBytes)
    throw new FerryError('ERR_ITEM_TOO_LARGE', 'the file is larger than is read at once', { detail: { size } });
  return link.fetch(
    { id, etag, size, from: 0 },
    async (body) => {
      const content = new Uint8Array(size);
      const hash = link.createHash();
      let at = 0;
      for await (const chunk of body.bytes) {
        if (at + chunk.length > size) throw new FerryError('ERR_ITEM_TOO_LARGE', 'more bytes come than were described');
        content.set(chunk, at);
        hash.update(chunk);
        at += chunk.length;
      }
      if (at < size) throw new FerryError('ERR_SIZE_MISMATCH', 'fewer bytes came than were described');
      const told = await body.digest();
      if (told === undefined || !equalBytes(told, hash.digest())) {
        throw new FerryError('ERR_DIGEST_MISMATCH', 'the bytes do not have the digest that came with them');
      }
      return content;
    },
    signal,
  );
}

/** What is wanted, as it is listed now: by its id where that is still good, else by its names. */
async function describe(link: PeerLink, { id, path }: Wanted, signal: AbortSignal): Promise<Described> {
  const name = path.at(-1) ?? '';
  if (id !== undefined) {
    try {
      return { id, path, ...(await describeShared(link, id, name, signal)) };
    } catch (cause) {
      if (toFerryError(cause).code !== 'ERR_NOT_SHARED') throw cause;
    }
  }
  const found = await findShared(link, path, signal);
  return { id: found.id, path, ...(await describeShared(link, found.id, name, signal)) };
}

async function findIn(
  link: PeerLink,
  folder: string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<SharedEntry | undefined> {
  for await (const page of sharedPages(link, folder, signal)) {
    const found = page.find((entry) => entry.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A peer that shares never says that there is no such path. */
function asUnknown(error: FerryError): FerryError {
  if (!error.remote || error.code !== 'ERR_NOT_FOUND') return error;
  return new FerryError('ERR_VERSION_UNSUPPORTED', 'the peer cannot share', { cause: error, detail: { missing: 'shared' } });
}
