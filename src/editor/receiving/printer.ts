// Prints received items to the output channel "Ferry": one block each, a header line and the text, with everything that could
// pass for something else made visible.

import type * as vscode from 'vscode';

import { encodeHex } from '../../core/base/bytes.ts';
import { toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { plain, printable } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import type { PlainItem } from '../../core/wire/item.ts';
import { nameWords, peerWords } from '../asking/words.ts';
import type { Files } from '../host/files.ts';
import { receivedText } from './receivedText.ts';

/** The block for one item and the digest of its file. `body`: what is printed of it. */
function printedBlock(entry: InboxEntry, { item }: ReceivedItem, sha256: Uint8Array | undefined, body: string): string {
  const header = [
    entry.arrivedAt.toISOString(),
    `${peerWords(entry.peer)} (${fingerprintOf(entry.peer.id)})`,
    nameWords(item),
    ...(item.kind === 'dictionary' ? [plain(item.mediaType)] : []),
    sizeText(item.size),
    ...(sha256 === undefined ? [] : [`sha-256 ${encodeHex(sha256)}`]),
  ].join(' | ');
  // Nothing of the text begins where a header does, so that none can be forged.
  return `── ${header}\n${body.replaceAll(/^(?=.)/gm, '  ')}\n`;
}

/** Prints all items of an entry; `treeOf` gives the text of a dictionary, or fails where it is none. */
export async function printEntry(
  channel: vscode.OutputChannel,
  entry: InboxEntry,
  files: Pick<Files, 'read' | 'digestOf'>,
  treeOf: (received: ReceivedItem) => Promise<string>,
): Promise<void> {
  for (const received of entry.received) {
    const isDictionary = received.item.kind === 'dictionary' && received.sealedFor === undefined;
    const isFolder = received.item.kind === 'folder' && received.sealedFor === undefined;
    const isSmall = received.item.size <= limits.printBytes && received.sealedFor === undefined && !isFolder;
    const bytes = isSmall ? await files.read(received.path) : undefined;
    // A folder is no stream any more.
    const sha256 = received.sha256 ?? (isFolder ? undefined : await files.digestOf(received.path));
    const tree = isDictionary ? await treeOf(received).catch((error: unknown) => `(${toFerryError(error).code})`) : undefined;
    const body = tree === undefined ? await bodyOf(received, bytes) : printed(tree);
    channel.append(printedBlock(entry, received, sha256, body));
  }
  channel.show(true);
}

/** `bytes`: the content, or undefined where it is too large to print. */
async function bodyOf({ item, sealedFor }: ReceivedItem, bytes: Uint8Array | undefined): Promise<string> {
  if (sealedFor !== undefined) return '(encrypted: open it from the Inbox)\n';
  if (item.kind === 'folder') return `(${folderText(item)})\n`;
  if (bytes === undefined) return `(${plain(item.mediaType)}, ${item.size} bytes: larger than what is printed)\n`;
  const received = await receivedText(bytes, item.context);
  return received === undefined ? `(${plain(item.mediaType)}, ${item.size} bytes: not text)\n` : printed(received.text);
}

function folderText({ folder, size }: PlainItem): string {
  if (folder === undefined) return `a folder, ${size} bytes as it travelled`;
  return `a folder; files: ${folder.files}, folders in it: ${folder.folders}`;
}

function printed(raw: string): string {
  const text = printable(raw);
  return text.endsWith('\n') || text === '' ? text : `${text}\n`;
}
