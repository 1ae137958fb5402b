// Received snippets: inserted where the person works, copied, opened, compared, and shown where they come from.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { type InboxEntry, type ReceivedItem } from '../../core/receiving/entry.ts';
import { linesOf } from '../../core/wire/context.ts';
import type { App } from '../app.ts';
import { nameWords, peerWords } from '../asking/words.ts';
import { onePlace, placesIn } from '../comparing/place.ts';
import { receivedText } from './receivedText.ts';

const { l10n } = vscode;

export type SnippetContext = Pick<App, 'ui' | 'documents' | 'files'>;

/** "Insert at Cursor": in place of what is selected. Fails as insertAt. */
export async function insertSnippet({ files }: SnippetContext, received: ReceivedItem): Promise<void> {
  const editor = frontEditor();
  const text = await textOf(files, received);
  await insertAt(editor, () => text);
}

/** "Copy": to the clipboard. */
export async function copySnippet({ ui, files }: SnippetContext, received: ReceivedItem): Promise<void> {
  await vscode.env.clipboard.writeText(await textOf(files, received));
  await ui.info(l10n.t('The text is on the clipboard.'));
}

/** "Open as Document": a new one, unsaved, in the language that the sender named where this editor has it. */
export async function openAsDocument({ files }: Pick<SnippetContext, 'files'>, received: ReceivedItem): Promise<void> {
  const language = received.item.context?.languageId ?? '';
  const known = (await vscode.languages.getLanguages()).includes(language);
  const content = await textOf(files, received);
  const document = await vscode.workspace.openTextDocument(known ? { content, language } : { content });
  await vscode.window.showTextDocument(document);
}

/** "Compare with Selection": mine at the left. Fails with ERR_NO_EDITOR. */
export async function compareSnippet(context: SnippetContext, received: ReceivedItem): Promise<void> {
  const { document, selection } = frontEditor();
  const mine = selection.isEmpty ? document.getText() : document.getText(selection);
  const extension = /\.\w{1,16}$/.exec(received.item.name)?.[0] ?? '.txt';
  const show = (name: string, text: string): vscode.Uri => {
    const bytes = new TextEncoder().encode(text);
    return context.documents.show(`${name}${extension}`, { size: bytes.length, read: () => Promise.resolve(bytes) });
  };
  const theirs = await textOf(context.files, received);
  const title = l10n.t('{0}: selection and received', nameWords(received.item));
  await vscode.commands.executeCommand('vscode.diff', show('selection', mine), show('received', theirs), title);
}

/** "Open the Place": the lines in the file of an open folder that has the path which the sender told. */
export async function openPlace({ ui }: Pick<SnippetContext, 'ui'>, received: ReceivedItem): Promise<void> {
  const { path, lines } = received.item.context ?? {};
  const places = await placesIn(path, vscode.FileType.File);
  if (places.length === 0) await ui.info(l10n.t('No folder that is open here has {0}.', nameWords(received.item)));
  const place = await onePlace(ui, places, l10n.t('Open the Place'));
  if (place === undefined) return;
  const editor = await vscode.window.showTextDocument(place).then(undefined, () => undefined);
  if (editor === undefined) {
    // No text, or too much of it: the editor knows what else it can show of it.
    await vscode.commands.executeCommand('vscode.open', place);
    return;
  }
  const selections = linesOf(lines).map(({ first, last }) =>
    // The sender's numbers may lie behind the end of this file.
    editor.document.validateRange(new vscode.Range(first - 1, 0, last - 1, Number.MAX_SAFE_INTEGER)),
  );
  const [top] = selections;
  if (top === undefined) return;
  editor.selections = selections.map(({ start, end }) => new vscode.Selection(start, end));
  editor.revealRange(top, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Tells of a snippet that has come, and does with it what the person says. */
export async function tellSnippet({ ui }: Pick<SnippetContext, 'ui'>, entry: InboxEntry, item: ReceivedItem): Promise<void> {
  const more = l10n.t('More…');
  const near = [
    { label: l10n.t('Insert at Cursor'), id: 'ferry.inbox.insert' },
    { label: l10n.t('Copy'), id: 'ferry.inbox.copyText' },
  ];
  const words = l10n.t('{0} from {1}.', nameWords(item.item), peerWords(entry.peer));
  const chosen = await ui.info(words, ...near.map(({ label }) => label), more);
  const act = chosen === more ? await chooseMore(ui, item) : near.find(({ label }) => label === chosen)?.id;
  // As a command, so that what it fails with is told.
  if (act !== undefined) await vscode.commands.executeCommand(act, { entry, item });
}

async function chooseMore(ui: SnippetContext['ui'], { item }: ReceivedItem): Promise<string | undefined> {
  const places = await placesIn(item.context?.path, vscode.FileType.File);
  const items = [
    { label: l10n.t('Open as Document'), id: 'ferry.inbox.openAsDocument' },
    { label: l10n.t('Compare with Selection'), id: 'ferry.inbox.compare' },
    ...(places.length === 0 ? [] : [{ label: l10n.t('Open the Place'), id: 'ferry.inbox.openPlace' }]),
  ];
  return (await ui.pick(items, { title: nameWords(item) }))?.id;
}

/**
 * Puts a text in place of each thing that is selected. Fails with ERR_NO_EDITOR where the document cannot be changed: nothing
 * happens in it then.
 */
export async function insertAt(editor: vscode.TextEditor, textFor: (selection: vscode.Selection) => string): Promise<void> {
  const { document } = editor;
  const { version } = document;
  await editor.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, textFor(selection));
  });
  if (document.version !== version) return;
  throw new FerryError('ERR_NO_EDITOR', 'the document cannot be changed', { detail: { reason: 'readOnly' } });
}

/** The text editor in front, or one that is on screen. Fails with ERR_NO_EDITOR. */
export function frontEditor(): vscode.TextEditor {
  const editor =
    vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme !== 'output');
  if (editor !== undefined) return editor;
  throw new FerryError('ERR_NO_EDITOR', 'there is no editor', { detail: { reason: 'noPlace' } });
}

async function textOf(files: SnippetContext['files'], { path, item }: ReceivedItem): Promise<string> {
  const bytes = await files.read(path);
  return (await receivedText(bytes, item.context))?.text ?? new TextDecoder().decode(bytes);
}
