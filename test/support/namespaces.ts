// Two network namespaces with a cable between them, and programs that run in one of them. They need root and `ip` from iproute2.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

import { createEmitter } from '../../src/core/base/event.ts';
import { eventually } from './temp.ts';

/** What is missing where no cable can be laid. */
export const noNamespaces = 'root, ip of iproute2, or network namespaces';

/** The device that the cable is plugged into, on either side. */
export const device = 'veth0';

export type Cable = {
  readonly left: string;
  readonly right: string;
  readonly ip: (...words: readonly string[]) => void;
  readonly remove: () => void;
};

/** Lays the cable, with an address of each list on either side. Fails where this machine has no namespaces. */
export function layCable(name: string, leftAddresses: readonly string[], rightAddresses: readonly string[]): Cable {
  const [left, right] = [`ferry-${process.pid}-${name}l`, `ferry-${process.pid}-${name}r`];
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });
  const remove = (): void => {
    for (const side of [left, right]) {
      try {
        ip('netns', 'delete', side);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const side of [left, right]) ip('netns', 'add', side);
    ip('-n', left, 'link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', right);
    for (const [side, addresses] of [
      [left, leftAddresses],
      [right, rightAddresses],
    ] as const) {
      for (const address of addresses) ip('-n', side, 'address', 'add', address, 'dev', device);
      for (const one of ['lo', device]) ip('-n', side, 'link', 'set', one, 'up');
    }
  } catch (error) {
    remove();
    throw new Error('no network namespaces here', { cause: error });
  }
  return { left, right, ip, remove };
}

/** Those of these programs that are not on the path. */
export function missingPrograms(...names: readonly string[]): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return names.filter((name) => !folders.some((folder) => isProgram(join(folder, name))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type Running = {
  /** Waits for a line that it wrote. */
  writes(pattern: RegExp): Promise<RegExpExecArray>;
  /** Hands it a line. */
  tell(line: string): void;
  /** Ends its input, and waits for its end. */
  end(): Promise<void>;
};

/** Runs a program in a namespace, with mounts of its own. It is expected to end when its input does. */
export function runIn(namespace: string, command: string, ...words: readonly string[]): Running {
  const child = spawn('ip', ['netns', 'exec', namespace, 'unshare', '--mount', command, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const wrote = createEmitter<undefined>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      wrote.fire(undefined);
    });
  }
  const closed = once(child, 'close');
  return {
    writes: (pattern) => {
      const find = (): RegExpExecArray | undefined =>
        lines.map((line) => pattern.exec(line)).find((match) => match !== null) ?? undefined;
      return eventually(wrote.event, find, String(pattern)).catch((error: unknown) => {
        throw new Error(`it wrote:\n${lines.join('\n')}`, { cause: error });
      });
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    end: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
      await closed;
      clearTimeout(late);
    },
  };
}
