// The peer that was written from the protocol's page alone, in Python: started for one command, it tells what happens in lines of
// JSON.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const script = resolve(import.meta.dirname, '../interop/peer.py');
/** Debian's own Python has Debian's packages; another one in front of it may not. */
const interpreters = ['/usr/bin/python3', 'python3'];
const modules = { cryptography: 'python3-cryptography', jwcrypto: 'python3-jwcrypto', OpenSSL: 'python3-openssl' };

/** An interpreter with all that the peer needs, or what is missing. */
export function findPython(): { readonly python: string } | { readonly missing: string } {
  for (const python of interpreters) {
    if (spawnSync(python, ['-c', `import ${Object.keys(modules).join()}`], { stdio: 'ignore' }).status === 0) return { python };
  }
  return {
    missing: `python3 with ${Object.keys(modules).join(', ')}; on Debian: apt-get install ${Object.values(modules).join(' ')}`,
  };
}

export type Fact = Readonly<Record<string, unknown>>;

export type PythonPeer = {
  /** Waits for the next line that has this member. Fails where the process ends without one. */
  told(member: string): Promise<Fact>;
  /** Lets it go on where it waits to be told so. */
  goOn(): void;
  stop(): void;
};

/** Starts it with its identity in `folder`. */
export function startPythonPeer(python: string, folder: string, ...command: readonly string[]): PythonPeer {
  const child: ChildProcess = spawn(python, [script, join(folder), ...command], { stdio: 'pipe' });
  const facts: Fact[] = [];
  let [errors, isOver] = ['', false];
  let wake = (): void => undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  if (child.stdout !== null) {
    createInterface(child.stdout).on('line', (line) => {
      facts.push(JSON.parse(line) as Fact);
      wake();
    });
  }
  child.once('close', () => {
    isOver = true;
    wake();
  });
  return {
    told: async (member) => {
      for (;;) {
        const at = facts.findIndex((fact) => member in fact);
        const fact = facts[at];
        if (fact !== undefined) {
          facts.splice(at, 1);
          return fact;
        }
        if (isOver) throw new Error(`it ended before it told its ${member}: ${JSON.stringify(facts)} ${errors}`);
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    },
    goOn: () => void child.stdin?.write('\n'),
    stop: () => void child.kill('SIGKILL'),
  };
}
