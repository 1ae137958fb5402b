// A whole peer on the network of its namespace, until its input ends.
//
//   networkChild.ts MDNS_PORT receive     accepts what it is offered; tells its peer ID, and what it received
//   networkChild.ts MDNS_PORT send ID     looks until that peer answers, tells where, and sends it a file

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../src/core/peers/peerId.ts';
import { headlessPeer, memoryItem } from './headlessPeer.ts';
import { removeTempFolders } from './temp.ts';

const [mdnsPort, role, id = ''] = process.argv.slice(2);
const peer = await headlessPeer({ visibility: 'network', answer: 'save', mdnsPort: Number(mdnsPort) });
process.stdin.on('end', () => void peer.stop().then(removeTempFolders)).resume();

if (role === 'receive') {
  console.log(`online ${peer.identity.peerId}`);
  await peer.entry('received');
  console.log(`received over-ipv6.txt ${await readFile(join(peer.folder, 'over-ipv6.txt'), 'utf8')}`);
} else {
  const wanted = parsePeerId(id);
  const { discovery, directory } = peer.online;
  discovery.onDidChange(() => void directory.greetNew());
  const reached = Promise.withResolvers<undefined>();
  directory.onDidChange(() => {
    if (directory.peers.some((one) => one.id === wanted && one.windows.length > 0)) reached.resolve(undefined);
  });
  await reached.promise;
  const addresses = await directory.addressesOf(wanted);
  console.log(`reached ${wanted} ${addresses[0]?.host}`);
  const outcome = await peer.send({ id: wanted, addresses }, [memoryItem('over-ipv6.txt', Buffer.from('ferried'))]);
  console.log(outcome.phase);
}
