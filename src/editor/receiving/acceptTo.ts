// "Accept to…": the person says where what a peer offers lands, or that more than one offer is accepted.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { ChosenPlace } from '../../core/receiving/store.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { pickAbout } from '../asking/askAbout.ts';
import { mayLandIn } from '../asking/savePlace.ts';
import { entryWords, nameWords, peerWords } from '../asking/words.ts';
import { placeIn } from '../comparing/place.ts';
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

/** "Accept to Workspace Folder…". */
export async function acceptToWorkspace(context: AnswerContext, id: string): Promise<void> {
  const entry = context.inbox.find(id);
  const folder = entry === undefined ? undefined : await askWorkspaceFolder(context, entry);
  if (entry !== undefined && folder !== undefined) await acceptIn(context, entry, { folder: folder.fsPath });
}

/** "Accept and Save As…": a file under another name and anything else in a folder, where the person says. Nothing is replaced. */
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

async function acceptIn(context: AnswerContext, entry: InboxEntry, place: ChosenPlace): Promise<void> {
  if (await mayLandIn(context.ui, entry, place)) await acceptEntry(context, entry.id, place);
}

async function askWorkspaceFolder(context: AnswerContext, entry: InboxEntry): Promise<vscode.Uri | undefined> {
  const { ui } = context;
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (roots.length === 0) {
    await ui.info(l10n.t('No folder of this machine is open in this window.'));
    return undefined;
  }
  const near = await folderOverThere(entry);
  const items = [
    ...(near === undefined ? [] : [{ label: vscode.workspace.asRelativePath(near), uri: near }]),
    ...roots.map(({ name, uri }) => ({ label: name, description: uri.fsPath, uri })),
    { label: `$(folder-opened) ${l10n.t('Another folder…')}`, uri: undefined },
  ];
  const title = l10n.t('Accept {0} from {1} into', entryWords(entry), peerWords(entry.peer));
  const picked = await pickAbout(context, entry.id, items, { title, ignoreFocusOut: true });
  if (picked === undefined || picked.uri !== undefined) return picked?.uri;
  return ui.openDialog({ ...folders, title, ...(roots[0] === undefined ? {} : { defaultUri: roots[0].uri }) });
}

const folders = { canSelectFiles: false, canSelectFolders: true };

/** The folder of an open workspace in which the one item of an entry lies over there, where there is such a folder here. */
async function folderOverThere({ items }: InboxEntry): Promise<vscode.Uri | undefined> {
  const [item] = items;
  if (item === undefined || items.length > 1 || item.kind === 'sealed') return undefined;
  const path = dirname(item.context?.path ?? '');
  const found = path === '.' ? undefined : await placeIn(path, vscode.FileType.Directory);
  return found?.scheme === 'file' ? found : undefined;
}

async function askPlaceFor(ui: App['ui'], entry: InboxEntry): Promise<ChosenPlace | undefined> {
  const [item] = entry.items;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (entry.items.length === 1 && item !== undefined && item.kind !== 'sealed' && item.kind !== 'folder') {
    const name = safeFileName(item.name);
    const target = await ui.saveDialog({
      title: l10n.t('Save {0} as', nameWords(item)),
      ...(root === undefined ? {} : { defaultUri: vscode.Uri.joinPath(root, name) }),
    });
    return target === undefined ? undefined : { folder: dirname(target.fsPath), name: basename(target.fsPath) };
  }
  const title = l10n.t('Choose where to save {0}', entryWords(entry));
  const folder = await ui.openDialog({ ...folders, openLabel: l10n.t('Save Here'), title });
  return folder === undefined ? undefined : { folder: folder.fsPath };
}
