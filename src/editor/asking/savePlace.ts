// Where something from a peer is saved when the person asks for it: a dialog, and a second question where it could run something
// by itself.

import { homedir } from 'node:os';
import { isAbsolute, relative, sep } from 'node:path';

import * as vscode from 'vscode';

import { concatBytes } from '../../core/base/bytes.ts';
import { isFerryError } from '../../core/base/errors.ts';
import { needsSecondYes } from '../../core/consent/contents.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { ChosenPlace } from '../../core/receiving/store.ts';
import { isDangerousName } from '../../core/text/dangerousName.ts';
import { numberedName } from '../../core/text/safeName.ts';
import { unusable, written } from '../host/fileSystems.ts';
import type { Files } from '../host/files.ts';
import type { Ui } from '../host/ui.ts';
import { contentWords, entryWords, itemWords } from './words.ts';

const { l10n } = vscode;

/** Asks for a place for a file of a name already made safe; undefined where the person left or thought better of it. */
export async function askPlace(ui: Ui, name: string, title: string): Promise<vscode.Uri | undefined> {
  const target = await ui.saveDialog({ title, defaultUri: vscode.Uri.joinPath(startingFolder(), name) });
  if (target === undefined) return undefined;
  const isDangerous = vscode.workspace.getWorkspaceFolder(target) !== undefined && isDangerousName(target.path);
  if (!isDangerous) return target;
  const chosen = itemWords(target.path.split('/').at(-1) ?? name);
  const detail = l10n.t('In a folder that an editor has open, a file of this name can run something by itself.');
  const answers = { refuse: l10n.t('Do Not Save'), agree: l10n.t('Save') };
  return (await ui.confirm(l10n.t('Save {0} into this workspace?', chosen), detail, answers)) ? target : undefined;
}

/**
 * Asks in which folder to put a folder of a name already made safe; gives a place where nothing is. Undefined where the person
 * left or thought better of it.
 */
export async function askFolderPlace(ui: Ui, name: string): Promise<vscode.Uri | undefined> {
  const title = l10n.t('Choose where to save {0}', itemWords(name));
  const dialog = { canSelectFiles: false, canSelectFolders: true, openLabel: l10n.t('Save Here'), title };
  const parent = await ui.openDialog(dialog);
  if (parent === undefined) return undefined;
  if (vscode.workspace.getWorkspaceFolder(parent) !== undefined) {
    // Not all that is in it is named, and what is cannot be trusted.
    const answers = { refuse: l10n.t('Do Not Save'), agree: l10n.t('Save') };
    if (!(await ui.confirm(l10n.t('Save {0} into this workspace?', itemWords(name)), openFolderWords(), answers)))
      return undefined;
  }
  for (let count = 0; ; count += 1) {
    const place = vscode.Uri.joinPath(parent, count === 0 ? name : numberedName(name, count));
    if (!(await isThere(place))) return place;
  }
}

/**
 * Whether the items of an entry may land in a folder: one that the editor has open takes a second yes for what may run there.
 * `isTold`: the person chose it beside the words of `openFolderWords`.
 */
export async function mayLandIn(
  ui: Pick<Ui, 'confirm'>,
  entry: InboxEntry,
  { folder, name }: ChosenPlace,
  isTold = false,
): Promise<boolean> {
  const isOpen = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) !== undefined;
  // A folder around one that is open is as near to it: what lands there can change it as well.
  if (!isOpen && !openFoldersHere().some(({ fsPath }) => isWithin(folder, fsPath))) return true;
  // Its whole path: what is open may be the hooks of a repository, or lie in a folder that is open as well.
  if (!needsSecondYes(entry.items, folder.replaceAll('\\', '/'), { name, isTold })) return true;
  const detail = l10n.t(
    '{0}. In a folder that an editor has open, this can run something by itself, or what is in it is not known.',
    contentWords(entry),
  );
  const answers = { refuse: l10n.t('Do Not Accept'), agree: l10n.t('Accept') };
  return ui.confirm(l10n.t('Accept {0} into this workspace?', entryWords(entry)), detail, answers);
}

/** What is to be known of files that land in a folder which an editor has open. */
export function openFolderWords(): string {
  return l10n.t('In a folder that an editor has open, files can run something by themselves.');
}

/** The folders of this window that are on this machine, where alone Ferry itself can write. */
function openFoldersHere(): readonly vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? uri : []));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where a dialog begins: in a folder of this window, or at home. `here`: on this machine, as a dialog then does altogether. */
export function startingFolder({ here = false }: { readonly here?: boolean } = {}): vscode.Uri {
  const first = here ? openFoldersHere()[0] : vscode.workspace.workspaceFolders?.[0]?.uri;
  return first ?? vscode.Uri.file(homedir());
}

/** A dialog for a folder of this machine. */
export function folderDialog(): vscode.OpenDialogOptions {
  return { canSelectFiles: false, canSelectFolders: true, defaultUri: startingFolder({ here: true }) };
}

/**
 * Writes a file where the person said: on this machine for its owner alone, elsewhere as its file system writes. Fails with
 * ERR_NO_SPACE, ERR_FOLDER_UNUSABLE, or as `bytes` does.
 */
export async function writeAt(files: Pick<Files, 'write'>, target: vscode.Uri, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  if (target.scheme === 'file') {
    await files.write(target.fsPath, bytes).catch((error: unknown) => {
      throw isFerryError(error) && error.code === 'ERR_FOLDER_UNUSABLE' ? unusable(error) : error;
    });
    return;
  }
  // A file system of VS Code takes files as a whole.
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  await written(vscode.workspace.fs.writeFile(target, concatBytes(parts)));
}

async function isThere(place: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(place).then(
    () => true,
    () => false,
  );
}
