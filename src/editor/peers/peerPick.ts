// The list from which peers are picked: it fills while they answer, and stays open until the person has chosen.

import * as vscode from 'vscode';

import { background, type Log } from '../../core/base/log.ts';
import type { Directory } from '../../core/peers/directory.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { type Peer, peerKey } from '../../core/peers/peers.ts';
import { peerWords, placeWords, renamedWords, trustIcon, trustWords } from '../asking/words.ts';

type PeerItem = vscode.QuickPickItem & { readonly peer?: Peer };

export type PickResult =
  | { readonly kind: 'peers'; readonly peers: readonly Peer[] }
  | { readonly kind: 'add' }
  | { readonly kind: 'none' };

const { l10n } = vscode;

/**
 * Lets the person pick one or more peers. Enter takes those that are ticked, or the one in front of it where none is. `own`:
 * whether the person's own other windows are among them.
 */
export function pickPeers(
  directory: Directory,
  title: string,
  log: Log,
  { several = true, own = false }: { readonly several?: boolean; readonly own?: boolean } = {},
): Promise<PickResult> {
  const pick = vscode.window.createQuickPick<PeerItem>();
  pick.title = title;
  pick.placeholder = several ? l10n.t('Pick one or more peers') : l10n.t('Pick a peer');
  pick.canSelectMany = several;
  // An editor that takes the focus late, as a preview does, must not close it.
  Object.assign(pick, { matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: true });
  let placed: string | undefined;
  let moved = false;
  const show = (): void => {
    const ticked = new Set(pick.selectedItems.map(keyOf));
    const active = pick.activeItems.map(keyOf)[0];
    const items = itemsOf(directory.peers.filter(({ trust }) => trust !== 'blocked' && (own || trust !== 'own')));
    pick.items = items;
    pick.selectedItems = items.filter((item) => item.peer !== undefined && ticked.has(keyOf(item)));
    // A list that lets several be ticked puts nothing in front by itself, and Enter would take nothing. Peers that answer come
    // first, so the front moves to them unless the person has moved it.
    moved ||= active !== undefined && active !== placed;
    const front = items.find((item) => hasPeer(item) && (!moved || keyOf(item) === active));
    placed = front === undefined ? undefined : keyOf(front);
    if (front !== undefined) pick.activeItems = [front];
  };
  show();
  pick.busy = true;
  const look = directory.refresh().finally(() => {
    pick.busy = false;
    show();
  });
  background(look, log, 'looking for peers');
  const subscriptions = [
    directory.onDidChange(show),
    directory.onDidChange(() => background(directory.greetNew(), log, 'greeting peers')),
    pick,
  ];
  return new Promise<PickResult>((resolve) => {
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems.length > 0 ? pick.selectedItems : pick.activeItems.slice(0, 1);
      const peers = chosen.flatMap((item) => (item.peer === undefined ? [] : [item.peer]));
      resolve(peers.length > 0 ? { kind: 'peers', peers } : chosen.length > 0 ? { kind: 'add' } : { kind: 'none' });
      pick.hide();
    });
    pick.onDidHide(() => resolve({ kind: 'none' }));
    pick.show();
  }).finally(() => {
    for (const subscription of subscriptions) subscription.dispose();
  });
}

function hasPeer(item: PeerItem): boolean {
  return item.peer !== undefined;
}

function keyOf({ peer }: PeerItem): string | undefined {
  return peer === undefined ? undefined : peerKey(peer);
}

/** The person's own windows stand first, under the computer that they are on. */
function itemsOf(peers: readonly Peer[]): readonly PeerItem[] {
  const own = Map.groupBy(
    peers.filter((peer) => peer.trust === 'own'),
    placeWords,
  );
  const others = peers.filter((peer) => peer.trust !== 'own');
  const here = others.filter((peer) => peer.windows.length > 0).map(itemOf);
  const away = others.filter((peer) => peer.windows.length === 0).map(itemOf);
  const separator = (label: string): PeerItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...[...own].flatMap(([place, windows]) => [separator(place), ...windows.map(ownItem)]),
    ...(here.length > 0 ? [separator(l10n.t('answering')), ...here] : []),
    ...(away.length > 0 ? [separator(l10n.t('not answering')), ...away] : []),
    separator(''),
    { label: `$(add) ${l10n.t('Add peer by address…')}`, alwaysShow: true },
  ];
}

function ownItem(peer: Peer): PeerItem {
  return { peer, label: `$(${trustIcon(peer)}) ${peerWords(peer)}`, description: trustWords(peer.trust) };
}

function itemOf(peer: Peer): PeerItem {
  const renamed = renamedWords(peer);
  return {
    peer,
    label: `$(${trustIcon(peer)}) ${peerWords(peer)}`,
    description: trustWords(peer.trust),
    detail: [l10n.t('Fingerprint {0}', fingerprintOf(peer.id)), ...(renamed === undefined ? [] : [renamed])].join(' · '),
  };
}
