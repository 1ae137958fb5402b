// Gathers what is to be sent: the file that the person sees. A clean file on disk is streamed from there; what is unsaved,
// untitled or elsewhere is taken as its text is now, in its own encoding.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../core/base/bytes.ts';
import { FerryError } from '../../core/base/errors.ts';
import { plain } from '../../core/text/safeText.ts';
import { mediaTypeOf } from '../../core/text/textual.ts';
import type { ItemContext, ItemSource } from '../../core/wire/item.ts';
import type { Files } from '../host/files.ts';

/** The file in front of the person: that of the active tab, also where it is an image or too large for an editor. */
export function currentFile(): vscode.Uri | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook
  ) {
    return input.uri;
  }
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return vscode.window.activeTextEditor?.document.uri;
}

/** One file as an item. Fails with ERR_SOURCE_MISSING. */
export async function gatherFile(uri: vscode.Uri, files: Files): Promise<ItemSource> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document !== undefined && (document.isDirty || document.isUntitled || uri.scheme !== 'file')) return documentItem(document);
  if (uri.scheme !== 'file') return memoryItem(nameOf(uri), await readRemote(uri));
  if (document === undefined && isDirtyTab(uri)) {
    throw new FerryError('ERR_SOURCE_MISSING', 'the unsaved text is not visible to extensions', {
      detail: { reason: 'unsaved' },
    });
  }
  const { size, open } = await files.open(uri.fsPath);
  return item(nameOf(uri), size, open, document === undefined ? undefined : contextOf(document));
}

async function documentItem(document: vscode.TextDocument): Promise<ItemSource> {
  const bytes = await vscode.workspace.encode(document.getText(), { encoding: document.encoding });
  return memoryItem(document.isUntitled ? untitledName(document) : nameOf(document.uri), bytes, contextOf(document));
}

function memoryItem(name: string, bytes: Uint8Array, context?: ItemContext): ItemSource {
  return item(name, bytes.length, () => streamOf(bytes), context);
}

function item(found: string, size: number, open: ItemSource['open'], context?: ItemContext): ItemSource {
  // Some disks take names with half a surrogate pair, and no peer does.
  const name = found.toWellFormed();
  return {
    offered: { kind: 'file', name, size, mediaType: mediaTypeOf(name), ...(context === undefined ? {} : { context }) },
    open,
  };
}

function contextOf(document: vscode.TextDocument): ItemContext {
  return { languageId: word(document.languageId), encoding: word(document.encoding) };
}

function word(text: string): string {
  return text.slice(0, 64).toWellFormed();
}

function nameOf(uri: vscode.Uri): string {
  return basename(uri.path) || 'item';
}

/** An untitled document is named after its first words, as its tab is. */
function untitledName(document: vscode.TextDocument): string {
  const words = plain(document.lineAt(0).text, 32)
    .replaceAll(/[^\p{L}\p{N} _-]+/gu, '')
    .trim();
  return `${words || 'Untitled'}.txt`;
}

/** A document too large for extensions to see still has a tab that shows whether it is saved. */
function isDirtyTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .some((tab) => tab.isDirty && tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString());
}

async function readRemote(uri: vscode.Uri): Promise<Uint8Array> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (cause) {
    throw new FerryError('ERR_SOURCE_MISSING', 'the file cannot be read', { cause, detail: { reason: 'missing' } });
  }
}
