// Runs other programs for the host tools: to their end, with a limit, and with what they printed at hand when they fail.

import { spawn } from 'node:child_process';

export type ProgramResult = {
  /** The exit code, or null where a signal or the limit ended it. */
  readonly code: number | null;
  /** What it printed, both streams as they came. */
  readonly output: string;
};

export type ProgramOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed. */
  readonly limitMs: number;
};

/** Runs a program to its end and gives what it printed. Rejects only where it cannot be started. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const killWithUs = (): void => {
      child.kill('SIGKILL');
    };
    process.once('exit', killWithUs);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      output += `\n(ended after ${String(options.limitMs / 1000)} s)`;
      child.kill('SIGKILL');
    }, options.limitMs);
    const finish = (): void => {
      clearTimeout(timer);
      process.removeListener('exit', killWithUs);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code) => {
      finish();
      resolve({ code, output });
    });
  });
}

/** The last lines of a long text, for an error message. */
export function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
