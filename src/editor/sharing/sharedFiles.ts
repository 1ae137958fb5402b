// What peers share as a read-only file system: its documents can be opened, compared and copied with the editor's own commands.

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import { sizeText } from '../../core/text/sizes.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { peerWords } from '../asking/words.ts';
import { ReadOnlyFiles } from '../host/readOnlyFiles.ts';
import { folderOf, placeOf } from './sharedUri.ts';

const { l10n } = vscode;

/** Longer than any answer takes that will come. */
const waitMs = 60_000;

export class SharedFiles extends ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly #app: Pick<App, 'browser' | 'book' | 'presence'>;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(app: Pick<App, 'browser' | 'book' | 'presence'>) {
    super();
    this.#app = app;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { peer, path } = placeOf(uri);
    const permissions = vscode.FilePermission.Readonly;
    if (path.length === 0) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0, permissions };
    return this.#ask(uri, async (browser, signal) => {
      const { kind, size = 0, modified = 0 } = await browser.find(peer, path, signal);
      return { type: typeOf(kind), ctime: modified, mtime: modified, size, permissions };
    });
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const { peer, folder, path } = placeOf(uri);
    if (folder === undefined) return [[folderOf(this.#named(peer)), vscode.FileType.Directory]];
    return this.#ask(uri, async (browser, signal) => {
      const entries = await browser.list(peer, path, signal);
      return entries.map(({ name, kind }) => [name, typeOf(kind)]);
    });
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { peer, path } = placeOf(uri);
    return this.#ask(uri, (browser, signal) => browser.read(peer, path, limits.sharedOpenBytes, signal));
  }

  async #ask<T>(
    uri: vscode.Uri,
    work: (browser: Awaited<ReturnType<App['browser']>>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.timeout(waitMs);
    try {
      // A document is asked for as soon as a window is loaded anew.
      await this.#app.presence.settled(signal);
      const found = await work(await this.#app.browser(), signal);
      this.#checkName(placeOf(uri));
      return found;
    } catch (cause) {
      throw this.#asFileError(uri, cause);
    }
  }

  /**
   * The name stands above what is shared, and in titles: whoever makes an address by hand could put any there. Fails with
   * ERR_NOT_SHARED where the person knows the peer by none such.
   */
  #checkName({ peer, folder }: ReturnType<typeof placeOf>): void {
    const { name = '' } = this.#app.book.find(peer) ?? {};
    const rows = this.#app.presence.session?.directory.peers.filter(({ id }) => id === peer) ?? [];
    const isKnown = [this.#named(peer), { id: peer, name }, ...rows].some((one) => folderOf(one) === folder);
    if (!isKnown) throw new FerryError('ERR_NOT_SHARED', 'the peer has another name');
  }

  #asFileError(uri: vscode.Uri, cause: unknown): vscode.FileSystemError {
    const error = toFerryError(cause);
    if (error.code === 'ERR_NOT_SHARED') return vscode.FileSystemError.FileNotFound(uri);
    if (error.code === 'ERR_ITEM_TOO_LARGE' && !error.remote) {
      return vscode.FileSystemError.Unavailable(
        l10n.t(
          'This file is larger than {0}. Run "Ferry: Get File from Peer…" to save it instead.',
          sizeText(limits.sharedOpenBytes),
        ),
      );
    }
    return vscode.FileSystemError.Unavailable(errorWords(error, peerWords(this.#named(placeOf(uri).peer))));
  }

  #named(peer: PeerId): NamedPeer {
    const known = this.#app.book.find(peer);
    return { id: peer, name: known?.nickname ?? known?.name ?? '' };
  }
}

function typeOf(kind: 'file' | 'folder'): vscode.FileType {
  return kind === 'folder' ? vscode.FileType.Directory : vscode.FileType.File;
}
