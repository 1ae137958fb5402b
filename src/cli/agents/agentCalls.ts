// What each tool for agents does on the command line's own peer. Input was written by a model that may have read anything, and
// what peers wrote is fenced; whatever leaves is asked about first.

import { isAbsolute } from 'node:path';

import { fencedRows } from '../../core/agents/fence.ts';
import type { ToolName } from '../../core/agents/toolNames.ts';
import { parseNoInput, parseProposedMessage, parseProposedSend } from '../../core/agents/tools.ts';
import { pause } from '../../core/base/pause.ts';
import { findPeers } from '../../core/peers/findPeers.ts';
import { namesakeOf } from '../../core/peers/namesake.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { type Peer, peerKey } from '../../core/peers/peers.ts';
import { toldName } from '../../core/sending/deliver.ts';
import { plain } from '../../core/text/safeText.ts';
import { isSecretName } from '../../core/text/secretName.ts';
import { realPathOf } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { misused, Refusal } from '../refusal.ts';
import { gatherPath } from '../sending/gather.ts';
import { itemFacts, pathWords, peerWords, wholePeerWords } from '../terminal/words.ts';
import type { AskPerson } from './mcpServer.ts';

/** Answers to a question over mDNS come within half a second; then there is the greeting. In milliseconds. */
const lookMs = 2_000;
const entriesTold = 100;
const pathsNamed = 12;

export type AgentCall = (tool: ToolName, input: unknown, ask: AskPerson, signal: AbortSignal) => Promise<string>;

/**
 * The tools of a peer that is online. They fail as parsing their input and gatherPath, and refuse a peer that is not listed, and
 * where the person cannot be asked.
 */
export function agentCalls(context: Context, own: OwnPeer): AgentCall {
  const looked = pause(lookMs, context.signal);
  return async (tool, input, ask, signal) => {
    switch (tool) {
      case 'ferry_list_peers':
        parseNoInput(input);
        return fencedRows((await listed(own, looked)).map(peerRow));
      case 'ferry_list_inbox':
        parseNoInput(input);
        return fencedRows(inboxRows(own));
      case 'ferry_propose_send':
        return proposeSend(context, own, input, { ask, signal, looked });
      case 'ferry_propose_message':
        return proposeMessage(own, input, { ask, looked });
    }
  };
}

type Asking = {
  readonly ask: AskPerson;
  /** Ends when whoever is there has been heard. */
  readonly looked: Promise<void>;
};

function peerRow(peer: Peer): object {
  return { id: peerKey(peer), name: peerWords(peer), trust: peer.trust, isHere: peer.windows.length > 0 };
}

function inboxRows({ inbox }: OwnPeer): readonly object[] {
  return inbox.entries.slice(0, entriesTold).map(({ peer, items, state, arrivedAt }) => ({
    ...{ from: peerWords(peer), state: state.phase, arrivedAt: arrivedAt.toISOString() },
    items: itemFacts(items.slice(0, entriesTold)),
  }));
}

type SendAsking = Asking & { readonly signal: AbortSignal };

async function proposeSend(context: Context, own: OwnPeer, input: unknown, asking: SendAsking): Promise<string> {
  const { ask, looked, signal } = asking;
  const { peer: wanted, paths } = parseProposedSend(input);
  if (!paths.every(isAbsolute)) throw misused('The paths must be absolute.');
  const peer = await unmistaken(own, wanted, looked);
  if (peer.windows.length === 0) throw new Refusal(exitCodes.unreachable, 'The peer does not answer now. Nothing was sent.');
  const real = await Promise.all(paths.map(realPathOf));
  const secrets = [...new Set([...paths, ...real])].filter(isSecretName);
  const question = [
    `An agent wants to send ${paths.length === 1 ? 'this' : `these ${paths.length}`} to ${wholePeerWords(peer, peer.trust)}:`,
    ...paths
      .slice(0, pathsNamed)
      .map((path, n) => [path, real[n] ?? path])
      .map(placeWords),
    ...(paths.length > pathsNamed ? [`and ${paths.length - pathsNamed} more`] : []),
    ...(secrets.length > 0 ? [`These look like secrets: ${secrets.slice(0, pathsNamed).map(pathWords).join(', ')}`] : []),
  ];
  if (!(await ask(question.join('\n')))) return notAgreed;
  const items = [];
  // Where they lead was shown, so a link that is another one by now leads nowhere else.
  for (const path of real) items.push(await gatherPath(context, path, { withIgnored: false, withSecrets: false }));
  const { id, outcome } = own.outbox.send({ peer, items, sealing: { kind: 'none' }, senderName: context.name });
  const cancel = (): void => void own.outbox.cancel(id);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const { phase } = await outcome.finally(() => signal.removeEventListener('abort', cancel));
  return `The person agreed. The transfer is ${phase}.`;
}

/** A path, and what it leads to where there are links on the way: what is behind a link may have another name for a reason. */
function placeWords([path = '', real = path]: readonly string[]): string {
  return path === real ? pathWords(path) : `${pathWords(path)} → ${pathWords(real)}`;
}

async function proposeMessage(own: OwnPeer, input: unknown, { ask, looked }: Asking): Promise<string> {
  const { peer: wanted, text } = parseProposedMessage(input);
  const peer = await unmistaken(own, wanted, looked);
  if (!(await ask(`An agent wants to write to ${wholePeerWords(peer, peer.trust)}:\n${plain(text, 8_192)}`))) return notAgreed;
  await own.messages.send({ id: peer.id, name: toldName(peer) }, text);
  return 'The person agreed. The message is on its way.';
}

const notAgreed = 'Nothing was sent: the person did not agree.';

/**
 * A peer that is there or was met, as it is listed, and that cannot be taken for another one. An agent names no addresses: nobody
 * else is dialled, and no name looked up, because a model says so. What it is told has no words of peers.
 */
async function unmistaken(own: OwnPeer, wanted: string, looked: Promise<void>): Promise<Peer> {
  const [peer, ...others] = findPeers(await listed(own, looked), wanted);
  if (peer === undefined) throw new Refusal(exitCodes.noPeer, 'There is no such peer. List the peers first.');
  if (others.length > 0) throw new Refusal(exitCodes.noPeer, 'Several peers have this name. Say which by its id.');
  const addresses = peer.windows.map(({ address }) => address);
  const namesake = namesakeOf({ id: peer.id, name: toldName(peer), addresses }, own.book.entries());
  if (namesake === undefined || peer.trust === 'own') return peer;
  throw new Refusal(
    exitCodes.notTrusted,
    `Nothing was sent: ${fingerprintOf(peer.id)} can be taken for another peer, ${fingerprintOf(namesake.id)}. The person has to look at both.`,
  );
}

async function listed({ session: { directory } }: OwnPeer, looked: Promise<void>): Promise<readonly Peer[]> {
  await Promise.all([directory.refresh(), looked]);
  return directory.peers.filter(({ trust }) => trust !== 'blocked');
}
