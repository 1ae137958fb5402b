// A real extension host that is killed again and again while it receives, each time at a random moment, and comes back with its
// page: what was accepted is in the Inbox once, what was removed stays away, and every file is whole under its name.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Address } from '../../src/core/peers/address.ts';
import { parsePeerId } from '../../src/core/peers/peerId.ts';
import { transfer } from '../../src/core/sending/transfer.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { tempFolder } from '../support/temp.ts';
import { type HostProcess, withKilledHost } from './lib/killedHost.ts';
import { atMost, type BenchRow, noted } from './rows.ts';

const kills = 20;
const size = 24_000_000;
const bytes = randomBytes(size);
const digest = createHash('sha256').update(bytes).digest('hex');

/** Rows: how many transfers were delivered, and how often an Inbox was not what it has to be. */
export async function benchKills(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const sender = await headlessPeer({ name: 'honest' });
  try {
    return await withKilledHost(root, sender.identity.peerId, (host) => killAndLook(sender, host));
  } finally {
    await sender.stop();
  }
}

async function killAndLook(sender: HeadlessPeer, host: HostProcess): Promise<readonly BenchRow[]> {
  const kept = new Set<string>();
  let [delivered, wrong] = [0, 0];
  for (let n = 0; n < kills; n += 1) {
    const name = `${n}.bin`;
    // Below 0 it is killed before the first byte, and above the size when all is there.
    const killAt = randomInt(-2_000_000, size + 2_000_000);
    let killing: Promise<void> | undefined;
    const outcome = await transfer(
      {
        ...{ peerId: parsePeerId((await host.now()).id), senderName: 'honest', items: [memoryItem(name, bytes)] },
        addresses: async (): Promise<readonly Address[]> => [{ host: '127.0.0.1', port: (await host.now()).port }],
      },
      {
        ...{ dial: sender.online.dial, signal: new AbortController().signal, reconnect: () => Promise.resolve(true) },
        onState: (state) => {
          const sent = state.phase === 'delivered' ? Number.POSITIVE_INFINITY : state.phase === 'moving' ? state.sent : -1;
          if (state.phase !== 'reaching' && sent >= killAt) killing ??= host.kill();
        },
      },
    );
    await killing;
    if (outcome.phase === 'delivered') delivered += 1;
    kept.add(name);
    const { rows } = await host.settled();
    const isRight =
      rows.length === kept.size && rows.every((row) => row.phase === 'received' && kept.has(row.name)) && (await areWhole(rows));
    if (!isRight) {
      wrong += 1;
      console.log(`    after kill ${n} at ${killAt}: ${JSON.stringify(rows)}, not ${[...kept].join()}`);
    }
    const gone = rows[randomInt(rows.length)];
    // Every other time something is removed, right before the next kill as a rule.
    if (gone === undefined || n % 2 === 0) continue;
    await host.remove(gone.id);
    kept.delete(gone.name);
  }
  return [
    noted(`kills: an extension host, killed ${kills} times while it received: delivered`, delivered, 'times'),
    atMost('kills: an Inbox in which an item was missing, twice, back again, or not whole', wrong, 'times', 0),
  ];
}

async function areWhole(rows: readonly { readonly path: string | undefined }[]): Promise<boolean> {
  const digests = await Promise.all(
    rows.map(async ({ path }) =>
      createHash('sha256')
        .update(await readFile(path ?? ''))
        .digest('hex'),
    ),
  );
  return new Set(rows.map(({ path }) => path)).size === rows.length && digests.every((one) => one === digest);
}
