// A file or folder of a simulated disk that is open.

import { SimFile, type SimNode } from './simNodes.ts';

/** What a handle asks of its disk. */
export type SimTurns = {
  /** Does what changes nothing, in its turn. */
  look<T>(work: () => T): Promise<T>;
  /** Does what changes the disk, unless it stops or fails there. */
  step(step: 'write' | 'sync' | 'syncFolder', work: () => void, failed?: () => void): Promise<void>;
  /** Bytes that can still be written. */
  free(): number;
  stats(): SimStats;
};

/** What the system says of a file or a folder, as far as Ferry asks. */
export type SimStats = {
  readonly ino: number;
  readonly nlink: number;
  readonly size: number;
  readonly mode: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
};

/** The part of a FileHandle that Ferry uses. */
export type SimHandle = {
  sync(): Promise<void>;
  datasync(): Promise<void>;
  write(bytes: Uint8Array, offset?: number, length?: number, position?: number): Promise<{ readonly bytesWritten: number }>;
  writeFile(data: string | Uint8Array): Promise<void>;
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  readFile(encoding?: BufferEncoding): Promise<string | Buffer>;
  stat(): Promise<SimStats>;
  close(): Promise<void>;
};

/** Opens a node. */
export function simHandle(node: SimNode, turns: SimTurns): SimHandle {
  let end = 0;
  const file = (): SimFile => {
    if (node instanceof SimFile) return node;
    throw systemError('EISDIR', 'a folder');
  };
  const sync = (): Promise<void> =>
    turns.step(
      node instanceof SimFile ? 'sync' : 'syncFolder',
      () => node.sync(true),
      () => node.sync(false),
    );
  const write = (bytes: Uint8Array, at: number): Promise<void> =>
    turns.step('write', () => {
      if (at + bytes.length - file().bytes.length > turns.free()) throw systemError('ENOSPC', 'write');
      file().write(bytes, at);
      end = at + bytes.length;
    });
  return {
    ...{ sync, datasync: sync, stat: () => turns.look(() => turns.stats()), close: () => turns.look(() => undefined) },
    write: async (bytes, offset = 0, length = bytes.length - offset, position = end) => {
      await write(bytes.slice(offset, offset + length), position);
      return { bytesWritten: length };
    },
    writeFile: (data) => write(Buffer.from(data as string), 0),
    read: (into, offset, length, position) =>
      turns.look(() => {
        const found = file().bytes.subarray(position, position + length);
        into.set(found, offset);
        return { bytesRead: found.length };
      }),
    readFile: (encoding) =>
      turns.look(() => (encoding === undefined ? Buffer.from(file().bytes) : file().bytes.toString(encoding))),
  };
}

/** What the system says of a node that has so many names. */
export function simStats(node: SimNode, nlink: number): SimStats {
  const isFile = node instanceof SimFile;
  return {
    ...{ ino: node.ino, nlink, size: isFile ? node.bytes.length : 0, mode: isFile ? 0o100600 : 0o040700 },
    ...{ isFile: () => isFile, isDirectory: () => !isFile, isSymbolicLink: () => false },
  };
}

/** The error of a call that failed, with the system's code. */
export function systemError(code: string, about: string): Error {
  return Object.assign(new Error(`${code}: ${about}`), { code });
}
