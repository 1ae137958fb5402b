// Programs of this machine: found, started, waited for and ended.

import { type ChildProcessByStdio, execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** A program that serves, and that says on its standard error when it does. */
export type Server = ChildProcessByStdio<null, null, Readable>;

/** The only address that anything of the benchmark listens at. */
export const loopback = '127.0.0.1';

const listensWithinMs = 5_000;

/** Runs a program to its end. Fails where it does. */
export const run = promisify(execFile);

/** The milliseconds that work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Waits until a server says that it listens; what else it says is passed over. Fails where it ends, or says nothing for 5 s. */
export function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`it does not listen: ${said.slice(-500)}`)), listensWithinMs);
    const settle = (error?: Error): void => {
      clearTimeout(late);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
      if (/listening on/i.test(said)) settle();
    });
    server.once('error', settle);
    server.once('exit', () => settle(new Error(`it ended: ${said.slice(-500)}`)));
  });
}

/** Ends a server. */
export async function ended(server: Server): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((done) => server.once('exit', done));
  server.kill();
  await exited;
}

/** A port of loopback that nobody listens at just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The path of a program, undefined where it is not there; servers lie in folders that an ordinary person's PATH leaves out. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  for (const folder of folders.filter((entry) => entry !== '')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** What went wrong, in one line. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').slice(0, 200);
}
