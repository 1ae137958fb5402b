// An editor of another extension: what it shows, and whether that is saved, only its tab tells.

import { writeFile } from 'node:fs/promises';

import * as vscode from 'vscode';

import { eventually } from '../support/temp.ts';

/** Contributed by the extension in `companion`. */
export const bytesEditor = 'ferry-test.bytes';

export type BytesEditor = {
  /** Changes what the editor of a file holds, which is not saved yet; undefined cannot be saved. */
  readonly change: (uri: vscode.Uri, to: string | undefined) => Promise<void>;
  readonly close: () => void;
};

/** Registers an editor whose content no other extension sees, as one of bytes or of drawings. */
export function registerBytesEditor(): BytesEditor {
  const changed = new vscode.EventEmitter<vscode.CustomDocumentEditEvent>();
  const open = new Map<string, vscode.CustomDocument>();
  let content: string | undefined = '';
  const write = async (uri: vscode.Uri): Promise<void> => {
    if (content === undefined) throw vscode.FileSystemError.NoPermissions(uri);
    await writeFile(uri.fsPath, content);
  };
  const provider: vscode.CustomEditorProvider = {
    onDidChangeCustomDocument: changed.event,
    openCustomDocument: (uri) => {
      const document = { uri, dispose: () => undefined };
      open.set(uri.toString(), document);
      return document;
    },
    resolveCustomEditor: () => undefined,
    saveCustomDocument: ({ uri }) => write(uri),
    saveCustomDocumentAs: (_document, uri) => write(uri),
    revertCustomDocument: async () => undefined,
    backupCustomDocument: async () => ({ id: 'none', delete: () => undefined }),
  };
  const registered = vscode.window.registerCustomEditorProvider(bytesEditor, provider);
  const { tabGroups } = vscode.window;
  return {
    close: () => void registered.dispose(),
    change: async (uri, to) => {
      content = to;
      const document = await eventually(tabGroups.onDidChangeTabs, () => open.get(uri.toString()), 'the editor is open');
      changed.fire({ document, undo: () => undefined, redo: () => undefined });
      const dirty = () => tabGroups.activeTabGroup.activeTab?.isDirty === true || undefined;
      await eventually(tabGroups.onDidChangeTabs, dirty, 'the change is seen');
    },
  };
}
