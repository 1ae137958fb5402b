// Received dictionaries: shown as text, inserted where the person works, copied, saved in any format, compared.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import type { FormatId } from '../../core/dictionary/formats/format.ts';
import { formatFacts, formatOfMediaType, loadFormat } from '../../core/dictionary/formats.ts';
import { literalKindOf, literalText } from '../../core/dictionary/literals.ts';
import { treeText } from '../../core/dictionary/tree.ts';
import type { DictionaryValue } from '../../core/dictionary/value.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { askFormat } from '../asking/formatPick.ts';
import { askPlace } from '../asking/savePlace.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { written } from '../host/fileSystems.ts';
import { frontEditor, insertAt } from './snippets.ts';

const { l10n } = vscode;

export type ReceivedDictionaryContext = Pick<App, 'ui' | 'documents' | 'files'>;

/** Reads a received dictionary. Fails with ERR_DICTIONARY_…, and then the bytes can still be saved. */
export async function readDictionary({ files }: ReceivedDictionaryContext, received: ReceivedItem): Promise<DictionaryValue> {
  const id = formatOfMediaType(received.item.mediaType);
  if (id === undefined)
    throw new FerryError('ERR_DICTIONARY_INVALID', 'the dictionary has a format that is not known', {
      detail: { format: 'json', offset: 0 },
    });
  return (await loadFormat(id)).decode(await files.read(received.path));
}

/** The tree that is printed, under its format. Fails as readDictionary does. */
export async function dictionaryTree(context: ReceivedDictionaryContext, received: ReceivedItem): Promise<string> {
  return treeText(await readDictionary(context, received));
}

/**
 * Opens a received dictionary read-only and laid out for people: JSON and XML each as itself, binary as JSON with a note. The
 * bytes stay as they were sent. Fails as readDictionary does.
 */
export async function openDictionary(
  context: ReceivedDictionaryContext,
  entry: InboxEntry,
  received: ReceivedItem,
): Promise<void> {
  const value = await readDictionary(context, received);
  const name = safeFileName(received.item.name);
  const format = formatOfMediaType(received.item.mediaType);
  const bytes = new TextEncoder().encode(await shownText(value, format));
  const content = { size: bytes.length, read: () => Promise.resolve(bytes) };
  const belonging = { entry: entry.id, from: peerWords(entry.peer), key: `${entry.id}-${received.n}` };
  const uri = context.documents.show(format === 'cbor' ? `${name}.jsonc` : name, content, belonging);
  await vscode.commands.executeCommand('vscode.open', uri);
}

/** "Insert at Cursor": as a literal of the document's language. Fails as insertAt, or as readDictionary does. */
export async function insertDictionary(context: ReceivedDictionaryContext, received: ReceivedItem): Promise<void> {
  const editor = frontEditor();
  const value = await readDictionary(context, received);
  const { document, options } = editor;
  const unit = options.insertSpaces === false ? '\t' : ' '.repeat(Number(options.tabSize ?? 2));
  await insertAt(editor, ({ start }) => {
    const base = /^\s*/.exec(document.lineAt(start.line).text)?.[0] ?? '';
    return literalText(value, literalKindOf(document.languageId), { unit, base: base.slice(0, start.character) });
  });
}

/** "Copy": as JSON. Fails as readDictionary does. */
export async function copyReceived(context: ReceivedDictionaryContext, received: ReceivedItem): Promise<void> {
  await vscode.env.clipboard.writeText(literalText(await readDictionary(context, received), 'json', { unit: '  ', base: '' }));
  await context.ui.info(l10n.t('The dictionary is on the clipboard, as JSON.'));
}

/** "Save Dictionary As…": in any of the formats. Fails as readDictionary does, or as `written`. */
export async function saveDictionaryAs(context: ReceivedDictionaryContext, received: ReceivedItem): Promise<void> {
  const value = await readDictionary(context, received);
  const id = await askFormat(context.ui, l10n.t('Save the dictionary as'));
  if (id === undefined) return;
  const name = safeFileName(`${basename(received.item.name).replace(/\.[^.]*$/, '')}.${formatFacts[id].extension}`);
  const target = await askPlace(context.ui, name, l10n.t('Save {0} as', itemWords(name)));
  if (target !== undefined) await written(vscode.workspace.fs.writeFile(target, (await loadFormat(id)).encode(value)));
}

/**
 * "Compare with Selection": both as text of the selection's language, side by side. Fails with ERR_NO_EDITOR, or as
 * readDictionary does.
 */
export async function compareDictionary(context: ReceivedDictionaryContext, received: ReceivedItem): Promise<void> {
  const { document, selection } = frontEditor();
  const kind = literalKindOf(document.languageId);
  const literal = literalText(await readDictionary(context, received), kind, { unit: '  ', base: '' });
  const mine = selection.isEmpty ? document.getText() : document.getText(selection);
  const extension = { json: 'json', yaml: 'yaml', python: 'py', javascript: 'js', shell: 'sh' }[kind];
  const show = (name: string, text: string): vscode.Uri => {
    const bytes = new TextEncoder().encode(text);
    return context.documents.show(name, { size: bytes.length, read: () => Promise.resolve(bytes) });
  };
  const title = l10n.t('{0}: received and selection', itemWords(received.item.name));
  const [theirs, ours] = [
    show(`received.${extension}`, `${literal}${/\r?\n$/.exec(mine)?.[0] ?? ''}`),
    show(`selection.${extension}`, mine),
  ];
  await vscode.commands.executeCommand('vscode.diff', theirs, ours, title);
}

async function shownText(value: DictionaryValue, format: FormatId | undefined): Promise<string> {
  if (format === 'xml') return (await import('../../core/dictionary/formats/xml.ts')).xmlText(value, 'indented');
  const json = `${literalText(value, 'json', { unit: '  ', base: '' })}\n`;
  return format === 'cbor' ? `// ${l10n.t('Received as binary (CBOR), shown as JSON.')}\n${json}` : json;
}
