// What other extensions get when they activate Ferry: `ferry.d.ts`, made of what there is. What they hand over is from outside.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { findPeers } from '../../core/peers/findPeers.ts';
import { type Peer, peerKey, type Standing } from '../../core/peers/peers.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import type { OutgoingState } from '../../core/sending/outgoing.ts';
import type { App } from '../app.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import type { SendContext } from '../sending/sendItems.ts';
import type { FerryApi, FerryItem, FerryPeer, FerrySend, FerrySent } from './ferry.d.ts';

export type ApiContext = SendContext & Pick<App, 'inbox' | 'messages'>;

/** The interface for other extensions; what it listens to goes with `subscriptions`. */
export function createApi(context: ApiContext, subscriptions: { dispose(): unknown }[]): FerryApi {
  const received = new vscode.EventEmitter<{ readonly peer: FerryPeer; readonly items: readonly FerryItem[] }>();
  const following = context.inbox.onDidChange(({ before, entry }) => {
    if (before === undefined || before.state.phase === 'received' || entry?.state.phase !== 'received') return;
    received.fire({ peer: ofEntry(context, entry), items: entry.received.map(itemOf) });
  });
  subscriptions.push(received, following);
  return {
    apiVersion: 1,
    listPeers: async () => {
      await refreshed(context);
      return peersOf(context).map(asPeer);
    },
    send: (request) => send(context, request),
    onDidReceive: received.event,
  };
}

/** So long a program waits for a window that goes online, which may ask for a keyring first. In milliseconds. */
const startsWithinMs = 10_000;

/** Asks once more who is there; not before the window, which may just have started, is where it is going. */
export async function refreshed({ presence }: Pick<App, 'presence'>): Promise<void> {
  await (await presence.settled(AbortSignal.timeout(startsWithinMs)))?.directory.refresh();
}

/** The peers that programs are told of. */
export function peersOf({ session }: Pick<App, 'session'>): readonly Peer[] {
  return (session()?.directory.peers ?? []).filter(({ trust }) => trust !== 'blocked');
}

/** A peer as programs are told of it. */
export function asPeer(peer: Peer): FerryPeer {
  const { trust, windows } = peer;
  return { id: peerKey(peer), name: peerWords(peer), trust: toldTrust(trust), isHere: windows.length > 0 };
}

/** How a transfer stands, as programs are told. */
export function toldState(states: readonly OutgoingState[]): FerrySent['state'] {
  const [state] = states;
  switch (state?.phase) {
    case undefined:
      return 'notSent';
    case 'queued':
    case 'reaching':
    case 'waiting':
    case 'moving':
    case 'interrupted':
    case 'away':
      return 'waiting';
    case 'paused':
    case 'delivered':
    case 'partly':
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
      return state.phase;
  }
}

async function send(context: ApiContext, request: unknown): Promise<FerrySent> {
  const { caller, files, peer } = checked(request);
  await context.presence.settled(AbortSignal.timeout(startsWithinMs));
  const found = peer === undefined ? [] : findPeers(peersOf(context), peer);
  if (peer !== undefined && found.length !== 1) throw wrong('`peer` is none of those that listPeers gives');
  const { propose } = await import('./proposals.ts');
  const [only] = found;
  return { state: toldState(await propose(context, { caller, uris: files, ...(only === undefined ? {} : { peer: only }) })) };
}

function checked(request: unknown): FerrySend {
  if (typeof request !== 'object' || request === null) throw wrong('a request is an object');
  const { caller, files, peer }: { caller?: unknown; files?: unknown; peer?: unknown } = request;
  if (typeof caller !== 'string' || caller.trim() === '') throw wrong('`caller` is the name of the extension that asks');
  if (peer !== undefined && typeof peer !== 'string') throw wrong('`peer` is a text');
  const uris: readonly unknown[] = Array.isArray(files) ? files : [];
  if (uris.length === 0 || uris.length > 1000 || !uris.every((uri) => uri instanceof vscode.Uri)) {
    throw wrong('`files` are 1 to 1000 addresses');
  }
  // What is asked about is what is sent, whatever the caller does to its list meanwhile.
  return { caller, files: uris.map((uri) => vscode.Uri.from(uri)), ...(peer === undefined ? {} : { peer }) };
}

/** For developers, who read it in their own language of errors: English. */
function wrong(message: string): FerryError {
  return new FerryError('ERR_MESSAGE_INVALID', message);
}

function ofEntry({ session, book }: ApiContext, { peer }: InboxEntry): FerryPeer {
  const here = session()?.directory.peers.find(({ id }) => id === peer.id);
  if (here !== undefined) return asPeer(here);
  return { id: peer.id, name: peerWords(peer), trust: toldTrust(book.trustOf(peer.id)), isHere: false };
}

/** What came of somebody who is blocked by now is of nobody. */
function toldTrust(trust: Standing): FerryPeer['trust'] {
  return trust === 'blocked' ? 'unknown' : trust;
}

function itemOf({ item, path, sealedFor }: ReceivedItem): FerryItem {
  const { kind, name, mediaType } = item;
  return { kind, name: itemWords(name), mediaType, uri: vscode.Uri.file(path), isSealed: sealedFor !== undefined };
}
