// Gathers a snippet: text out of the editor, with the place that it comes from.

import { basename, extname } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../core/base/bytes.ts';
import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { formatLines, type Lines } from '../../core/wire/context.ts';
import type { ItemContext, ItemSource } from '../../core/wire/item.ts';
import { placeOf } from '../comparing/place.ts';
import { untitledName } from '../sending/openText.ts';

/** A text as an item under a name. Fails with ERR_NO_EDITOR where it is empty, or ERR_ITEM_TOO_LARGE. */
export function snippetItem(text: string, name: string, context: ItemContext = {}): ItemSource {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) throw new FerryError('ERR_NO_EDITOR', 'there is no text to send', { detail: { reason: 'noText' } });
  if (bytes.length > limits.snippetBytes) {
    throw new FerryError('ERR_ITEM_TOO_LARGE', 'the text is larger than a snippet may be', { detail: { snippet: true } });
  }
  return {
    offered: {
      ...{ kind: 'snippet', name: name.toWellFormed(), size: bytes.length, mediaType: 'text/plain; charset=utf-8' },
      context: { ...context, encoding: 'utf8' },
    },
    open: (_, from) => streamOf(bytes, from),
  };
}

/**
 * What is selected in the editor in front, each cursor with its lines; a cursor without a selection stands for its line. Fails
 * with ERR_NO_EDITOR, or as snippetItem.
 */
export function selectionItem(): ItemSource {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new FerryError('ERR_NO_EDITOR', 'there is no text editor', { detail: { reason: 'noText' } });
  const { document } = editor;
  const ranges = [...editor.selections]
    .sort((a, b) => a.start.compareTo(b.start))
    .map((selection) => (selection.isEmpty ? document.lineAt(selection.start.line).range : selection));
  const lines = ranges.map(linesOfRange);
  const texts = ranges.map((range) => document.getText(range));
  return documentItem(document, texts.join('\n'), lines);
}

/** Text of a document, as an item that knows where it comes from. Fails as snippetItem. */
export function documentItem(document: vscode.TextDocument, text: string, lines: readonly Lines[]): ItemSource {
  const name = document.isUntitled ? untitledName(document) : basename(document.uri.path);
  const [first, last] = [lines[0]?.first, lines.at(-1)?.last];
  const extension = extname(name);
  const span = first === undefined || last === undefined ? '' : `.${first}-${last}`;
  return snippetItem(text, `${name.slice(0, name.length - extension.length)}${span}${extension}`, {
    languageId: document.languageId.slice(0, 64).toWellFormed(),
    ...placeOf(document.uri),
    ...(lines.length === 0 ? {} : { lines: formatLines(lines) }),
  });
}

/** The lines that a range touches; one that ends before the first character of a line does not touch that. */
export function linesOfRange({ start, end }: vscode.Range): Lines {
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return { first: start.line + 1, last };
}
