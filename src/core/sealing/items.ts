// Sealing as items see it: an outgoing item becomes a sealed one, a sealed body becomes an item with its content. Reached on
// demand only, and with it the JOSE library.

import { limits } from '../base/limits.ts';
import type { ItemContext, ItemSource, OutgoingItem, PlainItem } from '../wire/item.ts';
import type { Opener, Recipient } from './jwe/compactJwe.ts';
import type { Manifest } from './manifest.ts';
import { sealItem } from './seal.ts';
import { unsealItem } from './unseal.ts';

/**
 * An item out of its seal. What `content` gives is authentic, but complete only when it has ended; each chunk is lent until the
 * next is asked for.
 */
export type Unsealed = { readonly item: PlainItem; readonly content: AsyncIterable<Uint8Array> };

/**
 * Seals an item for a recipient; what comes of it can be sent or written once, each chunk lent until the next. Fails as sealItem
 * does.
 */
export async function sealOutgoing(source: ItemSource, recipient: Recipient, signal: AbortSignal): Promise<OutgoingItem> {
  const { offered, open } = source;
  const sealed = await sealItem(manifestOf(offered), open(signal), recipient, { signal, lend: true });
  return { offered: { kind: 'sealed', size: sealed.size, form: sealed.form, for: recipient.kind }, open: () => sealed.bytes };
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
  const context: ItemContext = {
    ...(extra?.['languageId'] === undefined ? {} : { languageId: extra['languageId'].slice(0, 64) }),
    ...(extra?.['encoding'] === undefined ? {} : { encoding: extra['encoding'].slice(0, 64) }),
  };
  return {
    kind: kind === 'dictionary' ? kind : 'file',
    name,
    size,
    mediaType,
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
}
