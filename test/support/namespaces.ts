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
  return lay(name, [], leftAddresses, rightAddresses, ({ left, right, ip }) => {
    ip('-n', left, 'link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', right);
  });
}

/** The same with a switch between the two that keeps its stations apart, as guest Wi-Fi does. */
export function layApart(name: string, leftAddresses: readonly string[], rightAddresses: readonly string[]): Cable {
  const between = `ferry-${process.pid}-${name}b`;
  return lay(name, [between], leftAddresses, rightAddresses, ({ left, right, ip }) => {
    ip('-n', between, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', between, 'link', 'set', 'br0', 'up');
    for (const [port, side] of [
      ['left', left],
      ['right', right],
    ] as const) {
      ip('-n', between, 'link', 'add', port, 'type', 'veth', 'peer', 'name', device, 'netns', side);
      ip('-n', between, 'link', 'set', port, 'master', 'br0', 'up');
      ip('-n', between, 'link', 'set', port, 'type', 'bridge_slave', 'isolated', 'on');
    }
  });
}

function lay(
  name: string,
  others: readonly string[],
  leftAddresses: readonly string[],
  rightAddresses: readonly string[],
  connect: (cable: Omit<Cable, 'remove'>) => void,
): Cable {
  const [left, right] = [`ferry-${process.pid}-${name}l`, `ferry-${process.pid}-${name}r`];
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });
  const remove = (): void => {
    for (const one of [left, right, ...others]) {
      try {
        ip('netns', 'delete', one);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const one of [left, right, ...others]) ip('netns', 'add', one);
    connect({ left, right, ip });
    for (const [side, addresses] of [
      [left, leftAddresses],
      [right, rightAddresses],
    ] as const) {
      // An address of IPv6 can be used only once the system has asked whether somebody else has it, unless it is told not to.
      const now = (address: string): readonly string[] => (address.includes(':') ? ['nodad'] : []);
      for (const address of addresses) ip('-n', side, 'address', 'add', address, 'dev', device, ...now(address));
      for (const one of ['lo', device]) ip('-n', side, 'link', 'set', one, 'up');
    }
    for (const side of [left, right]) untilPlugged(side);
  } catch (error) {
    remove();
    throw new Error('no network namespaces here', { cause: error });
  }
  return { left, right, ip, remove };
}

/** The system takes up to a second to see that a cable is plugged in; until then no program is told the addresses. */
function untilPlugged(namespace: string): void {
  const isPlugged = (): boolean =>
    execFileSync('ip', ['-n', namespace, 'link', 'show', device], { encoding: 'utf8' }).includes(' state UP ');
  for (let looks = 0; !isPlugged(); looks += 1) if (looks > 2_000) throw new Error('the cable is not plugged in');
}

/** Lets so many bits a second out of either side. Fails where there is no `tc`, or the system cannot do that. */
export function slow({ left, right }: Cable, rate: string): void {
  for (const side of [left, right]) {
    const words = ['-n', side, 'qdisc', 'add', 'dev', device, 'root', 'tbf', 'rate', rate, 'burst', '256k', 'latency', '100ms'];
    execFileSync('tc', words, { stdio: 'pipe' });
  }
}

/** Gives a namespace a rule of nftables, for what comes in or goes out. Fails where there is no `nft`. */
export function filter(namespace: string, hook: 'input' | 'output', rule: string): void {
  const text = ['table inet ferry {', 'chain one {', `type filter hook ${hook} priority 0`, rule, '}', '}', ''].join('\n');
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] });
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
