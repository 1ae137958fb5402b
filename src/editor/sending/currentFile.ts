// What is in front of the person, as far as it is a file.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';

/** As fileInFront, but fails with ERR_NO_EDITOR (detail `reason`: none) where nothing is in front too. */
export function currentFile(): vscode.Uri {
  const uri = fileInFront();
  if (uri === undefined) throw noEditor('none');
  return uri;
}

/**
 * The file of the active tab, also where it is an image or too large for an editor; of a comparison, the changed side. Undefined
 * where there is no tab, or one of VS Code's own pages, such as the walkthrough. Fails with ERR_NO_EDITOR (detail `reason`: view)
 * where the tab shows something else than a file.
 */
export function fileInFront(): vscode.Uri | undefined {
  const group = vscode.window.tabGroups.activeTabGroup;
  const input: unknown = group.activeTab?.input;
  const uri = fileOf(input);
  if (uri !== undefined) return uri;
  // Tabs of which extensions are told nothing, as that of a merge, may hold a text editor all the same. One elsewhere is not in
  // front.
  const editor = vscode.window.activeTextEditor;
  if (input === undefined && editor?.viewColumn !== undefined && editor.viewColumn === group.viewColumn)
    return editor.document.uri;
  if (input === undefined) return undefined;
  throw noEditor('view');
}

function noEditor(reason: 'none' | 'view'): FerryError {
  return new FerryError('ERR_NO_EDITOR', 'there is no editor with a file', { detail: { reason } });
}

function fileOf(input: unknown): vscode.Uri | undefined {
  if (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook
  ) {
    return input.uri;
  }
  const isDiff = input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff;
  return isDiff ? input.modified : undefined;
}
