// What a peer shares, as rows below it in the Peers view.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { Browser } from '../../core/sharing/getting/browser.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { errorWords } from '../asking/errorWords.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import type { SharedNote, SharedRow } from './sharedRow.ts';
import { sharedUri } from './sharedUri.ts';

const { l10n } = vscode;

/** More rows than anybody reads; the list of "Browse Peer's Files…" has them all, and can be searched. */
const shownAtMost = 500;
const waitMs = 20_000;

/** The rows in a folder of a peer, or of all that it shares for no path; a line of text where there are none. Never fails. */
export async function sharedRows(
  browser: Browser,
  peer: Peer,
  path: readonly string[] = [],
): Promise<readonly (SharedRow | SharedNote)[]> {
  const of = [peer.id, ...path].join('/');
  try {
    const entries = await browser.list(peer.id, path, AbortSignal.timeout(waitMs));
    if (entries.length === 0) return [{ of, note: path.length === 0 ? l10n.t('shares nothing with you') : l10n.t('empty') }];
    const rows = entries.slice(0, shownAtMost).map((shared) => ({ peer, path: [...path, shared.name], shared }));
    const more = entries.length - rows.length;
    return more === 0 ? rows : [...rows, { of, note: l10n.t('{0} more: see "Browse Peer\'s Files…"', more) }];
  } catch (cause) {
    return [{ of, note: errorWords(toFerryError(cause), peerWords(peer)) }];
  }
}

/** How such a row is shown; a click opens a file, read-only. */
export function sharedItem(row: SharedRow | SharedNote): vscode.TreeItem {
  if ('note' in row) {
    const line = new vscode.TreeItem(row.note);
    line.id = `${row.of}/`;
    line.contextValue = 'note';
    return line;
  }
  const { peer, path, shared } = row;
  const isFolder = shared.kind === 'folder';
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(itemWords(shared.name), isFolder ? Collapsed : None);
  item.id = [peer.id, ...path].join('/');
  item.contextValue = isFolder ? 'shared folder' : 'shared file';
  item.iconPath = isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  const size = shared.size === undefined ? [] : [sizeText(shared.size)];
  item.description = size.join('');
  const by = l10n.t('shared by {0}', peerWords(peer));
  item.accessibilityInformation = { label: [itemWords(shared.name), ...size, by].join(', ') };
  item.tooltip = l10n.t('{0}, shared by {1}', path.map((name) => itemWords(name)).join(' / '), peerWords(peer));
  if (!isFolder) item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [sharedUri(peer, path)] };
  return item;
}
