// The addresses of documents that peers share: `ferry://`, the peer's ID in small letters, and the names that lead to it.

import * as vscode from 'vscode';

import { type PeerId, parsePeerId } from '../../core/peers/peerId.ts';

export const sharedScheme = 'ferry';

/** The address of what a peer shares under these names. */
export function sharedUri(peer: PeerId, path: readonly string[]): vscode.Uri {
  return vscode.Uri.from({ scheme: sharedScheme, authority: peer.toLowerCase(), path: `/${path.join('/')}` });
}

/** What an address stands for. Fails with FileNotFound for one that is none. */
export function placeOf(uri: vscode.Uri): { readonly peer: PeerId; readonly path: readonly string[] } {
  try {
    return { peer: parsePeerId(uri.authority), path: uri.path.split('/').filter((name) => name !== '') };
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
