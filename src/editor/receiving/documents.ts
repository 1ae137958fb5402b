// Received items that were not saved to the person's folder, as read-only documents: text with its language, images in their
// viewer. The file lies in Ferry's own storage; editors see it under a URI that allows no writing.

import * as vscode from 'vscode';

import { safeFileName } from '../../core/text/safeName.ts';
import { ReadOnlyFiles } from '../host/readOnlyFiles.ts';

export const receivedScheme = 'ferry-received';

/** What a document shows: read whenever it is asked for. */
export type ReceivedContent = { readonly size: number; read(): Promise<Uint8Array> };

/**
 * Whose a content is, which peer it is from, as words, and what tells it apart from others of the same name; a new document each
 * time where there is no key.
 */
export type Belonging = { readonly entry?: string; readonly from?: string; readonly key?: string };

type Held = {
  readonly content: ReceivedContent;
  readonly time: number;
  readonly entry: string | undefined;
  readonly key: string | undefined;
};

export class ReceivedFiles extends ReadOnlyFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #contents = new Map<string, Held>();
  /** Editors keep a document for a while after its last tab: under its path they would show it again instead of another one. */
  readonly #used = new Set<string>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #closing = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.#release(closed));
  readonly onDidChangeFile = this.#changed.event;

  /**
   * The URI under which a content is shown, below the name of its peer; `name` is safe already. What belongs to no entry is kept
   * until its last tab closes.
   */
  show(name: string, content: ReceivedContent, { entry, from = '', key }: Belonging = {}): vscode.Uri {
    const path = this.#pathOf(key) ?? this.#freePath(safeFileName(from || 'Ferry'), name);
    // Whoever shows it already sees no change where there is none.
    const known = this.#contents.get(path);
    const time = known?.content.size === content.size ? known.time : Date.now();
    this.#contents.set(path, { content, time, entry, key });
    return vscode.Uri.from({ scheme: receivedScheme, path });
  }

  #pathOf(key: string | undefined): string | undefined {
    return key === undefined ? undefined : [...this.#contents].find(([, held]) => held.key === key)?.[0];
  }

  #freePath(folder: string, name: string): string {
    for (let count = 1; ; count += 1) {
      const path = `/${count === 1 ? folder : `${folder} (${count})`}/${name}`;
      if (this.#used.has(path)) continue;
      this.#used.add(path);
      return path;
    }
  }

  /** Lets go of what belongs to an entry of the inbox. */
  forget(entry: string): void {
    for (const [path, held] of this.#contents) if (held.entry === entry) this.#contents.delete(path);
  }

  dispose(): void {
    this.#closing.dispose();
    this.#changed.dispose();
    this.#contents.clear();
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { content, time } = this.#find(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: time, mtime: time, size: content.size, permissions };
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.#find(uri).content.read();
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  #release(closed: readonly vscode.Tab[]): void {
    const open = new Set(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.flatMap(pathsOf)));
    for (const path of closed.flatMap(pathsOf)) {
      const held = this.#contents.get(path);
      if (held !== undefined && held.entry === undefined && !open.has(path)) this.#contents.delete(path);
    }
  }

  #find(uri: vscode.Uri): Held {
    const found = this.#contents.get(uri.path);
    if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return found;
  }
}

/** The paths of received contents that a tab shows. */
function pathsOf({ input }: vscode.Tab): readonly string[] {
  const uris =
    input instanceof vscode.TabInputTextDiff
      ? [input.original, input.modified]
      : input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
        ? [input.uri]
        : [];
  return uris.filter(({ scheme }) => scheme === receivedScheme).map(({ path }) => path);
}
