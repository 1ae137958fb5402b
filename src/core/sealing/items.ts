// Sealing as items see it: an outgoing item becomes a sealed one, a sealed body becomes an item with its content. Reached on
// demand only, and with it the JOSE library.

import { following } from '../base/bytes.ts';
import { limits } from '../base/limits.ts';
import { isBlobId, isContextPath, isLines } from '../wire/context.ts';
import type { ItemContext, ItemSource, OutgoingItem, PlainItem } from '../wire/item.ts';
import { throwIfCancelled } from './failures.ts';
import type { Opener, Recipient } from './jwe/compactJwe.ts';
import type { Manifest } from './manifest.ts';
import { compactOverhead, compactSize, type SealedItem, sealItem } from './seal.ts';
import { unsealItem } from './unseal.ts';

/**
 * An item out of its seal. What `content` gives is authentic, but complete only when it has ended; each chunk is lent until the
 * next is asked for.
 */
export type Unsealed = { readonly item: PlainItem; readonly content: AsyncIterable<Uint8Array> };

/**
 * Seals an item for a recipient; what comes of it can be sent or written once, each chunk lent until the next. An item that is
 * sealed whole is read and sealed when it is opened, so that many of them never are in memory together: its size is known before.
 * `overhead` is that of the recipient's compact seals. Fails as sealItem does, here or while the item is read.
 */
export async function sealOutgoing(
  source: ItemSource,
  recipient: Recipient,
  signal: AbortSignal,
  overhead: () => Promise<number> = () => compactOverhead(recipient),
): Promise<OutgoingItem> {
  const { offered, open } = source;
  const manifest = manifestOf(offered);
  if (offered.size <= limits.compactSealBytes) {
    throwIfCancelled(signal);
    const size = compactSize(manifest, await overhead());
    return {
      offered: { kind: 'sealed', size, form: 'compact', for: recipient.kind },
      open: (until) => whenRead(() => sealItem(manifest, open(until), recipient, { signal: until, lend: true })),
    };
  }
  // Read anew whenever the seal is: the same content gives the same bytes, for as many connections as the transfer takes.
  throwIfCancelled(signal);
  let until = signal;
  const content = { [Symbol.asyncIterator]: () => open(until)[Symbol.asyncIterator]() };
  const { size, form, bytes } = await sealItem(manifest, content, recipient, { lend: true });
  return {
    offered: { kind: 'sealed', size, form, for: recipient.kind },
    open: (limit, from = 0) => {
      until = limit;
      return from === 0 ? bytes : following(bytes, from);
    },
    resumes: true,
  };
}

/** Seals items one after the other for one recipient. Fails as sealOutgoing. */
export async function sealAllOutgoing(
  sources: readonly ItemSource[],
  recipient: Recipient,
  signal: AbortSignal,
): Promise<readonly OutgoingItem[]> {
  let measured: Promise<number> | undefined;
  // A passphrase takes a while to become a key, so it is measured once.
  const overhead = (): Promise<number> => (measured ??= compactOverhead(recipient));
  const sealed: OutgoingItem[] = [];
  for (const source of sources) sealed.push(await sealOutgoing(source, recipient, signal, overhead));
  return sealed;
}

async function* whenRead(seal: () => Promise<SealedItem>): AsyncGenerator<Uint8Array> {
  yield* (await seal()).bytes;
}

/** Unseals a body. Fails as unsealItem does, here or while `content` is read. */
export async function unsealIncoming(bytes: AsyncIterable<Uint8Array>, opener: Opener, signal?: AbortSignal): Promise<Unsealed> {
  const { manifest, content } = await unsealItem(bytes, opener, { signal, lend: true });
  return { item: itemOf(manifest), content };
}

function manifestOf({ kind, name, size, mediaType, context = {} }: PlainItem): Manifest {
  return { kind, name: name.slice(-4 * limits.nameBytes) || 'item', size, mediaType, extra: { ...context } };
}

/** A kind that this version does not know is still a file. */
function itemOf({ kind, name, size, mediaType, extra }: Manifest): PlainItem {
  const context = contextOf(extra);
  return {
    kind: kind === 'dictionary' || kind === 'folder' || kind === 'snippet' ? kind : 'file',
    name,
    size,
    mediaType,
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
}

/** What does not have the form that an offer wants is passed over. */
function contextOf(extra: Manifest['extra'] = {}): ItemContext {
  const { languageId, encoding, path, lines, blob } = extra;
  return {
    ...(languageId === undefined ? {} : { languageId: languageId.slice(0, 64) }),
    ...(encoding === undefined ? {} : { encoding: encoding.slice(0, 64) }),
    ...(path === undefined || !isContextPath(path) ? {} : { path }),
    ...(lines === undefined || !isLines(lines) ? {} : { lines }),
    ...(blob === undefined || !isBlobId(blob) ? {} : { blob }),
  };
}
