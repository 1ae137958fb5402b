// Which file or folder of this workspace a received one is another version of: that under the path which its sender told, else
// one of the same name.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import type { ReceivedItem } from '../../core/receiving/entry.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { Ui } from '../host/ui.ts';
import { onePlace, placesIn } from './place.ts';

const { l10n } = vscode;

const foundAtMost = 20;

/** The file or folder that the person means; undefined where there is none, or they left. */
export async function counterpartOf(ui: Pick<Ui, 'pick'>, received: ReceivedItem): Promise<vscode.Uri | undefined> {
  return onePlace(ui, await counterpartsOf(received), l10n.t('Compare with'));
}

/** All that it may be another version of: what lies under its path, else what has its name. */
export async function counterpartsOf({ item }: ReceivedItem): Promise<readonly vscode.Uri[]> {
  const name = safeFileName(item.name);
  if (item.kind === 'folder') return [...openFolders(name), ...(await placesIn(name, vscode.FileType.Directory))];
  const at = await placesIn(item.context?.path, vscode.FileType.File);
  if (at.length > 0) return at;
  const inRoot = await placesIn(name, vscode.FileType.File);
  // A name that is a pattern as well is looked for in the folders that are open alone.
  if (inRoot.length > 0 || /[*?[\]{}!\\]/.test(name) || !canSearch()) return inRoot;
  const found = await vscode.workspace.findFiles(`**/${name}`, '**/node_modules/**', foundAtMost);
  return found.filter((uri) => basename(uri.path) === name);
}

/** Where nothing can be searched, as in most file systems of extensions, VS Code waits until it can. */
function canSearch(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => /^(file|vscode-remote|vscode-vfs)$/.test(uri.scheme));
}

function openFolders(name: string): readonly vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => (basename(uri.path) === name ? uri : []));
}
