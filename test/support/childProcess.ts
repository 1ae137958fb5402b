// Other processes of this project's own code, for what one process cannot show: locks, races, kills.

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export type Child = {
  readonly pid: number;
  /** The next message that the child sends; fails where it ends before. */
  message(): Promise<unknown>;
  send(message: string | number): void;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for its end; gives the exit code, or null where it was killed. */
  ended(): Promise<number | null>;
};

const children = new Set<ChildProcess>();

/** Starts a script of this folder in a process of its own. */
export function startChild(script: string, ...args: readonly string[]): Child {
  return childOf(script, fork(join(import.meta.dirname, script), args));
}

/** The same with so many files that it may have open at once, by a shell. */
export function startPoorChild(openFiles: number, script: string, ...args: readonly string[]): Child {
  const shell = ['-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, process.execPath];
  return childOf(script, fork(join(import.meta.dirname, script), args, { execPath: '/bin/sh', execArgv: shell }));
}

/** The same where the system has no watches for it, in a namespace of users; fails where this machine has none. */
export function startWatchlessChild(script: string, ...args: readonly string[]): Child {
  const inner = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$0" "$@"';
  const shell = ['-c', `exec unshare --user --map-root-user sh -c '${inner}' "$0" "$@"`, process.execPath];
  return childOf(script, fork(join(import.meta.dirname, script), args, { execPath: '/bin/sh', execArgv: shell }));
}

function childOf(script: string, child: ChildProcess): Child {
  children.add(child);
  const messages: unknown[] = [];
  let wake = (): void => undefined;
  let exit: { readonly code: number | null } | undefined;
  child.on('message', (message) => {
    messages.push(message);
    wake();
  });
  const ended = new Promise<number | null>((done) => {
    child.once('exit', (code) => {
      children.delete(child);
      exit = { code };
      wake();
      done(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    async message() {
      while (messages.length === 0) {
        if (exit !== undefined) throw new Error(`${script} ended with ${exit.code} before it said something`);
        await new Promise<void>((done) => {
          wake = done;
        });
      }
      return messages.shift();
    },
    send: (message) => child.send(message),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended: () => ended,
  };
}

/** Kills those that still run. */
export async function killChildren(): Promise<void> {
  const ends = [...children].map((child) => new Promise((done) => child.once('exit', done)));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
}
