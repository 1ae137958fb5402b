// A double click on a sealed item opens it. VS Code gives files of a type to a custom editor; this one shows nothing but hands
// the file to the command and closes itself.

import * as vscode from 'vscode';

/** Registers the editor for `*.jwe` and `*.sealed`. */
export function registerSealedEditor(): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: (document, panel) => {
      panel.dispose();
      void vscode.commands.executeCommand('ferry.openSealed', document.uri);
    },
  };
  return vscode.window.registerCustomEditorProvider('ferry.sealed', provider);
}
