// The file systems of VS Code, which may be anywhere and allow reading alone: what they refuse, as errors that have a sentence.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';

/** The whole of a file, wherever it is. Fails with ERR_SOURCE_MISSING; its detail `reason` is as in fileSource. */
export async function readWhole(uri: vscode.Uri): Promise<Uint8Array> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (cause) {
    throw new FerryError('ERR_SOURCE_MISSING', 'the file cannot be read', { cause, detail: { reason: reasonOf(cause) } });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof vscode.FileSystemError ? cause.code : '';
  if (code === 'FileIsADirectory') return 'not-a-file';
  return code === 'NoPermissions' ? 'denied' : 'missing';
}

/** What writes through a file system of VS Code. Fails with ERR_FOLDER_UNUSABLE (reason place) where nothing is taken there. */
export async function written<T>(work: Thenable<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw unusable(cause);
  }
}

/** Whether a file system says that nothing can be written there, or that a file of it cannot be changed. */
export async function isReadOnly(uri: vscode.Uri): Promise<boolean> {
  const { fs } = vscode.workspace;
  const { permissions = 0 } = await fs.stat(uri).then(undefined, () => ({ permissions: 0 }));
  return fs.isWritableFileSystem(uri.scheme) === false || (permissions & vscode.FilePermission.Readonly) !== 0;
}

/** The path of a place that Ferry itself is to write to. Fails with ERR_FOLDER_UNUSABLE where it is not on this machine. */
export function pathHere({ scheme, fsPath }: vscode.Uri): string {
  if (scheme !== 'file') throw unusable();
  return fsPath;
}

/** The error that nothing can be written at a place which the person chose. */
export function unusable(cause?: unknown): FerryError {
  return new FerryError('ERR_FOLDER_UNUSABLE', 'nothing can be written at this place', { cause, detail: { reason: 'place' } });
}
