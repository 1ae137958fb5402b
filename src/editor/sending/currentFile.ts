// What is in front of the person, as far as it is a file.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';

/**
 * The file of the active tab, also where it is an image or too large for an editor; of a comparison, the changed side. Fails with
 * ERR_NO_EDITOR (detail `reason`: none, or view where the tab shows something else than a file).
 */
export function currentFile(): vscode.Uri {
  const group = vscode.window.tabGroups.activeTabGroup;
  const input: unknown = group.activeTab?.input;
  const uri = fileOf(input);
  if (uri !== undefined) return uri;
  // Tabs of which extensions are told nothing, as that of a merge, may hold a text editor all the same. One elsewhere is not in
  // front.
  const editor = vscode.window.activeTextEditor;
  if (input === undefined && editor?.viewColumn !== undefined && editor.viewColumn === group.viewColumn)
    return editor.document.uri;
  const reason = group.activeTab === undefined ? 'none' : 'view';
  throw new FerryError('ERR_NO_EDITOR', 'there is no editor with a file', { detail: { reason } });
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
