// What every file system of Ferry refuses: its documents are looked at, and nothing is written through them.

import * as vscode from 'vscode';

/** A file system in which nothing can be made, written, deleted or renamed, and of whose folders nobody is told. */
export abstract class ReadOnlyFiles {
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
