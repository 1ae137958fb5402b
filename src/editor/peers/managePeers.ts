// What a person does with the book of peers: name, block and forget peers, trust one by its ID, invite, import and export.

import { networkInterfaces } from 'node:os';

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { keptName, withAddress } from '../../core/peers/book.ts';
import { formatInvite, type HostAddress, inviteHosts, parseInvite } from '../../core/peers/invite.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { BookEntry, Peer } from '../../core/peers/peers.ts';
import { formatBook, readBook } from '../../core/peers/stored.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { peerWords } from '../asking/words.ts';
import { isPeer } from '../handler.ts';
import { readWhole, written } from '../host/fileSystems.ts';
import { onlineSession } from './choosePeers.ts';
import { onePeer, type PeersContext } from './onePeer.ts';

const { l10n } = vscode;

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

/** "Copy Peer ID" of a peer: to be compared with what its owner says, or handed on. */
export async function copyIdOf({ ui }: Pick<App, 'ui'>, peer: Peer): Promise<void> {
  await vscode.env.clipboard.writeText(peer.id);
  await ui.info(l10n.t('The peer ID of {0} is on the clipboard.', peerWords(peer)));
}

/** "Block Peer": what it sends ends at once, and its connections are closed from now on. */
export async function blockPeer(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Block a peer'));
  if (peer === undefined) return;
  const detail = l10n.t('It can no longer reach you. Its fingerprint is {0}.', fingerprintOf(peer.id));
  const answers = { refuse: l10n.t('Do Not Block'), agree: l10n.t('Block') };
  if (!(await context.ui.confirm(l10n.t('Block {0}?', peerWords(peer)), detail, answers))) return;
  await context.book.change(peer.id, (entry) => ({ ...entry, name: entry.name || keptName(peer.name), trust: 'blocked' }));
}

/** "Unblock Peer": it is unknown again, and has to ask. */
export async function unblockPeer(context: PeersContext, given: unknown): Promise<void> {
  if (!isPeer(given)) return;
  await context.book.change(given.id, (entry) => ({ ...entry, trust: 'unknown' }));
}

/** "Forget Peer": name, trust, seal key and addresses go. */
export async function forgetPeer(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Forget a peer'), { blocked: true });
  if (peer === undefined) return;
  const isBlocked = context.book.trustOf(peer.id) === 'blocked';
  const detail = isBlocked
    ? l10n.t('It is no longer blocked then, and can reach you as a new, unverified peer.')
    : l10n.t('If it comes back it is a new, unverified peer.');
  const answers = { refuse: l10n.t('Do Not Forget'), agree: l10n.t('Forget') };
  if (!(await context.ui.confirm(l10n.t('Forget {0}?', peerWords(peer)), detail, answers))) return;
  await context.book.change(peer.id, () => undefined);
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
export async function copyInvite(context: PeersContext): Promise<void> {
  const { ui, own, presence, settings } = context;
  const offline = l10n.t('Ferry is offline, so nobody could reach you by an invite.');
  await onlineSession(context, offline);
  const id = own();
  const { state } = presence;
  if (id === undefined || state.phase !== 'online') return;
  const { interfaces } = settings.presence();
  const hosts = inviteHosts(ownAddresses(), { isOnNetwork: state.visibility === 'network', interfaces });
  const addresses = hosts.map((host) => ({ host, port: state.session.port }));
  await vscode.env.clipboard.writeText(formatInvite({ id, addresses }));
  await ui.info(l10n.t('Your invite is on the clipboard. It is no secret, but whoever gets it should get it from you.'));
}

/** "Export Peers…": the book as JSON; it holds no secret. Fails as `written`. */
export async function exportPeers({ ui, book }: PeersContext): Promise<void> {
  const target = await ui.saveDialog({ title: l10n.t('Export peers to'), filters: { JSON: ['json'] } });
  const bytes = new TextEncoder().encode(formatBook(book.entries()));
  if (target !== undefined) await written(vscode.workspace.fs.writeFile(target, bytes));
}

/**
 * "Import Peers…": peers that are not in the book yet, whom nobody is trusted by. Fails with ERR_BOOK_INVALID, or as readWhole.
 */
export async function importPeers({ ui, book }: PeersContext): Promise<void> {
  const source = await ui.openDialog({ title: l10n.t('Import peers from'), filters: { JSON: ['json'] } });
  if (source === undefined) return;
  const entries = parse(new TextDecoder().decode(await readWhole(source)));
  const { importable } = await import('../../core/peers/importPeers.ts');
  const fresh = importable(entries, book.entries());
  for (const entry of fresh) await book.change(entry.id, () => entry);
  await ui.info(l10n.t('{0} peers imported, {1} were known already.', fresh.length, entries.length - fresh.length));
}

function parse(text: string): readonly BookEntry[] {
  try {
    return readBook(text).entries;
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

function ownAddresses(): readonly HostAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, family, internal }) => ({
      interface: name,
      host: address,
      isIpv4: family === 'IPv4',
      internal,
    })),
  );
}
