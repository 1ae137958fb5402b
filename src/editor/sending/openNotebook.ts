// An open notebook as the bytes that saving it would give, as far as its serializer tells them.

import * as vscode from 'vscode';

import { equalBytes } from '../../core/base/bytes.ts';

/** A serializer that does not answer must not hold a person up. */
const serializeMs = 5_000;

/**
 * The bytes of a notebook with its unsaved changes. Undefined where its serializer does not give them, or gives others: they are
 * read back, and must hold the same cells and outputs.
 */
export async function notebookBytes(notebook: vscode.NotebookDocument): Promise<Uint8Array | undefined> {
  const data = dataOf(notebook);
  const bytes = await answerOf('vscode.executeNotebookToData', notebook.notebookType, data);
  if (!(bytes instanceof Uint8Array)) return undefined;
  const back = await answerOf('vscode.executeDataToNotebook', notebook.notebookType, bytes);
  return isSame(back, data) ? bytes : undefined;
}

function dataOf(notebook: vscode.NotebookDocument): vscode.NotebookData {
  const cells = notebook.getCells().map((cell) => {
    const data = new vscode.NotebookCellData(cell.kind, cell.document.getText(), cell.document.languageId);
    data.outputs = [...cell.outputs];
    data.metadata = cell.metadata;
    if (cell.executionSummary !== undefined) data.executionSummary = cell.executionSummary;
    return data;
  });
  const data = new vscode.NotebookData(cells);
  data.metadata = notebook.metadata;
  return data;
}

async function answerOf(command: string, ...args: readonly unknown[]): Promise<unknown> {
  let late: ReturnType<typeof setTimeout> | undefined;
  const given = new Promise<undefined>((resolve) => {
    late = setTimeout(resolve, serializeMs, undefined);
  });
  try {
    return await Promise.race([vscode.commands.executeCommand(command, ...args), given]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(late);
  }
}

function isSame(back: unknown, { cells }: vscode.NotebookData): boolean {
  if (typeof back !== 'object' || back === null || !('cells' in back) || !Array.isArray(back.cells)) return false;
  const read = back.cells as readonly vscode.NotebookCellData[];
  return read.length === cells.length && cells.every((cell, index) => isSameCell(cell, read[index]));
}

function isSameCell(cell: vscode.NotebookCellData, read: vscode.NotebookCellData | undefined): boolean {
  if (read?.kind !== cell.kind || linesOf(read.value) !== linesOf(cell.value)) return false;
  const [wanted, found] = [itemsOf(cell), itemsOf(read)];
  return wanted.length === found.length && wanted.every((data, index) => equalBytes(data, found[index] ?? new Uint8Array()));
}

/** Line ends are the serializer's own business. */
function linesOf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function itemsOf({ outputs = [] }: vscode.NotebookCellData): readonly Uint8Array[] {
  return outputs.flatMap(({ items }) => items.map(({ data }) => data));
}
