// Sealed files: opening one that was kept or came another way, and unsealing what arrived for a passphrase.

import * as vscode from 'vscode';

import { streamOf } from '../../core/base/bytes.ts';
import { isFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { unsealedLanding } from '../../core/consent/consent.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { type Landed, landContent } from '../../core/receiving/landing.ts';
import type { Unsealed } from '../../core/sealing/items.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { PlainItem } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { tryPassphrases } from '../asking/passphrases.ts';
import { askPlace, writeAt } from '../asking/savePlace.ts';
import { itemWords } from '../asking/words.ts';
import { readWhole } from '../host/fileSystems.ts';
import { openText, receivedText } from './receivedText.ts';

const { l10n } = vscode;

export type SealedContext = Pick<App, 'ui' | 'inbox' | 'store' | 'documents' | 'files' | 'ownKeys'>;

/** Bytes that can be read from the start as often as a passphrase is tried. */
type Sealed = { readonly name: string; readonly open: () => AsyncIterable<Uint8Array> };

/**
 * "Open Sealed Item…": text becomes a read-only document that never touches the disk, anything else asks where to go. Fails with
 * ERR_UNSEAL_FAILED, ERR_KEY_MISSING, ERR_ALGORITHM_NOT_ALLOWED, or as reading and writing do.
 */
export async function openSealedFile(context: SealedContext, uri: vscode.Uri | undefined): Promise<void> {
  const chosen =
    uri ??
    (await context.ui.openDialog({
      title: l10n.t('Open sealed item'),
      filters: { [l10n.t('Sealed items')]: ['jwe', 'sealed'], [l10n.t('All files')]: ['*'] },
    }));
  if (chosen === undefined) return;
  const opened = await unseal(context, await sealedFile(context, chosen));
  if (opened !== undefined) await show(context, opened);
}

/**
 * Unseals an item that arrived sealed, with a passphrase that the person is asked for where it takes one, and lands its content
 * in its stead. Undefined where the person left, no passphrase opened it, or `allows` refuses what is in it: the item stays as it
 * came.
 */
export async function unsealArrived(
  context: SealedContext,
  entry: InboxEntry,
  received: ReceivedItem,
  allows: (inner: PlainItem) => boolean = () => true,
): Promise<Landed | undefined> {
  if (entry.state.phase !== 'received') return undefined;
  const opened = await unseal(context, await sealedFile(context, vscode.Uri.file(received.path)));
  if (opened === undefined) return undefined;
  if (!allows(opened.item)) {
    await opened.content[Symbol.asyncIterator]().return?.();
    return undefined;
  }
  const landed = await landContent(context.store, unsealedLanding(entry.state, opened.item), opened);
  context.inbox.unsealed(entry.id, received.n, landed);
  await context.files.remove(received.path);
  return landed;
}

async function sealedFile({ files }: SealedContext, uri: vscode.Uri): Promise<Sealed> {
  const name = uri.path.split('/').at(-1) ?? '';
  if (uri.scheme === 'file') {
    const { open } = await files.open(uri.fsPath);
    return { name, open: () => open(new AbortController().signal) };
  }
  const bytes = await readWhole(uri);
  return { name, open: () => streamOf(bytes) };
}

async function unseal(context: SealedContext, sealed: Sealed): Promise<Unsealed | undefined> {
  const [{ unsealIncoming }, { readSealedHead }] = await Promise.all([
    import('../../core/sealing/items.ts'),
    import('../../core/sealing/jwe/sealedHead.ts'),
  ]);
  const head = readSealedHead(await firstBytes(sealed.open(), limits.sealedHeadBytes + 1));
  if (head.for === 'key') return unsealIncoming(sealed.open(), { kind: 'key', keys: await context.ownKeys() });
  return tryPassphrases(context.ui, itemWords(sealed.name), async (passphrase) => {
    try {
      return await unsealIncoming(sealed.open(), { kind: 'passphrase', passphrase });
    } catch (error) {
      if (isFerryError(error) && error.code === 'ERR_UNSEAL_FAILED') return undefined;
      throw error;
    }
  });
}

async function show(context: SealedContext, { item, content }: Unsealed): Promise<void> {
  const name = safeFileName(item.name);
  if (item.size > limits.compactUnsealBytes) {
    await saveUnsealed(context, name, content);
    return;
  }
  const bytes = await whole(content, item.size);
  const text = await receivedText(bytes, item.context);
  if (text === undefined) {
    await saveUnsealed(context, name, streamOf(bytes));
    return;
  }
  const uri = context.documents.show(name, { size: bytes.length, read: () => Promise.resolve(bytes) });
  await openText(uri, text);
}

async function saveUnsealed({ ui, files }: SealedContext, name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const target = await askPlace(ui, name, l10n.t('Save the unsealed {0} as', itemWords(name)));
  if (target === undefined) {
    await content[Symbol.asyncIterator]().return?.();
    return;
  }
  await ui.progress(l10n.t('Unsealing {0}', itemWords(name)), async () => writeAt(files, target, content));
  await ui.info(l10n.t('Unsealed {0}.', itemWords(name)));
}

async function firstBytes(source: AsyncIterable<Uint8Array>, wanted: number): Promise<Uint8Array> {
  for await (const chunk of source) return chunk.slice(0, wanted);
  return new Uint8Array();
}

async function whole(content: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of content) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes;
}
