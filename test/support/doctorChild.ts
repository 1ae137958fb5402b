// A peer on the network of its namespace that is examined by its doctor, until its input ends.
//
//   doctorChild.ts WISH    tells "online PEER_ID PORT", and where the wish (JSON) has `examine`, "found MILLISECONDS FINDINGS"

import type { Target } from '../../src/core/doctor/facts.ts';
import { findingsOf } from '../../src/core/doctor/findings.ts';
import { parseIdentity } from '../../src/net/connection/identity.ts';
import { examine } from '../../src/net/doctor/examine.ts';
import { headlessPeer } from './headlessPeer.ts';
import { removeTempFolders } from './temp.ts';

/** What a test wants of it. */
export type DoctorWish = {
  readonly port?: number;
  readonly mdnsPort: number;
  readonly pins?: readonly string[];
  readonly target?: Pick<Target, 'expect' | 'addresses'>;
  readonly examine?: boolean;
  /** As serialiseIdentity writes it; a new one where none is given. */
  readonly identity?: string;
};

const wish = JSON.parse(process.argv[2] ?? '{}') as DoctorWish;
const { port = 0, mdnsPort, pins = [], target } = wish;
const visibility = 'network';
const known = wish.identity === undefined ? {} : { identity: parseIdentity(wish.identity) };
const peer = await headlessPeer({ visibility, port, mdnsPort, ...known });
process.stdin.on('end', () => void peer.stop().then(removeTempFolders)).resume();
console.log(`online ${peer.identity.peerId} ${peer.online.port}`);
if (wish.examine === true) {
  const begun = performance.now();
  const facts = await examine(
    {
      state: { phase: 'online', session: peer.online, visibility },
      config: { visibility, discovery: 'on', port, interfaces: pins },
      ...{ own: peer.identity.peerId, app: '0.0.0-test', isRemote: false, mdnsPort },
      target: target === undefined ? undefined : { name: 'peer', isBlocked: false, ...target },
    },
    new AbortController().signal,
  );
  console.log(`found ${Math.round(performance.now() - begun)} ${JSON.stringify(findingsOf(facts))}`);
}
