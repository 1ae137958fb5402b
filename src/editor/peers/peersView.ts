// The Peers view: everybody who answers or is remembered, with how far they are trusted.

import * as vscode from 'vscode';

import { background, type Log } from '../../core/base/log.ts';
import type { PeerBook } from '../../core/peers/book.ts';
import type { Directory } from '../../core/peers/directory.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { mergePeers, type Peer } from '../../core/peers/peers.ts';
import type { Presence, PresenceState } from '../../core/presence.ts';
import { peerWords, renamedWords, trustIcon, trustWords } from '../asking/words.ts';

const { l10n } = vscode;

/** Shows the peers. While the view is visible, windows that discovery hears of are greeted. */
export function showPeersView(presence: Presence, book: PeerBook, log: Log): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const provider: vscode.TreeDataProvider<Peer> = {
    onDidChangeTreeData: changed.event,
    getChildren: (peer) => (peer === undefined ? [...(presence.session?.directory.peers ?? mergePeers([], book.entries()))] : []),
    getTreeItem: peerItem,
  };
  const view = vscode.window.createTreeView('ferry.peers', { treeDataProvider: provider });
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
    view,
    changed,
  ];
  follow(presence.state);
  return new vscode.Disposable(() => {
    following?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

function peerItem(peer: Peer): vscode.TreeItem {
  const item = new vscode.TreeItem(peerWords(peer));
  const here = peer.windows.length > 0 ? l10n.t('answering') : l10n.t('not answering');
  item.id = peer.id;
  item.description = `${trustWords(peer.trust)} · ${here}`;
  item.iconPath = new vscode.ThemeIcon(trustIcon(peer));
  item.contextValue = `peer ${peer.trust}`;
  const renamed = renamedWords(peer);
  item.tooltip = [
    peerWords(peer),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Fingerprint {0}', fingerprintOf(peer.id)),
    trustWords(peer.trust),
    here,
  ].join('\n');
  item.accessibilityInformation = { label: `${peerWords(peer)}, ${trustWords(peer.trust)}, ${here}` };
  return item;
}
