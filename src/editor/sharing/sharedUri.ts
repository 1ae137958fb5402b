// The addresses of documents that peers share: `ferry://`, the peer's ID in small letters, its name, which is there for people to
// see whose it is, and the names that lead to it.

import * as vscode from 'vscode';

import { type PeerId, parsePeerId } from '../../core/peers/peerId.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { peerWords } from '../asking/words.ts';

export const sharedScheme = 'ferry';

/** The address of what a peer shares under these names. */
export function sharedUri(peer: NamedPeer, path: readonly string[]): vscode.Uri {
  const names = [folderOf(peer), ...path];
  return vscode.Uri.from({ scheme: sharedScheme, authority: peer.id.toLowerCase(), path: `/${names.join('/')}` });
}

/** The folder below which everything stands that a peer shares. */
export function folderOf(peer: NamedPeer): string {
  return safeFileName(peerWords(peer));
}

/** What an address stands for; no `folder`: the one above that. Fails with FileNotFound for one that is none. */
export function placeOf(uri: vscode.Uri): {
  readonly peer: PeerId;
  readonly folder: string | undefined;
  readonly path: readonly string[];
} {
  try {
    const [folder, ...path] = uri.path.split('/').filter((name) => name !== '');
    return { peer: parsePeerId(uri.authority), folder, path };
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
