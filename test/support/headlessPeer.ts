// A whole peer without an editor: identity, inbox, book, listener, discovery. It answers offers as it is told to.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { streamOf } from '../../src/core/base/bytes.ts';
import { type Log, silentLog } from '../../src/core/base/log.ts';
import type { Messages } from '../../src/core/messages/messages.ts';
import { type PairOptions, type PairOutcome, pairWith } from '../../src/core/pairing/initiator.ts';
import { Pairings } from '../../src/core/pairing/responder.ts';
import type { Address } from '../../src/core/peers/address.ts';
import type { PeerBook } from '../../src/core/peers/book.ts';
import type { UnknownPeers } from '../../src/core/peers/trust.ts';
import type { Presence, Visibility } from '../../src/core/presence.ts';
import type { AcceptOptions, InboxEntry, ReceiveAction } from '../../src/core/receiving/entry.ts';
import { Inbox } from '../../src/core/receiving/inbox.ts';
import type { Outbox } from '../../src/core/sending/outbox.ts';
import { type TransferOptions, type TransferOutcome, type TransferState, transfer } from '../../src/core/sending/transfer.ts';
import type { Fetcher } from '../../src/core/sharing/getting/fetcher.ts';
import type { ShareBook } from '../../src/core/sharing/shares.ts';
import type { Sharing } from '../../src/core/sharing/sharing.ts';
import type { OutgoingItem } from '../../src/core/wire/item.ts';
import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import type { Online } from '../../src/net/online.ts';
import { type PeerOptions, startPeer } from '../../src/net/peer.ts';
import { onEntry } from './entries.ts';
import { ownMdnsPort } from './mdnsPort.ts';
import { tempFolder } from './temp.ts';

export type HeadlessOptions = Pick<
  PeerOptions,
  'asksBeforeGets' | 'focusedMsAgo' | 'keepFreeBytes' | 'mdnsPort' | 'offerLifeMs' | 'pairings'
> & {
  readonly log?: Log;
  readonly name?: string;
  readonly workspace?: string;
  readonly identity?: Identity;
  /** What is done with every offer; undefined leaves it waiting. */
  readonly answer?: ReceiveAction | 'decline';
  readonly keepSealed?: boolean;
  /** Whether that is what the person said of this peer in advance: what is sealed stays so then. */
  readonly unasked?: boolean;
  /** What the person says of every code that a peer's request to pair leads to; undefined leaves it there. */
  readonly pairing?: 'confirm' | 'decline' | undefined;
  readonly unknownPeers?: UnknownPeers;
  readonly port?: number;
  /** This machine alone where nothing is said. */
  readonly visibility?: Visibility;
  /** What outlives the peer: the book and the journal; a new folder where none is given. */
  readonly storage?: string;
  /** Where received files land; a new folder where none is given. */
  readonly folder?: string;
};

export type HeadlessPeer = {
  readonly identity: Identity;
  readonly name: string;
  /** What it had when it started; another one once it was offline in between. */
  readonly online: Online;
  readonly presence: Presence<Online>;
  readonly inbox: Inbox;
  readonly pairings: Pairings;
  readonly outbox: Outbox;
  readonly messages: Messages;
  readonly shares: ShareBook;
  readonly sharing: Sharing;
  readonly fetcher: Fetcher;
  readonly book: PeerBook;
  readonly folder: string;
  readonly address: Address;
  send(
    to: HeadlessPeer | { readonly id: Identity['peerId']; readonly addresses: readonly Address[] },
    items: readonly OutgoingItem[],
    options?: SendOptions,
  ): Promise<TransferOutcome>;
  /** Asks another to pair; the person says the code is the same unless `onCode` says otherwise. */
  pair(to: HeadlessPeer | Address, options?: Partial<PairOptions>): Promise<PairOutcome>;
  /** Waits for the entry of the newest offer that is in `phase`. */
  entry(phase: InboxEntry['state']['phase']): Promise<InboxEntry>;
  /** As a window does when it has started. */
  removeLeftovers(): Promise<void>;
  stop(): Promise<void>;
};

export type SendOptions = {
  readonly signal?: AbortSignal;
  readonly onState?: (state: TransferState) => void;
  /** As TransferOptions.reconnect. */
  readonly reconnect?: TransferOptions['reconnect'];
};

/** Starts a peer, on loopback where nothing else is said. */
export async function headlessPeer(options: HeadlessOptions = {}): Promise<HeadlessPeer> {
  const { name = 'headless', answer, unknownPeers } = options;
  const identity = options.identity ?? (await createIdentity());
  const root = options.storage ?? (await tempFolder());
  const folder = options.folder ?? join(root, 'received');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const peer = await startPeer({
    ...{ log: silentLog, keepFreeBytes: 0, ...options },
    ...{ storage: root, appVersion: '0.0.0-test', mdnsPort: options.mdnsPort ?? (await ownMdnsPort()) },
    identity: () => Promise.resolve(identity),
    folder: () => folder,
    displayName: () => name,
    workspaceName: () => options.workspace,
    unknownPeers: () => unknownPeers ?? 'ask',
  });
  const { inbox, pairings, outbox, messages, book, presence } = peer;
  const [shares, sharing, fetcher] = await Promise.all([peer.shares(), peer.sharing(), peer.fetcher()]);
  onEntry(inbox.onDidChange, (entry) => {
    if (entry.state.phase !== 'waiting' || answer === undefined) return;
    if (answer === 'decline') inbox.decline(entry.id);
    else inbox.accept(entry.id, answer, acceptOptions(options, entry)).catch(() => undefined);
  });
  onEntry(pairings.onDidChange, ({ id, state }) => {
    if (state.phase !== 'comparing' || state.confirmed === 'me') return;
    if (options.pairing === 'confirm') pairings.confirm(id);
    if (options.pairing === 'decline') pairings.decline(id);
  });
  await presence.apply({
    visibility: options.visibility ?? 'thisMachine',
    discovery: 'on',
    port: options.port ?? 0,
    interfaces: [],
  });
  const { state } = presence;
  if (state.phase !== 'online') throw state.phase === 'failed' ? state.error : new Error('the peer is not online');
  const online = state.session;
  const address = { host: '127.0.0.1', port: online.port };
  return {
    ...{ identity, name, online, presence, inbox, pairings, outbox, messages, shares, sharing, fetcher, book, folder, address },
    send: (to, items, { signal = new AbortController().signal, onState = () => undefined, reconnect } = {}) => {
      const target = 'identity' in to ? { id: to.identity.peerId, addresses: [to.address] } : to;
      return transfer(
        { peerId: target.id, addresses: () => Promise.resolve(target.addresses), senderName: name, items },
        { dial: online.dial, signal, onState, ...(reconnect === undefined ? {} : { reconnect }) },
      );
    },
    pair: async (to, changes = {}) => {
      const signal = changes.signal ?? new AbortController().signal;
      const link = await online.dial('address' in to ? to.address : to, undefined, signal);
      try {
        const onCode = (): Promise<boolean> => Promise.resolve(true);
        return await pairWith(link, { own: identity.peerId, name, pairings, onCode, ...changes, signal });
      } finally {
        link.close();
      }
    },
    entry: (phase) => entryIn(inbox, phase),
    ...{ stop: () => peer.stop(), removeLeftovers: () => peer.removeLeftovers() },
  };
}

function acceptOptions({ keepSealed = false, unasked = false }: HeadlessOptions, { items }: InboxEntry): AcceptOptions {
  return { keepSealed, unasked: unasked && items.every(({ kind }) => kind !== 'sealed') };
}

function entryIn(inbox: Inbox, phase: InboxEntry['state']['phase']): Promise<InboxEntry> {
  const find = (): InboxEntry | undefined => inbox.entries.find((entry) => entry.state.phase === phase);
  return new Promise((resolve, reject) => {
    const now = find();
    if (now !== undefined) {
      resolve(now);
      return;
    }
    const late = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`no entry became ${phase}; there are ${inbox.entries.map((entry) => entry.state.phase).join(', ')}`));
    }, 60_000);
    const subscription = onEntry(inbox.onDidChange, (entry) => {
      if (entry.state.phase !== phase) return;
      clearTimeout(late);
      subscription.dispose();
      resolve(entry);
    });
  });
}

/** What is in the folder of a peer once it writes no more. */
export async function filesOf({ inbox, folder }: Pick<HeadlessPeer, 'inbox' | 'folder'>): Promise<string[]> {
  await inbox.idle();
  return readdir(folder);
}

/** An item that is in memory. */
export function memoryItem(name: string, bytes: Uint8Array, size = bytes.length): OutgoingItem {
  return {
    offered: { kind: 'file', name, size, mediaType: 'application/octet-stream' },
    open: (_, from) => streamOf(bytes, from),
    resumes: true,
  };
}

/** Bytes without end, as far as the other side is concerned. */
export function endlessItem(name: string, size: number): OutgoingItem {
  const chunk = new Uint8Array(65_536);
  return {
    offered: { kind: 'file', name, size, mediaType: 'application/octet-stream' },
    open: async function* () {
      for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
    },
  };
}
