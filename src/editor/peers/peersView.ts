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
import { sayNobody } from './nobody.ts';
import { sendDropped } from './sendDropped.ts';

const { l10n } = vscode;

/** A computer with windows of the person's own, or a peer. */
type Row = { readonly place: string; readonly windows: readonly Peer[] } | Peer;

type Context = Pick<App, 'presence' | 'book' | 'settings' | 'log'>;

/** Shows the peers, who take what is dropped on them. While the view is visible, windows that discovery hears of are greeted. */
export function showPeersView({ presence, book, settings, log }: Context): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => {
      if (row !== undefined) return 'place' in row ? [...row.windows] : [];
      return rowsOf(presence.session?.directory.peers ?? mergePeers([], book.entries()));
    },
    getTreeItem: (row) => ('place' in row ? placeItem(row.place) : row.trust === 'own' ? windowItem(row) : peerItem(row)),
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
    sayNobody(view, presence, () => settings.presence().discovery),
    view,
    changed,
  ];
  follow(presence.state);
  return new vscode.Disposable(() => {
    following?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
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

/** Nothing that is done with peers makes sense for a window of the person's own. */
function windowItem(peer: Peer): vscode.TreeItem {
  const item = new vscode.TreeItem(peerWords(peer));
  item.id = peerKey(peer);
  item.description = trustWords(peer.trust);
  item.iconPath = new vscode.ThemeIcon(trustIcon(peer));
  item.contextValue = 'own';
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
