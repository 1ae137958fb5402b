// What each tool for agents does. Their input was written by a model that may have read anything, so it is checked here, and
// their output holds words of peers, so it is fenced. Models read English.

import { isAbsolute } from 'node:path';

import * as vscode from 'vscode';

import { fencedRows } from '../../core/agents/fence.ts';
import type { ToolName } from '../../core/agents/toolNames.ts';
import { parseNoInput, parseProposedMessage, parseProposedSend } from '../../core/agents/tools.ts';
import { FerryError } from '../../core/base/errors.ts';
import { findPeers } from '../../core/peers/findPeers.ts';
import type { Peer } from '../../core/peers/peers.ts';
import { offeredName } from '../../core/wire/item.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { type ApiContext, asPeer, peersOf, refreshed, toldState } from './api.ts';
import { propose, proposeMessage } from './proposals.ts';

const { l10n } = vscode;

/** The newest entries that an agent is told of. */
const entriesTold = 100;

/** Does what a tool does, and gives the text for the model. Fails with ERR_MESSAGE_INVALID, ERR_NOT_FOUND, or as sending does. */
export async function callTool(context: ApiContext, name: ToolName, input: unknown): Promise<string> {
  switch (name) {
    case 'ferry_list_peers':
      parseNoInput(input);
      await refreshed(context);
      return fencedRows(peersOf(context).map(asPeer));
    case 'ferry_list_inbox':
      parseNoInput(input);
      return fencedRows(inboxRows(context));
    case 'ferry_propose_send':
      return proposeSend(context, input);
    case 'ferry_propose_message': {
      const { peer, text } = parseProposedMessage(input);
      const isAgreed = await proposeMessage(context, { caller: agentWords(), peer: onePeer(context, peer), text });
      return isAgreed ? 'The person agreed. The message is on its way.' : 'Nothing was sent: the person did not agree.';
    }
  }
}

function inboxRows({ inbox }: ApiContext): readonly object[] {
  return inbox.entries.slice(0, entriesTold).map(({ peer, items, state, arrivedAt }) => ({
    from: peerWords(peer),
    state: state.phase,
    arrivedAt: arrivedAt.toISOString(),
    items: items.slice(0, entriesTold).map((item) => ({
      kind: item.kind,
      name: itemWords(offeredName(item) ?? ''),
      bytes: item.size,
    })),
  }));
}

async function proposeSend(context: ApiContext, input: unknown): Promise<string> {
  const { peer, paths } = parseProposedSend(input);
  if (!paths.every(isAbsolute)) throw new FerryError('ERR_MESSAGE_INVALID', 'the paths are not absolute');
  const found = onePeer(context, peer);
  const uris = paths.map((path) => vscode.Uri.file(path));
  const states = await propose(context, { caller: agentWords(), uris, peer: found });
  const state = toldState(states);
  return state === 'notSent' ? 'Nothing was sent: the person did not agree.' : `The person agreed. The transfer is ${state}.`;
}

function onePeer(context: ApiContext, text: string): Peer {
  const [found, ...others] = findPeers(peersOf(context), text);
  if (found === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such peer; list the peers first');
  if (others.length > 0) throw new FerryError('ERR_NOT_FOUND', 'several peers have this name; say which by its id');
  return found;
}

function agentWords(): string {
  return l10n.t('An agent in this editor');
}
