// Which file or folder of this workspace a received one is another version of: that under the path which its sender told, else
// one of the same name.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import type { ReceivedItem } from '../../core/receiving/entry.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { Ui } from '../host/ui.ts';
import { placeIn } from './place.ts';

const { l10n } = vscode;

const foundAtMost = 20;

/** The file or folder that the person means; undefined where there is none, or they left. */
export async function counterpartOf(ui: Pick<Ui, 'pick'>, received: ReceivedItem): Promise<vscode.Uri | undefined> {
  const [first, ...others] = await counterpartsOf(received);
  if (first === undefined || others.length === 0) return first;
  const items = [first, ...others].map((uri) => ({ uri, label: vscode.workspace.asRelativePath(uri) }));
  return (await ui.pick(items, { title: l10n.t('Compare with'), matchOnDescription: true }))?.uri;
}

/** All that it may be another version of; one alone where the path says which. */
export async function counterpartsOf({ item }: ReceivedItem): Promise<readonly vscode.Uri[]> {
  const name = safeFileName(item.name);
  if (item.kind === 'folder') return [...openFolders(name), ...(await existing(name, vscode.FileType.Directory))];
  const at = await placeIn(item.context?.path, vscode.FileType.File);
  if (at !== undefined) return [at];
  const inRoot = await existing(name, vscode.FileType.File);
  // A name that is a pattern as well is looked for in the folders that are open alone.
  if (inRoot.length > 0 || /[*?[\]{}!\\]/.test(name)) return inRoot;
  const found = await vscode.workspace.findFiles(`**/${name}`, '**/node_modules/**', foundAtMost);
  return found.filter((uri) => basename(uri.path) === name);
}

function openFolders(name: string): readonly vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => (basename(uri.path) === name ? uri : []));
}

async function existing(name: string, type: vscode.FileType.File | vscode.FileType.Directory): Promise<readonly vscode.Uri[]> {
  const found = await placeIn(name, type);
  return found === undefined ? [] : [found];
}
