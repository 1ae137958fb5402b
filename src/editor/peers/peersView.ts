// The Peers view: the person's own other windows under the computer that they are on, and everybody who answers or is remembered,
// with how far they are trusted.

import * as vscode from 'vscode';

import { background } from '../../core/base/log.ts';
import type { Directory } from '../../core/peers/directory.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { mergePeers, type Peer, peerKey } from '../../core/peers/peers.ts';
import type { PresenceState } from '../../core/presence.ts';
import type { App } from '../app.ts';
import { peerWords, placeWords, renamedWords, trustIcon, trustWords } from '../asking/words.ts';
import type { SharedNote, SharedRow } from '../sharing/sharedRow.ts';
import { sayNobody } from './nobody.ts';
import { sendDropped } from './sendDropped.ts';

const { l10n } = vscode;

const sharedRowsCode = () => import('../sharing/sharedRows.ts');

/** A computer with windows of the person's own, a peer, or something that a peer shares. */
type Row = { readonly place: string; readonly windows: readonly Peer[] } | Peer | SharedRow | SharedNote;

type Context = Pick<App, 'presence' | 'book' | 'settings' | 'log' | 'browser'>;

/** Shows the peers, who take what is dropped on them. While the view is visible, windows that discovery hears of are greeted. */
export function showPeersView({ presence, book, settings, log, browser }: Context): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const peers = (): readonly Peer[] => presence.session?.directory.peers ?? mergePeers([], book.entries());
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => {
      if (row !== undefined) return rowsIn(row, browser);
      return rowsOf(peers());
    },
    getTreeItem: (row) => itemOf(row),
  };
  const view = vscode.window.createTreeView('ferry.peers', { treeDataProvider: provider, dragAndDropController: sendDropped });
  let following: { dispose(): void } | undefined;
  const look = (directory: Directory): void => {
    if (view.visible) background(directory.greetNew(), log, 'greeting peers');
  };
  const follow = (state: PresenceState): void => {
    following?.dispose();
    following = undefined;
    changed.fire(undefined);
    if (state.phase !== 'online') return;
    const { directory } = state.session;
    following = directory.onDidChange(() => {
      changed.fire(undefined);
      look(directory);
    });
    look(directory);
  };
  const subscriptions = [
    presence.onDidChange(follow),
    book.onDidChange(() => changed.fire(undefined)),
    view.onDidChangeVisibility(() => {
      const directory = presence.session?.directory;
      if (view.visible && directory !== undefined) background(directory.refresh(), log, 'looking for peers');
    }),
    sayNobody(view, presence, { peers, discovery: () => settings.presence().discovery }),
    view,
    changed,
  ];
  follow(presence.state);
  return new vscode.Disposable(() => {
    following?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

/** What is below a row. What peers share is asked for when a row is opened, by code that is loaded then. */
async function rowsIn(row: Row, browser: App['browser']): Promise<Row[]> {
  if ('place' in row) return [...row.windows];
  if ('note' in row) return [];
  const { sharedRows } = await sharedRowsCode();
  return [...(await sharedRows(await browser(), 'shared' in row ? row.peer : row, 'shared' in row ? row.path : []))];
}

async function itemOf(row: Row): Promise<vscode.TreeItem> {
  if ('place' in row) return placeItem(row.place);
  if ('note' in row || 'shared' in row) return (await sharedRowsCode()).sharedItem(row);
  return row.trust === 'own' ? windowItem(row) : peerItem(row);
}

function rowsOf(peers: readonly Peer[]): Row[] {
  const own = Map.groupBy(
    peers.filter((peer) => peer.trust === 'own'),
    placeWords,
  );
  return [...[...own].map(([place, windows]) => ({ place, windows })), ...peers.filter((peer) => peer.trust !== 'own')];
}

function placeItem(place: string): vscode.TreeItem {
  const item = new vscode.TreeItem(place, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `place ${place}`;
  item.iconPath = new vscode.ThemeIcon('device-desktop');
  item.contextValue = 'place';
  return item;
}

/** What is done with peers makes no sense for a window of the person's own, but for sending to it. */
function windowItem(peer: Peer): vscode.TreeItem {
  const item = new vscode.TreeItem(peerWords(peer));
  item.id = peerKey(peer);
  item.description = trustWords(peer.trust);
  item.iconPath = new vscode.ThemeIcon(trustIcon(peer));
  item.contextValue = 'own';
  item.command = sendHere(peer);
  item.tooltip = [peerWords(peer), placeWords(peer), trustWords(peer.trust)].join('\n');
  item.accessibilityInformation = { label: `${peerWords(peer)}, ${trustWords(peer.trust)}, ${placeWords(peer)}` };
  return item;
}

function peerItem(peer: Peer): vscode.TreeItem {
  const item = new vscode.TreeItem(peerWords(peer));
  const here = peer.windows.length > 0 ? l10n.t('answering') : l10n.t('not answering');
  // Whether a blocked one answers is of no interest, and it does not count as near.
  const states = peer.trust === 'blocked' ? [trustWords(peer.trust)] : [trustWords(peer.trust), here];
  item.id = peer.id;
  item.description = states.join(' · ');
  item.iconPath = new vscode.ThemeIcon(trustIcon(peer));
  item.contextValue = `peer ${peer.trust}`;
  if (peer.trust !== 'blocked') item.command = sendHere(peer);
  // Only whom one is paired with shares something.
  if (peer.trust === 'paired' && peer.windows.length > 0) item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
  const renamed = renamedWords(peer);
  item.tooltip = [
    peerWords(peer),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Fingerprint {0}', fingerprintOf(peer.id)),
    ...states,
  ].join('\n');
  item.accessibilityInformation = { label: [peerWords(peer), ...states].join(', ') };
  return item;
}

/** A click, or Enter, on a row asks whether to send there what the person has open. */
function sendHere(peer: Peer): vscode.Command {
  return { command: 'ferry.sendHere', title: l10n.t('Send'), arguments: [peer] };
}
