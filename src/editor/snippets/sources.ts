// Where snippets come from beside a selection: the clipboard, a terminal, a cell of a notebook, a problem.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { plain } from '../../core/text/safeText.ts';
import { formatLines } from '../../core/wire/context.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import { pathWords } from '../asking/words.ts';
import { placeOf } from '../comparing/place.ts';
import type { Ui } from '../host/ui.ts';
import { linesOfRange, snippetItem } from './gather.ts';

const { l10n } = vscode;

/** More problems than these are in no list that a person reads. */
const listedAtMost = 500;

/** The text on the clipboard. Fails as snippetItem. */
export async function clipboardItem(): Promise<ItemSource> {
  return snippetItem(await vscode.env.clipboard.readText(), 'clipboard.txt');
}

/**
 * What is selected in the terminal in front. Only its own command can read that, by way of the clipboard, which is as it was
 * afterwards. Fails as snippetItem.
 */
export async function terminalItem(): Promise<ItemSource> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  try {
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    return snippetItem(await clipboard.readText(), 'terminal.txt');
  } finally {
    await clipboard.writeText(before);
  }
}

/** A cell of a notebook: the given one, or that in front. Fails with ERR_NO_EDITOR, or as snippetItem. */
export function cellItem(given: unknown): ItemSource {
  const cell = cellOf(given) ?? frontCell();
  if (cell === undefined) throw new FerryError('ERR_NO_EDITOR', 'there is no cell', { detail: { reason: 'noText' } });
  const { document, notebook, index } = cell;
  const stem = basename(notebook.uri.path).replace(/\.[^.]*$/, '') || 'notebook';
  const ending = cell.kind === vscode.NotebookCellKind.Markup ? 'md' : 'txt';
  return snippetItem(document.getText(), `${stem} cell ${index + 1}.${ending}`, {
    languageId: document.languageId.slice(0, 64).toWellFormed(),
    ...placeOf(notebook.uri),
  });
}

function cellOf(given: unknown): vscode.NotebookCell | undefined {
  // The menu of a cell hands over an object of VS Code's own; its document is looked for among those that are open.
  if (typeof given !== 'object' || given === null || !('document' in given) || !('notebook' in given)) return undefined;
  const { document } = given;
  return vscode.workspace.notebookDocuments.flatMap((open) => open.getCells()).find((cell) => cell.document === document);
}

function frontCell(): vscode.NotebookCell | undefined {
  const editor = vscode.window.activeNotebookEditor;
  const range = editor?.selections[0];
  return range === undefined || range.isEmpty ? undefined : editor?.notebook.cellAt(range.start);
}

type Problem = { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic };

/**
 * A problem that the person picks, with the text of its lines; undefined where they left. Fails with ERR_NO_EDITOR where there is
 * none.
 */
export async function problemItem(ui: Ui): Promise<ItemSource | undefined> {
  const problems = vscode.languages
    .getDiagnostics()
    .flatMap(([uri, diagnostics]) => diagnostics.map((diagnostic): Problem => ({ uri, diagnostic })))
    .slice(0, listedAtMost);
  if (problems.length === 0) {
    throw new FerryError('ERR_NO_EDITOR', 'there are no problems', { detail: { reason: 'noProblem' } });
  }
  const items = problems.map((problem) => ({
    problem,
    label: plain(problem.diagnostic.message),
    description: `${pathWords(shownPath(problem.uri))}:${linesOfRange(problem.diagnostic.range).first}`,
  }));
  const picked = await ui.pick(items, { title: l10n.t('Send a problem'), matchOnDescription: true });
  return picked === undefined ? undefined : textOfProblem(picked.problem);
}

async function textOfProblem({ uri, diagnostic }: Problem): Promise<ItemSource> {
  const { message, range, severity, source = '', code } = diagnostic;
  const lines = linesOfRange(range);
  const number = typeof code === 'object' ? code.value : code;
  const origin = [source, ...(number === undefined ? [] : [`(${number})`])].join('');
  const kind = ['error', 'warning', 'information', 'hint'][severity] ?? 'problem';
  // Tools find problems in pictures and programs too.
  const document = await vscode.workspace.openTextDocument(uri).then(undefined, () => undefined);
  const text = document === undefined ? '' : wholeLines(document, lines);
  const head = `${shownPath(uri)}:${lines.first}:${range.start.character + 1}: ${kind}${origin === '' ? '' : ` ${origin}`}: ${message}`;
  return snippetItem(`${`${head}\n\n${text}`.trimEnd()}\n`, `${basename(uri.path)} problem.txt`, {
    languageId: 'plaintext',
    ...placeOf(uri),
    lines: formatLines([lines]),
  });
}

function wholeLines(document: vscode.TextDocument, { first, last }: ReturnType<typeof linesOfRange>): string {
  const { end } = document.lineAt(Math.min(last, document.lineCount) - 1).range;
  return document.getText(new vscode.Range(new vscode.Position(first - 1, 0), end));
}

function shownPath(uri: vscode.Uri): string {
  return placeOf(uri).path ?? basename(uri.path);
}
