// `ferry doctor`: looks at this machine, its networks, and the way to a peer where one is named, and says what to do.

import { isFerryError } from '../../core/base/errors.ts';
import type { Target } from '../../core/doctor/facts.ts';
import { findingsOf } from '../../core/doctor/findings.ts';
import { reportOf } from '../../core/doctor/report.ts';
import { targetAt, targetOf } from '../../core/doctor/target.ts';
import { parseAddress } from '../../core/peers/address.ts';
import { findPeers } from '../../core/peers/findPeers.ts';
import { fillIn, type Sentence } from '../../core/text/errorSentences.ts';
import { plain } from '../../core/text/safeText.ts';
import { testMdnsPort } from '../../net/discovery/testPort.ts';
import { examine } from '../../net/doctor/examine.ts';
import type { Command } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { Refusal } from '../refusal.ts';
import { peerWords } from '../terminal/words.ts';
import { lookAround } from './peers/peers.ts';

export const doctor: Command = async (context, given) => {
  const { screen, signal, version, isLocal } = context;
  const port = numberOf(given, 'port', [0, 65_535]) ?? 0;
  return withPeer(context, { presence: 'listens', port }, async (own) => {
    const [wanted] = given.words;
    screen.note('Looking at the connection…');
    const target = wanted === undefined ? undefined : await targetFor(own, wanted, signal);
    const visibility = isLocal ? 'thisMachine' : 'network';
    const facts = await examine(
      {
        ...{ state: own.presence.state, config: { visibility, discovery: 'on', port, interfaces: [] } },
        ...{ own: own.own, app: version, isRemote: false, target, mdnsPort: testMdnsPort(process.env) },
      },
      signal,
    );
    const report = reportOf(facts, { redact: !given.is('whole'), speak: (sentence) => fillIn(inTerminal(sentence)) });
    screen.result(report.trimEnd(), {
      event: 'report',
      findings: findingsOf(facts).map(({ cause, weight }) => ({ cause, weight })),
      report,
    });
    return exitCodes.done;
  });
};

/** A peer that does not answer is what a doctor is for: whoever is remembered or heard will do, and so does an address. */
async function targetFor({ session, book }: OwnPeer, wanted: string, signal: AbortSignal): Promise<Target> {
  try {
    return targetAt(parseAddress(wanted));
  } catch (error) {
    if (!isFerryError(error)) throw error;
  }
  // Who has moved since is heard where it is now.
  await lookAround(session.directory, signal);
  const [peer, ...others] = findPeers(session.directory.peers, wanted);
  if (peer !== undefined && others.length === 0) return targetOf({ id: peer.id, name: peerWords(peer) }, book, session.directory);
  const why = peer === undefined ? 'Nobody is known by' : 'Several are known by';
  throw new Refusal(exitCodes.noPeer, `${why} ${plain(wanted)}. Name the peer by its ID or its address.`);
}

/** Where the doctor speaks of an editor, its commands and its settings, this is what a terminal has instead. */
export const ownSentences: Readonly<Record<string, string>> = {
  'Only editors on this machine can find and reach this window.': 'Nothing but this machine is used, as --local says.',
  'macOS does not let this editor use the local network.': 'macOS does not let this terminal use the local network.',
  'TCP port {0} of this window is not reached at {1}: a firewall here drops it.':
    'TCP port {0} of this machine is not reached at {1}: a firewall here drops it.',
  'Run "Unblock Peer" on its row in the Peers view.': 'Run "ferry trust" with its ID once you trust it again.',
  'Run "Ferry: Choose Who Can Reach You…" and pick "network", on both sides.':
    'Run it without --local, and let your peers choose "network" in their editors.',
  'Allow Visual Studio Code under System Settings, Privacy & Security, Local Network, and start it again.':
    'Allow your terminal under System Settings, Privacy & Security, Local Network, and start it again.',
  'Publish a fixed "ferry.network.port" of the container, or run Ferry in the editor outside.':
    'Publish a port of the container and name it with --port, or run ferry outside.',
  'Allow incoming TCP to port {0} in the firewall; "ferry.network.port" makes it a fixed one.':
    'Allow incoming TCP to port {0} in the firewall; --port makes it a fixed one.',
  'Allow outgoing connections of this editor in the firewall or security software of this machine.':
    'Allow outgoing connections of ferry in the firewall or security software of this machine.',
};

function inTerminal({ text, args }: Sentence): Sentence {
  return { text: ownSentences[text] ?? text, args };
}
