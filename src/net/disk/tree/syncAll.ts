// One sync for a whole file system, in the place of one for each of many files, which costs a commit of its journal every few
// files. Node has no such call; the program `sync` of GNU does nothing else.

import { execFile } from 'node:child_process';
import { release } from 'node:os';

import { FerryError } from '../../../core/base/errors.ts';
import { disk } from '../disk.ts';

/**
 * Brings all that was written to the file system of `path` to the disk. False where that could not be done or took too long, so
 * that nothing is known; fails with ERR_FOLDER_UNUSABLE where the disk did not take what was written.
 */
export type SyncAll = (path: string) => Promise<boolean>;

export type SyncAllOptions = {
  /** Where the program is looked for; asked for by its whole path, so that nothing else is run. */
  readonly programs?: readonly string[];
  /** The release of the system. */
  readonly system?: string;
  readonly limitMs?: number;
};

/** Whatever else is written to the same disk is waited for too: past this, a sync for each file is no worse. */
const allowedMs = 10_000;
/** Longer than this takes no program to say what it is. */
const versionMs = 2_000;

/**
 * By the numbers that Linux gives them, the file systems that take such a sync for what it is: ext2 to ext4, XFS, Btrfs, F2FS,
 * and tmpfs, which has no disk. Those over a network or in a process of a user answer before anything is anywhere.
 */
const fileSystems: readonly number[] = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994];

/**
 * The sync that can be relied on in a folder; undefined where none can: on other systems than Linux, on Linux before 5.8, which
 * does not tell that something could not be written, on other file systems, and with other programs of that name, which may not
 * tell either. Never fails.
 */
export async function findSyncAll(
  folder: string,
  { programs = ['/usr/bin/sync', '/bin/sync'], system = release(), limitMs = allowedMs }: SyncAllOptions = {},
): Promise<SyncAll | undefined> {
  if (process.platform !== 'linux' || !tellsFailures(system)) return undefined;
  const type = await disk.promises.statfs(folder).then(
    (found) => found.type,
    () => -1,
  );
  if (!fileSystems.includes(type)) return undefined;
  for (const program of programs) {
    const { end, output } = await run(program, ['--version'], versionMs);
    if (end === 0 && output.includes('(GNU coreutils)')) return (path) => syncWith(program, path, limitMs);
  }
  return undefined;
}

async function syncWith(program: string, path: string, limitMs: number): Promise<boolean> {
  const { end, output } = await run(program, ['-f', '--', path], limitMs);
  if (typeof end === 'number' && end !== 0) {
    throw new FerryError('ERR_FOLDER_UNUSABLE', `sync ended with ${end}: ${output.slice(0, 200)}`);
  }
  return end === 0;
}

/** From there on, a sync of a file system tells what could not be written before it. */
function tellsFailures(system: string): boolean {
  const [major = 0, minor = 0] = system.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 8);
}

type Ended = { readonly end: number | 'late' | 'not run'; readonly output: string };

/** What sleeps in the kernel does not end when it is told to: nobody waits for it. */
function run(program: string, words: readonly string[], limitMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { env: { LC_ALL: 'C' }, maxBuffer: 65_536 }, (error, stdout, stderr) => {
      clearTimeout(late);
      const code = error === null ? 0 : error.code;
      resolve({ end: typeof code === 'number' ? code : 'not run', output: `${stdout}${stderr}` });
    });
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      resolve({ end: 'late', output: '' });
    }, limitMs);
  });
}
