// A peer in a process of its own that accepts what comes, and is killed and started again whenever a test likes.

import type { Address } from '../../src/core/peers/address.ts';
import { type PeerId, parsePeerId } from '../../src/core/peers/peerId.ts';
import { type Child, startChild } from './childProcess.ts';

export type Chooser = {
  readonly id: PeerId;
  /** Where it is reached, once it is there again. */
  readonly addresses: () => Promise<readonly Address[]>;
  /** Kills it, and starts it again on the same storage. */
  restart(): Promise<void>;
  ask(what: 'list' | 'accept' | 'remove'): Promise<unknown>;
};

/** Starts one that keeps all that it has in `root`, and what it receives in `received` there. */
export async function startChooser(root: string): Promise<Chooser> {
  const start = async (): Promise<{ readonly child: Child; readonly port: number; readonly id: string }> => {
    const child = startChild('peerChild.ts', 'choose', root);
    return { child, ...((await child.message()) as { port: number; id: string }) };
  };
  let running = start();
  return {
    id: parsePeerId((await running).id),
    addresses: async () => [{ host: '127.0.0.1', port: (await running).port }],
    restart: async () => {
      running = running.then(async ({ child }) => {
        await child.kill();
        return start();
      });
      await running;
    },
    ask: async (what) => {
      const { child } = await running;
      child.send(what);
      return child.message();
    },
  };
}
