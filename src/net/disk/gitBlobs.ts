// What git keeps of a file: the id of its blob at the last commit, and the content of a blob. Read with git itself, which is told
// to reach no other machine: a repository may name one from which it fetches what it does not have.

import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';

import { limits } from '../../core/base/limits.ts';
import { isBlobId } from '../../core/wire/context.ts';

const limitMs = 5_000;

/** The id of the blob that a file is at the last commit; undefined where there is no git, no repository or no such file in it. */
export async function headBlob(path: string): Promise<string | undefined> {
  const answer = await git(['-C', dirname(path), 'rev-parse', '--verify', '--quiet', `HEAD:./${basename(path)}`]);
  const id = answer?.toString('latin1').trim() ?? '';
  return isBlobId(id) ? id : undefined;
}

/** The content of a blob in the repository of a folder; undefined where it does not have it, or it is too large to be merged. */
export async function readBlob(folder: string, id: string): Promise<Uint8Array | undefined> {
  return isBlobId(id) ? git(['-C', folder, 'cat-file', 'blob', id]) : undefined;
}

function git(args: readonly string[]): Promise<Buffer | undefined> {
  const env = { ...process.env, GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0' };
  const options = { env, timeout: limitMs, maxBuffer: limits.mergeBytes, encoding: 'buffer', windowsHide: true } as const;
  return new Promise((resolve) => {
    execFile('git', args, options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}
