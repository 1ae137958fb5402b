// The rows of the list from which peers are picked: those used last, then paired ones, then the others, then the person's own
// windows, and at the end whoever does not answer.

import * as vscode from 'vscode';

import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { Peer } from '../../core/peers/peers.ts';
import { peerWords, placeWords, renamedWords, trustIcon, trustWords } from '../asking/words.ts';

const { l10n } = vscode;

/** What can be done instead of picking somebody. */
export type PickAction = 'add' | 'visibility';

export type PickRow = vscode.QuickPickItem & { readonly peer?: Peer; readonly action?: PickAction };

/** The rows for some peers, and below them what can be done. */
export function rowsOf(peers: readonly Peer[], actions: readonly PickRow[]): readonly PickRow[] {
  const others = peers.filter(({ trust }) => trust !== 'own');
  const near = others.filter(({ windows }) => windows.length > 0);
  const own = Map.groupBy(
    peers.filter(({ trust }) => trust === 'own'),
    placeWords,
  );
  const isRecent = ({ lastUsed }: Peer): boolean => lastUsed > 0;
  const isPaired = ({ trust }: Peer): boolean => trust === 'paired';
  return [
    ...section(l10n.t('recent'), near.filter(isRecent).map(peerRow)),
    ...section(l10n.t('paired'), near.filter((peer) => !isRecent(peer) && isPaired(peer)).map(peerRow)),
    ...section(l10n.t('near'), near.filter((peer) => !isRecent(peer) && !isPaired(peer)).map(peerRow)),
    ...[...own].flatMap(([place, windows]) => section(place, windows.map(windowRow))),
    ...section(l10n.t('not answering'), others.filter(({ windows }) => windows.length === 0).map(peerRow)),
    ...section('', actions),
  ];
}

/** A row for something that can be done, which no filter hides. */
export function actionRow(action: PickAction, words: string): PickRow {
  return { action, label: words, iconPath: new vscode.ThemeIcon(action === 'add' ? 'add' : 'eye'), alwaysShow: true };
}

function section(label: string, rows: readonly PickRow[]): readonly PickRow[] {
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}

function windowRow(peer: Peer): PickRow {
  return { ...namedRow(peer), description: trustWords(peer.trust) };
}

function peerRow(peer: Peer): PickRow {
  const renamed = renamedWords(peer);
  return {
    ...namedRow(peer),
    description: trustWords(peer.trust),
    detail: [l10n.t('Fingerprint {0}', fingerprintOf(peer.id)), ...(renamed === undefined ? [] : [renamed])].join(' · '),
  };
}

/** The icon is none of the label, where it would be spoken. */
function namedRow(peer: Peer): PickRow {
  return { peer, label: peerWords(peer), iconPath: new vscode.ThemeIcon(trustIcon(peer)) };
}
