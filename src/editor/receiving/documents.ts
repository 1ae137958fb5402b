// Received items that were not saved to the person's folder, as read-only documents: text with its language, images in their
// viewer. The file lies in Ferry's own storage; editors see it under a URI that allows no writing.

import * as vscode from 'vscode';

export const receivedScheme = 'ferry-received';

/** What a document shows: read whenever it is asked for. */
export type ReceivedContent = { readonly size: number; read(): Promise<Uint8Array> };

export class ReceivedFiles implements vscode.FileSystemProvider {
  readonly #contents = new Map<string, { readonly content: ReceivedContent; readonly time: number }>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  /** The URI under which a content is shown; `name` is safe already, `key` tells contents of the same name apart. */
  show(key: string, name: string, content: ReceivedContent): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: receivedScheme, path: `/${key}/${name}` });
    this.#contents.set(uri.path, { content, time: Date.now() });
    return uri;
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { content, time } = this.#find(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: time, mtime: time, size: content.size, permissions };
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.#find(uri).content.read();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
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

  #find(uri: vscode.Uri): { readonly content: ReceivedContent; readonly time: number } {
    const found = this.#contents.get(uri.path);
    if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return found;
  }
}
