// Peers, items, states and amounts as the person reads them. Values come in, text goes out; nothing here decides anything.

import * as vscode from 'vscode';

import { contentsOf, dangerousOnly, type OfferedContent } from '../../core/consent/contents.ts';
import { fingerprintOf, type PeerId } from '../../core/peers/peerId.ts';
import { type BookEntry, isHere, type NamedPeer, type Peer, type Standing } from '../../core/peers/peers.ts';
import type { Visibility } from '../../core/presence.ts';
import type { FailedItem, InboxEntry } from '../../core/receiving/entry.ts';
import type { Pace } from '../../core/sending/pace.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { plain, plainName, shownName } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { type FolderContents, type OfferedItem, offeredName, type PlainItem } from '../../core/wire/item.ts';
import { errorWords } from './errorWords.ts';

const { l10n } = vscode;

const shownAtMost = 3;

/** "12 MB of 50 MB, 45 MB/s, 3 s left". */
export function progressWords(sent: number, total: number, pace: Pace | undefined): string {
  const moved = l10n.t('{0} of {1}', sizeText(sent), sizeText(total));
  if (pace === undefined) return moved;
  return l10n.t('{0}, {1}/s, {2} left', moved, sizeText(pace.bytesPerSecond), timeWords(pace.secondsLeft));
}

/** Lines are not broken between a number and its unit. */
function timeWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return l10n.t('{0}\u00a0s', whole);
  if (whole < 3600) return l10n.t('{0}\u00a0min', Math.ceil(whole / 60));
  return l10n.t('{0}\u00a0h', Math.ceil(whole / 3600));
}

/**
 * A peer's name for the screen. Peers choose their names; where one has none, its fingerprint stands for it. A window of the
 * person's own is called after what is open in it.
 */
export function peerWords(peer: Pick<Peer, 'id' | 'name'> & Partial<Pick<Peer, 'trust' | 'windows'>>): string {
  if (peer.trust === 'own') return shownName(peer.windows?.[0]?.workspace ?? '') || l10n.t('Window without a folder');
  return shownName(peer.name) || fingerprintOf(peer.id);
}

/** The first group of a peer's fingerprint: short enough to stand beside its name wherever it asks for something. */
export function keyWords({ id }: { readonly id: PeerId }): string {
  return fingerprintOf(id).split('-', 1)[0] ?? '';
}

/** That a peer calls itself by another name than the one it was accepted under; undefined where it does not. */
export function renamedWords({ callsItself }: NamedPeer): string | undefined {
  return callsItself === undefined ? undefined : l10n.t('The peer now calls itself {0}.', shownName(callsItself));
}

/**
 * The alarm about somebody who has the name or the address of another peer, but another key. `trust`: how far it is trusted
 * itself.
 */
export function namesakeWords(stranger: NamedPeer, trust: Standing, known: BookEntry): string {
  const name = peerWords({ id: known.id, name: known.nickname ?? known.name });
  if (trust === 'known' || trust === 'paired') {
    return l10n.t(
      'Two peers can be taken for {0}. Fingerprint of this one: {1}. Fingerprint of the other: {2}.',
      name,
      fingerprintOf(stranger.id),
      fingerprintOf(known.id),
    );
  }
  return l10n.t(
    'This is not the {0} that you know: its key has changed, or somebody else uses the name. Fingerprint now: {1}. Fingerprint before: {2}.',
    name,
    fingerprintOf(stranger.id),
    fingerprintOf(known.id),
  );
}

/** An item's name for the screen: as it lands, on one line, without markup, and never without its extension. */
export function itemWords(name: string): string {
  return plainName(safeFileName(name), 60);
}

/** A name for a row, so short that its state has room beside it; what is spoken and the tooltip have all of it. */
export function rowWords(name: string): string {
  return plainName(name, 28);
}

/** Where a window of the person's own is. */
export function placeWords(peer: Peer): string {
  return isHere(peer) ? l10n.t('This computer') : shownName(peer.name) || l10n.t('Another computer');
}

export function trustWords(trust: Standing): string {
  switch (trust) {
    case 'own':
      return l10n.t('your own window');
    case 'known':
      return l10n.t('known');
    case 'paired':
      return l10n.t('paired');
    case 'blocked':
      return l10n.t('blocked');
    case 'unknown':
      return l10n.t('new, unverified');
  }
}

/** What an entry is called: its file, or how many there are. An offer of a sealed item has no name before it is unsealed. */
export function entryWords(entry: InboxEntry): string {
  const only = entry.received[0]?.item ?? entry.items[0];
  if (entry.items.length === 1) {
    if (only === undefined || only.kind === 'sealed') return l10n.t('Encrypted item');
    return only.kind === 'folder' ? l10n.t('{0} (folder)', itemWords(only.name)) : nameWords(only);
  }
  return isSealed(entry) ? l10n.t('{0} encrypted items', entry.items.length) : countWords(entry.items);
}

/** What an item is called: its name, or the place that a snippet comes from. */
export function nameWords({ kind, name, context }: PlainItem): string {
  return kind === 'snippet' ? snippetWords(context?.path ?? name, context?.lines) : itemWords(name);
}

/** `src/main.ts:3-7`. */
function snippetWords(path: string, lines: string | undefined): string {
  return lines === undefined ? pathWords(path) : `${pathWords(path)}:${plain(lines, 24)}`;
}

/** How many files there are, or items where one is a folder. `count`: of how many of them something is said. */
export function countWords(items: readonly OfferedItem[], count = items.length): string {
  const areFiles = items.every(({ kind }) => kind !== 'folder' && kind !== 'snippet');
  return areFiles ? l10n.t('{0} files', count) : l10n.t('{0} items', count);
}

/** What an offer holds, by name: one item, or the first few, those that may run something in front and marked. */
export function contentWords(entry: InboxEntry): string {
  return listWords(contentsOf(entry.items).map(offeredWords));
}

/** The name of an offered item; one that may run something is marked. */
export function offeredWords({ name, mayRun, folder, place }: OfferedContent): string {
  if (name === undefined) return l10n.t('an encrypted item');
  if (folder !== undefined) return folderWords(name, folder, mayRun);
  if (place !== undefined) return snippetWords(place.path, place.lines);
  return mayRun ? l10n.t('{0} (can run by itself)', `⚠ ${itemWords(name)}`) : itemWords(name);
}

function folderWords(name: string, { files, names }: FolderContents, mayRun: boolean): string {
  const folder = itemWords(name);
  // Where the folder is dangerous by its own name, all in it are.
  const running = dangerousOnly(names);
  const within = running.length > 0 ? listWords(running.map(itemWords)) : listWords(names.map(itemWords), files);
  if (mayRun && files === 1) return l10n.t('{0} (folder with 1 file that can run by itself: {1})', `⚠ ${folder}`, within);
  if (mayRun) return l10n.t('{0} (folder with {1} files, some can run by themselves: {2})', `⚠ ${folder}`, files, within);
  if (files === 0) return l10n.t('{0} (folder without files)', folder);
  if (files === 1) return l10n.t('{0} (folder with 1 file: {1})', folder, within);
  return l10n.t('{0} (folder with {1} files: {2})', folder, files, within);
}

/** A path within a folder for the screen, on one line; its middle is left out where it is long, never its end. */
export function pathWords(path: string): string {
  return plainName(path.split('/').map(safeFileName).join('/'), 80);
}

/** Which items of an entry did not arrive, and why. */
export function missingWords(failed: readonly FailedItem[], { items, peer }: InboxEntry): string {
  const named = failed.map(({ n, error }) => {
    const item = items[n];
    const name = item === undefined ? undefined : offeredName(item);
    return { name: name === undefined ? l10n.t('Encrypted item') : itemWords(name), reason: errorWords(error, peerWords(peer)) };
  });
  return reasonsWords(named);
}

/** How much of the folders of an entry was gone at its sender when its turn came; undefined where nothing was. */
export function goneWords({ received }: InboxEntry): string | undefined {
  const gone = received.reduce((sum, { missing = 0 }) => sum + missing, 0);
  return gone === 0 ? undefined : l10n.t('Entries that were gone at the sender by then: {0}.', gone);
}

/** Some names as a list that fits a line. `count`: how many there are, where more are there than are named. */
export function listWords(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, shownAtMost);
  const more = count - shown.length;
  if (shown.length === 0) return l10n.t('not named');
  return more > 0 ? l10n.t('{0} and {1} more', shown.join(', '), more) : shown.join(', ');
}

/** Why each of several items failed: "a.txt, b.txt: The file is no longer there." */
export function reasonsWords(failures: readonly { readonly name: string; readonly reason: string }[]): string {
  const groups = Map.groupBy(failures, ({ reason }) => reason);
  return [...groups].map(([reason, alike]) => `${listWords(alike.map(({ name }) => name))}: ${reason}`).join(' ');
}

/** Whether what the peer offers is sealed. */
export function isSealed(entry: InboxEntry): boolean {
  return entry.items.some((item) => item.kind === 'sealed');
}

/** The icon that stands for how far a peer is trusted. A mark of verification is for those who paired alone. */
export function trustIcon(peer: Pick<Peer, 'trust'>): string {
  switch (peer.trust) {
    case 'own':
      return 'window';
    case 'paired':
      return 'verified-filled';
    case 'known':
      return 'account';
    case 'blocked':
      return 'circle-slash';
    case 'unknown':
      return 'unverified';
  }
}

/** What a visibility is called on screen. */
export function visibilityWords(visibility: Visibility): string {
  switch (visibility) {
    case 'off':
      return l10n.t('off');
    case 'thisMachine':
      return l10n.t('this machine');
    case 'network':
      return l10n.t('network');
  }
}
