// Files that lie on no disk, as those of a repository that is only looked at: `companion:/far`. What is in `fixed` cannot be
// changed.

import * as vscode from 'vscode';

const { FileSystemError, FileType } = vscode;

/**
 * What is in it, by the path below the folder; a folder has no bytes.
 *
 * @type {Map<string, Uint8Array | undefined>}
 */
const entries = new Map([
  ['', undefined],
  ['/src', undefined],
  ['/fixed', undefined],
]);
for (const path of ['/src/main.txt', '/far.txt', '/fixed/fixed.txt']) entries.set(path, new TextEncoder().encode(`${path}\n`));

/** @type {vscode.EventEmitter<vscode.FileChangeEvent[]>} */
const changed = new vscode.EventEmitter();

/** Whatever lies above the folder. @param {vscode.Uri} uri */
const within = ({ path }) => path.split(/(?<=\/far)(?=\/|$)/)[1] ?? (path.endsWith('/far') ? '' : path);

/** @param {vscode.Uri} uri */
const writable = (uri) => {
  if (within(uri).startsWith('/fixed')) throw FileSystemError.NoPermissions(uri);
  return within(uri);
};

/** @param {vscode.Uri} uri */
const found = (uri) => {
  if (!entries.has(within(uri))) throw FileSystemError.FileNotFound(uri);
  return entries.get(within(uri));
};

/** @type {vscode.FileSystemProvider} */
const provider = {
  onDidChangeFile: changed.event,
  watch: () => new vscode.Disposable(() => undefined),
  stat: (uri) => {
    const bytes = found(uri);
    const type = bytes === undefined ? FileType.Directory : FileType.File;
    const isFixed = within(uri).startsWith('/fixed/');
    return {
      ...{ type, ctime: 1, mtime: 1, size: bytes?.length ?? 0 },
      ...(isFixed ? { permissions: vscode.FilePermission.Readonly } : {}),
    };
  },
  readDirectory: (uri) => {
    found(uri);
    return [...entries].flatMap(([path, bytes]) => {
      const at = path.lastIndexOf('/');
      if (at < 0 || path.slice(0, at) !== within(uri)) return [];
      return [[path.slice(at + 1), bytes === undefined ? FileType.Directory : FileType.File]];
    });
  },
  readFile: (uri) => {
    const bytes = found(uri);
    if (bytes === undefined) throw FileSystemError.FileIsADirectory(uri);
    return bytes;
  },
  // One that throws at once, VS Code does not answer the next time.
  writeFile: async (uri, bytes) => {
    entries.set(writable(uri), bytes);
    changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  },
  createDirectory: (uri) => void entries.set(writable(uri), undefined),
  delete: (uri) => void entries.delete(writable(uri)),
  rename: (from) => {
    throw FileSystemError.NoPermissions(from);
  },
};

export const registerFarFiles = () => vscode.workspace.registerFileSystemProvider('companion', provider);
