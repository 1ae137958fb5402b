// Gathers what is to be sent: the file that the person sees, as it is on screen. What is saved is sent as the bytes that it is
// saved as; what is not, as the bytes that saving it would give.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../core/base/bytes.ts';
import { FerryError, isFerryError } from '../../core/base/errors.ts';
import { encodingName } from '../../core/text/encodings.ts';
import { mediaTypeOf } from '../../core/text/textual.ts';
import type { ItemContext, ItemSource } from '../../core/wire/item.ts';
import { placeOf } from '../comparing/place.ts';
import { readWhole } from '../host/fileSystems.ts';
import type { Files } from '../host/files.ts';
import { notebookBytes } from './openNotebook.ts';
import { textBytes, untitledName } from './openText.ts';

/**
 * One file as an item. Fails with ERR_SOURCE_MISSING; its detail `reason` is as in fileSource, or `unsaved` where the file has
 * changes that its editor alone can write, or `encoding` where its encoding cannot hold its text.
 */
export async function gatherFile(given: vscode.Uri, files: Files): Promise<ItemSource> {
  const uri = fileOf(given);
  const document = vscode.workspace.textDocuments.find((open) => isSame(open.uri, uri));
  const notebook = vscode.workspace.notebookDocuments.find((open) => isSame(open.uri, uri));
  if (document?.isDirty === true || document?.isUntitled === true) return documentItem(document, files);
  if (notebook?.isDirty === true || notebook?.isUntitled === true) return notebookItem(notebook);
  if (isDirtyTab(uri)) throw unsaved();
  if (document !== undefined && !hasFileSystem(uri.scheme)) return documentItem(document, files);
  try {
    return await savedItem(uri, files, document === undefined ? undefined : await contextOf(document, files));
  } catch (error) {
    // One that is deleted on disk is still on screen.
    if (!isFerryError(error) || error.detail['reason'] !== 'missing') throw error;
    if (document !== undefined) return documentItem(document, files);
    if (notebook !== undefined) return notebookItem(notebook);
    throw error;
  }
}

/** A cell of a notebook stands for the notebook. */
function fileOf(uri: vscode.Uri): vscode.Uri {
  if (uri.scheme !== 'vscode-notebook-cell') return uri;
  const ofCell = vscode.workspace.notebookDocuments.find((open) =>
    open.getCells().some((cell) => isSame(cell.document.uri, uri)),
  );
  return ofCell?.uri ?? uri;
}

async function savedItem(uri: vscode.Uri, files: Files, context: ItemContext | undefined): Promise<ItemSource> {
  if (uri.scheme !== 'file') return memoryItem(nameOf(uri), await readWhole(uri), context);
  const { size, open, file } = await files.open(uri.fsPath);
  return { ...item(nameOf(uri), size, open, context), file };
}

async function documentItem(document: vscode.TextDocument, files: Files): Promise<ItemSource> {
  const name = document.isUntitled ? untitledName(document) : nameOf(document.uri);
  return memoryItem(name, await textBytes(document), await contextOf(document, files));
}

/** A notebook as its own serializer writes it. */
async function notebookItem(notebook: vscode.NotebookDocument): Promise<ItemSource> {
  const bytes = await notebookBytes(notebook);
  if (bytes === undefined) throw unsaved();
  return memoryItem(nameOf(notebook.uri), bytes);
}

function memoryItem(name: string, bytes: Uint8Array, context?: ItemContext): ItemSource {
  return item(name, bytes.length, (_, from) => streamOf(bytes, from), context);
}

function item(found: string, size: number, open: ItemSource['open'], context?: ItemContext): ItemSource {
  // Some disks take names with half a surrogate pair, and no peer does.
  const name = found.toWellFormed();
  return {
    offered: { kind: 'file', name, size, mediaType: mediaTypeOf(name), ...(context === undefined ? {} : { context }) },
    open,
  };
}

/** What the editor knows of a document. Where it lies and what git has of it says what to compare it with over there. */
async function contextOf({ uri, languageId, encoding }: vscode.TextDocument, files: Files): Promise<ItemContext> {
  const place = placeOf(uri);
  const isAsked = place.path !== undefined && uri.scheme === 'file' && vscode.workspace.isTrusted;
  const blob = isAsked ? await files.headBlob(uri.fsPath) : undefined;
  return {
    ...{ languageId: languageId.slice(0, 64).toWellFormed(), encoding: encodingName(encoding) },
    ...place,
    ...(blob === undefined ? {} : { blob }),
  };
}

function nameOf(uri: vscode.Uri): string {
  return basename(uri.path) || 'item';
}

function isSame(a: vscode.Uri, b: vscode.Uri): boolean {
  return a.toString() === b.toString();
}

/** Whether what is saved under a scheme can be read as bytes; what only providers of text show cannot. */
function hasFileSystem(scheme: string): boolean {
  return scheme === 'file' || vscode.workspace.fs.isWritableFileSystem(scheme) !== undefined;
}

/** A custom editor, or a document too large for extensions to see, still has a tab that shows whether it is saved. */
function isDirtyTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .some(({ isDirty, input }) => isDirty && input instanceof Object && 'uri' in input && isSameUri(input.uri, uri));
}

function isSameUri(value: unknown, uri: vscode.Uri): boolean {
  return value instanceof vscode.Uri && isSame(value, uri);
}

function unsaved(): FerryError {
  return new FerryError('ERR_SOURCE_MISSING', 'the unsaved changes are not visible to extensions', {
    detail: { reason: 'unsaved' },
  });
}
