// "Accept to…": the person says where what a peer offers lands, or that more than one offer is accepted.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { isUnknown } from '../../core/consent/contents.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { ChosenPlace } from '../../core/receiving/store.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { pickAbout } from '../asking/askAbout.ts';
import { folderDialog, mayLandIn, openFolderWords, startingFolder } from '../asking/savePlace.ts';
import { entryWords, nameWords, peerWords } from '../asking/words.ts';
import { placeItem, placesIn } from '../comparing/place.ts';
import { pathHere } from '../host/fileSystems.ts';
import { type AnswerContext, acceptEntry, acceptWaiting } from './answer.ts';

const { l10n } = vscode;

/** "Accept to…": the list of what can be said beside a plain yes. */
export async function acceptTo(context: AnswerContext, id: string): Promise<void> {
  const entry = context.inbox.find(id);
  if (entry === undefined) return;
  const items = [
    { label: l10n.t('To Workspace Folder…'), id: 'ferry.inbox.acceptToWorkspace' },
    { label: l10n.t('Save As…'), id: 'ferry.inbox.acceptSaveAs' },
    { label: l10n.t('All from This Peer'), id: 'ferry.inbox.acceptAll' },
    { label: l10n.t('Always from This Peer…'), id: 'ferry.inbox.alwaysAccept' },
  ];
  const picked = await pickAbout(context, id, items, { title: l10n.t('Accept {0}', entryWords(entry)) });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.id, { entry });
}

/** "Accept to Workspace Folder…". Fails as pathHere. */
export async function acceptToWorkspace(context: AnswerContext, id: string): Promise<void> {
  const entry = context.inbox.find(id);
  const folder = entry === undefined ? undefined : await askWorkspaceFolder(context, entry);
  if (entry !== undefined && folder !== undefined)
    await acceptIn(context, entry, { folder: pathHere(folder) }, entry.items.some(isUnknown));
}

/**
 * "Accept and Save As…": a file under another name and anything else in a folder, where the person says. Nothing is
 * replaced. Fails as pathHere.
 */
export async function acceptSaveAs(context: AnswerContext, id: string): Promise<void> {
  const entry = context.inbox.find(id);
  const place = entry === undefined ? undefined : await askPlaceFor(context.ui, entry);
  if (entry !== undefined && place !== undefined) await acceptIn(context, entry, place);
}

/** "Accept All from This Peer": what waits of it now. Each lands as it would by itself. */
export async function acceptAll(context: AnswerContext, { peer }: Pick<InboxEntry, 'peer'>): Promise<void> {
  await acceptWaiting(
    context,
    context.inbox.entries.filter((entry) => entry.peer.id === peer.id && entry.state.phase === 'waiting').toReversed(),
  );
}

async function acceptIn(context: AnswerContext, entry: InboxEntry, place: ChosenPlace, isTold = false): Promise<void> {
  if (await mayLandIn(context.ui, entry, place, isTold)) await acceptEntry(context, entry.id, place);
}

async function askWorkspaceFolder(context: AnswerContext, entry: InboxEntry): Promise<vscode.Uri | undefined> {
  const { ui } = context;
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (roots.length === 0) {
    await ui.info(l10n.t('No folder of this machine is open in this window.'));
    return undefined;
  }
  const isWarned = entry.items.some(isUnknown);
  const refusal = { label: `$(close) ${l10n.t('Do Not Accept')}`, uri: undefined, refuses: true };
  const items: readonly (vscode.QuickPickItem & { readonly uri: vscode.Uri | undefined; readonly refuses?: boolean })[] = [
    ...(isWarned ? [refusal] : []),
    ...(await foldersOverThere(entry)).map(placeItem),
    ...roots.map(({ name, uri }) => ({ label: name, description: uri.fsPath, uri })),
    { label: `$(folder-opened) ${l10n.t('Another folder…')}`, uri: undefined },
  ];
  const title = l10n.t('Accept {0} from {1} into', entryWords(entry), peerWords(entry.peer));
  const options = { title, ignoreFocusOut: true, ...(isWarned ? { placeHolder: openFolderWords() } : {}) };
  const picked = await pickAbout(context, entry.id, items, options);
  if (picked === undefined || picked.refuses === true || picked.uri !== undefined) return picked?.uri;
  return ui.openDialog({ ...folderDialog(), title });
}

/** The folders of an open workspace in which the one item of an entry lies over there, as far as there are such here. */
async function foldersOverThere({ items }: InboxEntry): Promise<readonly vscode.Uri[]> {
  const [item] = items;
  if (item === undefined || items.length > 1 || item.kind === 'sealed') return [];
  const path = dirname(item.context?.path ?? '');
  const found = path === '.' ? [] : await placesIn(path, vscode.FileType.Directory);
  return found.filter(({ scheme }) => scheme === 'file');
}

async function askPlaceFor(ui: App['ui'], entry: InboxEntry): Promise<ChosenPlace | undefined> {
  const [item] = entry.items;
  if (entry.items.length === 1 && item !== undefined && item.kind !== 'sealed' && item.kind !== 'folder') {
    const name = safeFileName(item.name);
    const target = await ui.saveDialog({
      title: l10n.t('Save {0} as', nameWords(item)),
      defaultUri: vscode.Uri.joinPath(startingFolder({ here: true }), name),
    });
    if (target === undefined) return undefined;
    const path = pathHere(target);
    return { folder: dirname(path), name: basename(path) };
  }
  const title = l10n.t('Choose where to save {0}', entryWords(entry));
  const folder = await ui.openDialog({ ...folderDialog(), openLabel: l10n.t('Save Here'), title });
  return folder === undefined ? undefined : { folder: pathHere(folder) };
}
