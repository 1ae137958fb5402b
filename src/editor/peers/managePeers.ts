// What a person does with the book of peers: name, block and forget peers, trust one by its ID, invite, import and export.

import { networkInterfaces } from 'node:os';

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { blankEntry, keptName, withAddress } from '../../core/peers/book.ts';
import { formatInvite, parseInvite } from '../../core/peers/invite.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { BookEntry, Peer } from '../../core/peers/peers.ts';
import { formatBook, parseBook } from '../../core/peers/stored.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { peerWords } from '../asking/words.ts';
import { pickPeers } from './peerPick.ts';

const { l10n } = vscode;

export type PeersContext = Pick<App, 'ui' | 'book' | 'session' | 'own' | 'log'>;

/** The peer of a row, or one that the person picks; undefined where they left. Fails with ERR_NO_PEERS while offline. */
export async function onePeer({ session, log }: PeersContext, given: unknown, title: string): Promise<Peer | undefined> {
  if (isPeer(given)) return given;
  const online = session();
  if (online === undefined) throw new FerryError('ERR_NO_PEERS', 'offline');
  const picked = await pickPeers(online.directory, title, log, { several: false });
  return picked.kind === 'peers' ? picked.peers[0] : undefined;
}

/** "Rename Peer…": an own name for a peer, or its own one again where the field is left empty. */
export async function renamePeer(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Rename a peer'));
  if (peer === undefined) return;
  const typed = await context.ui.input({
    title: l10n.t('Your name for {0}', peerWords(peer)),
    value: context.book.find(peer.id)?.nickname ?? '',
    prompt: l10n.t('Leave it empty to see the name that they gave themselves.'),
  });
  if (typed === undefined) return;
  const nickname = keptName(typed.trim());
  await context.book.change(peer.id, (entry) => ({ ...entry, nickname: nickname === '' ? undefined : nickname }));
}

/** "Block Peer": what it sends ends at once, and its connections are closed from now on. */
export async function blockPeer(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Block a peer'));
  if (peer === undefined) return;
  const detail = l10n.t('It can no longer reach you. Its fingerprint is {0}.', fingerprintOf(peer.id));
  if (!(await context.ui.confirm(l10n.t('Block {0}?', peerWords(peer)), detail, l10n.t('Block')))) return;
  await context.book.change(peer.id, (entry) => ({ ...entry, name: entry.name || keptName(peer.name), trust: 'blocked' }));
}

/** "Unblock Peer": it is unknown again, and has to ask. */
export async function unblockPeer(context: PeersContext, given: unknown): Promise<void> {
  if (!isPeer(given)) return;
  await context.book.change(given.id, (entry) => ({ ...entry, trust: 'unknown' }));
}

/** "Forget Peer": name, trust, seal key and addresses go. */
export async function forgetPeer(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Forget a peer'));
  if (peer === undefined) return;
  const detail = l10n.t('If it comes back it is a new, unverified peer.');
  if (!(await context.ui.confirm(l10n.t('Forget {0}?', peerWords(peer)), detail, l10n.t('Forget')))) return;
  await context.book.change(peer.id, () => blankEntry(peer.id));
}

/** "Trust Peer by ID…": a pasted peer ID or invite stands for a comparison of codes. Fails with ERR_PEER_ID_INVALID. */
export async function trustById({ ui, book, own }: PeersContext): Promise<void> {
  const typed = await ui.input({
    title: l10n.t('Trust a peer by its ID'),
    prompt: l10n.t('Paste the whole peer ID or the invite that you got from its owner, by a way that you trust.'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : problemOf(text)),
  });
  if (typed === undefined || typed.trim() === '') return;
  const { id, addresses } = parseInvite(typed);
  if (id === own()) throw new FerryError('ERR_PEER_MISMATCH', 'this is our own ID', { detail: { own: true } });
  await book.change(id, (entry) => {
    const paired: BookEntry = { ...entry, trust: 'paired', firstSeen: entry.firstSeen ?? Date.now() };
    return [...addresses].reverse().reduce(withAddress, paired);
  });
  await ui.info(l10n.t('{0} is paired now. Send it your invite, so that it can trust you as well.', fingerprintOf(id)));
}

/** "Copy My Invite": a link with this person's ID and where this window can be reached. */
export async function copyInvite({ ui, own, session }: PeersContext): Promise<void> {
  const id = own();
  const online = session();
  if (id === undefined || online === undefined) throw new FerryError('ERR_NO_PEERS', 'offline');
  const addresses = ownHosts().map((host) => ({ host, port: online.port }));
  await vscode.env.clipboard.writeText(formatInvite({ id, addresses }));
  await ui.info(l10n.t('Your invite is on the clipboard. It is no secret, but whoever gets it should get it from you.'));
}

/** "Export Peers…": the book as JSON; it holds no secret. */
export async function exportPeers({ ui, book }: PeersContext): Promise<void> {
  const target = await ui.saveDialog({ title: l10n.t('Export peers to'), filters: { JSON: ['json'] } });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(formatBook(book.entries())));
}

/**
 * "Import Peers…": peers that are not in the book yet. A file is no proof: who was paired is known and has to pair again, and
 * nothing is granted. Fails with ERR_BOOK_INVALID.
 */
export async function importPeers({ ui, book }: PeersContext): Promise<void> {
  const source = await ui.openDialog({ title: l10n.t('Import peers from'), filters: { JSON: ['json'] } });
  if (source === undefined) return;
  const entries = parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(source)));
  const fresh = entries.filter((entry) => book.find(entry.id) === undefined);
  for (const entry of fresh) {
    const trust = entry.trust === 'paired' ? 'known' : entry.trust;
    await book.change(entry.id, () => ({ ...entry, trust, autoAccept: undefined, grants: undefined }));
  }
  await ui.info(l10n.t('{0} peers imported, {1} were known already.', fresh.length, entries.length - fresh.length));
}

function parse(text: string): readonly BookEntry[] {
  try {
    return parseBook(text);
  } catch (cause) {
    throw new FerryError('ERR_BOOK_INVALID', 'the file is no book of peers', { cause });
  }
}

function problemOf(text: string): string | undefined {
  try {
    parseInvite(text);
    return undefined;
  } catch (error) {
    return error instanceof FerryError ? errorWords(error) : undefined;
  }
}

/** Addresses of this machine on its networks; loopback where there is none. */
function ownHosts(): readonly string[] {
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const hosts = found.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  return hosts.length > 0 ? hosts.slice(0, 3) : ['127.0.0.1'];
}

function isPeer(value: unknown): value is Peer {
  return typeof value === 'object' && value !== null && 'id' in value && 'windows' in value && 'trust' in value;
}
