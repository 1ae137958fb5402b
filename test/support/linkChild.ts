// A whole peer on the network of its namespace, until its input ends, for a link that is cut.
//
//   linkChild.ts receive             accepts what it is offered; tells its port and peer ID, each phase of what comes, and the
//                                    digest of what came
//   linkChild.ts send ID HOST PORT   sends 64 MiB by its outbox: half of them, then says so and waits for a line; tells the
//                                    phases and the digest

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { parsePeerId } from '../../src/core/peers/peerId.ts';
import type { ItemSource } from '../../src/core/wire/item.ts';
import { onEntry } from './entries.ts';
import { headlessPeer } from './headlessPeer.ts';
import { freeUdpPort } from './mdnsPort.ts';
import { removeTempFolders } from './temp.ts';

const [role, id = '', host = '', port = ''] = process.argv.slice(2);
const size = 64 * 2 ** 20;
const chunk = Buffer.alloc(2 ** 16, 'ferry');
const peer = await headlessPeer({ visibility: 'network', answer: 'save', mdnsPort: await freeUdpPort() });
const lines = createInterface(process.stdin);
const told = new Promise<void>((done) => lines.once('line', () => done()));
lines.once('close', () => void peer.stop().then(removeTempFolders));

if (role === 'receive') {
  let last = '';
  onEntry(peer.inbox.onDidChange, ({ state }) => {
    if (state.phase !== last) console.log(state.phase);
    last = state.phase;
  });
  console.log(`online ${peer.identity.peerId} ${peer.online.port}`);
  await peer.entry('received');
  const bytes = await readFile(join(peer.folder, 'a.bin'));
  console.log(`digest ${createHash('sha256').update(bytes).digest('hex')}`);
} else {
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += chunk.length) hash.update(chunk);
  await peer.online.directory.greet({ host, port: Number(port) });
  const receiver = { id: parsePeerId(id), name: 'receiver', trust: 'unknown', windows: [], lastUsed: 0 } as const;
  const { outcome } = peer.outbox.send({ peer: receiver, items: [item()], sealing: { kind: 'none' }, senderName: 'Ada' });
  let last = '';
  peer.outbox.onDidChange(({ entry }) => {
    if (entry !== undefined && entry.state.phase !== last) console.log(entry.state.phase);
    last = entry?.state.phase ?? last;
  });
  console.log(`ended ${JSON.stringify((await outcome).phase)}`);
  console.log(`digest ${hash.digest('hex')}`);
}

function item(): ItemSource {
  return {
    offered: { kind: 'file', name: 'a.bin', size, mediaType: 'application/octet-stream' },
    open: async function* (_, from = 0) {
      for (let at = from; at < size; at += chunk.length - (at % chunk.length)) {
        if (at >= size / 2) {
          console.log('half');
          await told;
        }
        yield chunk.subarray(at % chunk.length);
      }
    },
  };
}
