// What each tool for agents does on the command line's own peer. Input was written by a model that may have read anything, and
// what peers wrote is fenced; whatever leaves is asked about first.

import { isAbsolute } from 'node:path';

import { fencedRows } from '../../core/agents/fence.ts';
import type { ToolName } from '../../core/agents/toolNames.ts';
import { parseNoInput, parseProposedMessage, parseProposedSend } from '../../core/agents/tools.ts';
import { pause } from '../../core/base/pause.ts';
import { namesakeOf } from '../../core/peers/namesake.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { type Peer, peerKey } from '../../core/peers/peers.ts';
import { toldName } from '../../core/sending/deliver.ts';
import { plain } from '../../core/text/safeText.ts';
import { isSecretName } from '../../core/text/secretName.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { findPeer } from '../peers/findPeer.ts';
import { misused, Refusal } from '../refusal.ts';
import { gatherPath } from '../sending/gather.ts';
import { itemFacts, namesakeWords, pathWords, peerWords, wholePeerWords } from '../terminal/words.ts';
import type { AskPerson } from './mcpServer.ts';

/** Answers to a question over mDNS come within half a second; then there is the greeting. In milliseconds. */
const lookMs = 2_000;
const findMs = 10_000;
const entriesTold = 100;
const pathsNamed = 12;

export type AgentCall = (tool: ToolName, input: unknown, ask: AskPerson, signal: AbortSignal) => Promise<string>;

/**
 * The tools of a peer that is online. They fail as parsing their input, findPeer, gatherPath, and where the person cannot be
 * asked.
 */
export function agentCalls(context: Context, own: OwnPeer): AgentCall {
  const looked = pause(lookMs, context.signal);
  return async (tool, input, ask, signal) => {
    switch (tool) {
      case 'ferry_list_peers':
        parseNoInput(input);
        await Promise.all([own.session.directory.refresh(), looked]);
        return fencedRows(own.session.directory.peers.filter(({ trust }) => trust !== 'blocked').map(peerRow));
      case 'ferry_list_inbox':
        parseNoInput(input);
        return fencedRows(inboxRows(own));
      case 'ferry_propose_send':
        return proposeSend(context, own, input, { ask, signal });
      case 'ferry_propose_message':
        return proposeMessage(own, input, { ask, signal });
    }
  };
}

type Asking = { readonly ask: AskPerson; readonly signal: AbortSignal };

function peerRow(peer: Peer): object {
  return { id: peerKey(peer), name: peerWords(peer), trust: peer.trust, isHere: peer.windows.length > 0 };
}

function inboxRows({ inbox }: OwnPeer): readonly object[] {
  return inbox.entries.slice(0, entriesTold).map(({ peer, items, state, arrivedAt }) => ({
    ...{ from: peerWords(peer), state: state.phase, arrivedAt: arrivedAt.toISOString() },
    items: itemFacts(items.slice(0, entriesTold)),
  }));
}

async function proposeSend(context: Context, own: OwnPeer, input: unknown, { ask, signal }: Asking): Promise<string> {
  const { peer: wanted, paths } = parseProposedSend(input);
  if (!paths.every(isAbsolute)) throw misused('The paths must be absolute.');
  const peer = await unmistaken(own, wanted, signal);
  const secrets = paths.filter(isSecretName);
  const question = [
    `An agent wants to send ${paths.length === 1 ? 'this' : `these ${paths.length}`} to ${wholePeerWords(peer, peer.trust)}:`,
    ...paths.slice(0, pathsNamed).map(pathWords),
    ...(paths.length > pathsNamed ? [`and ${paths.length - pathsNamed} more`] : []),
    ...(secrets.length > 0 ? [`These look like secrets: ${secrets.slice(0, pathsNamed).map(pathWords).join(', ')}`] : []),
  ];
  if (!(await ask(question.join('\n')))) return notAgreed;
  const items = [];
  for (const path of paths) items.push(await gatherPath(context, path, { withIgnored: false, withSecrets: false }));
  const { id, outcome } = own.outbox.send({ peer, items, sealing: { kind: 'none' }, senderName: context.name });
  const cancel = (): void => void own.outbox.cancel(id);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const { phase } = await outcome.finally(() => signal.removeEventListener('abort', cancel));
  return `The person agreed. The transfer is ${phase}.`;
}

async function proposeMessage(own: OwnPeer, input: unknown, { ask, signal }: Asking): Promise<string> {
  const { peer: wanted, text } = parseProposedMessage(input);
  const peer = await unmistaken(own, wanted, signal);
  if (!(await ask(`An agent wants to write to ${wholePeerWords(peer, peer.trust)}:\n${plain(text, 8_192)}`))) return notAgreed;
  await own.messages.send({ id: peer.id, name: toldName(peer) }, text);
  return 'The person agreed. The message is on its way.';
}

const notAgreed = 'Nothing was sent: the person did not agree.';

/** A peer that cannot be taken for another one. */
async function unmistaken(own: OwnPeer, wanted: string, signal: AbortSignal): Promise<Peer> {
  const peer = await findPeer(own, wanted, { signal, timeoutMs: findMs });
  const addresses = peer.windows.map(({ address }) => address);
  const namesake = namesakeOf({ id: peer.id, name: toldName(peer), addresses }, own.book.entries());
  if (namesake === undefined || peer.trust === 'own') return peer;
  const alarm = namesakeWords(peer, own.book.trustOf(peer.id), namesake);
  throw new Refusal(
    exitCodes.notTrusted,
    `${alarm} Nothing was sent; ${fingerprintOf(peer.id)} has to be looked at by the person.`,
  );
}
