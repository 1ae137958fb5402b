// Sends one file to a peer by name, and exits: node sendOne.ts FILE NAME STORAGE MDNS_PORT. A whole peer needs no more than this.

import { basename } from 'node:path';

import { silentLog } from '../../src/core/base/log.ts';
import { deliver } from '../../src/core/sending/deliver.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import { fileSource } from '../../src/net/disk/fileSource.ts';
import { startPeer } from '../../src/net/peer.ts';

const [file = '', name = '', storage = '', port = ''] = process.argv.slice(2);
const [identity, log, signal] = [await createIdentity(), silentLog, AbortSignal.timeout(20_000)];
const self = { identity: () => Promise.resolve(identity), storage, folder: () => storage, displayName: () => 'sender', log };
const running = await startPeer({ ...self, appVersion: '0.0.0', mdnsPort: Number(port) });
const { presence, book } = running;
await presence.apply({ visibility: 'thisMachine', discovery: 'on', port: 0, interfaces: [] });
const session = presence.session ?? process.exit(1);
const peer = await session.directory.appears((found) => found.name === name, signal);
const { size, open } = await fileSource(file);
const offered = { kind: 'file', name: basename(file), size, mediaType: 'text/plain' } as const;
const delivery = { peer, items: [{ offered, open }], sealing: { kind: 'none' }, senderName: 'sender' } as const;
console.log((await deliver(delivery, { session, book, log, signal, onState: () => undefined })).phase);
await running.stop();
