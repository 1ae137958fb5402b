// Discovery in a process of its own, in a network namespace where one is named.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { createEmitter } from '../../src/core/base/event.ts';
import { eventually } from './temp.ts';

export type PeerProcess = {
  /** Waits for a report of what it sees and how it is, as JSON. */
  reports(test: (report: string) => boolean): Promise<void>;
  everything(): string;
  /** Lets it stop by itself; fails unless it does, without an error. */
  end(): Promise<void>;
};

const program = `
import { startDiscovery } from ${JSON.stringify(new URL('../../src/net/discovery/discovery.ts', import.meta.url).href)};
import { realSystem } from ${JSON.stringify(new URL('../../src/net/discovery/system.ts', import.meta.url).href)};
const { idPrefix, port, soonestMs = Infinity, ...options } = JSON.parse(process.argv[1]);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const after = (ms, work) => realSystem.after(Math.min(ms, soonestMs), work);
const discovery = startDiscovery({ self: { idPrefix, port }, log, ...options, system: { ...realSystem, after } });
discovery.onDidChange(() => console.log(JSON.stringify([discovery.sightings(), discovery.status()])));
process.stdin.on('end', () => discovery.stop()).resume();
`;

/** A window in a process of its own, in a network namespace where one is named. It looks and asks every `soonestMs`. */
export function peerProcess(options: Readonly<Record<string, unknown>>, namespace?: string): PeerProcess {
  const words = [process.execPath, '--input-type=module', '-e', program, JSON.stringify(options)];
  const [command = '', ...rest] = namespace === undefined ? words : ['ip', 'netns', 'exec', namespace, ...words];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const reported = createEmitter<string>();
  const reports: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    reports.push(line);
    reported.fire(line);
  });
  const exited = once(child, 'exit');
  return {
    reports: async (test) => {
      const find = (): string | undefined => (test(reports.at(-1) ?? '') ? 'found' : undefined);
      await eventually(reported.event, find, `a report; the last one is ${reports.at(-1) ?? 'missing'}`).catch(
        (error: unknown) => {
          throw new Error(`last report: ${reports.at(-1) ?? 'none'}`, { cause: error });
        },
      );
    },
    everything: () => reports.join('\n'),
    end: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
      assert.deepEqual(await exited, [0, null], 'the process ends by itself');
      clearTimeout(late);
    },
  };
}
