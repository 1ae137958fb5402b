// A received text beside the file of this workspace that it is another version of: mine at the left, theirs at the right, and
// then what the person says. Nothing is replaced without that, and what is replaced can be undone.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { isDangerousName } from '../../core/text/dangerousName.ts';
import { mergeTexts } from '../../core/text/merge.ts';
import { numberedName, safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { isReadOnly, unusable, written } from '../host/fileSystems.ts';
import { receivedText } from '../receiving/receivedText.ts';
import { compareFolder } from './compareFolder.ts';
import { counterpartOf } from './counterpart.ts';

const { l10n } = vscode;

export type CompareContext = Pick<App, 'ui' | 'documents' | 'files' | 'inbox'>;

type Pair = {
  readonly entry: InboxEntry;
  readonly received: ReceivedItem;
  /** The file of this workspace, and its text as it is on screen. */
  readonly mine: vscode.TextDocument;
  readonly theirs: string;
};

/** "Compare with Workspace…". */
export async function compareReceived(context: CompareContext, entry: InboxEntry, received: ReceivedItem): Promise<void> {
  const mine = await counterpartOf(context.ui, received);
  if (mine === undefined) {
    await context.ui.info(l10n.t('No folder that is open here has {0}.', itemWords(received.item.name)));
  } else if (received.item.kind === 'folder') {
    await compareFolder(context.ui, received, mine);
  } else {
    await compareFile(context, entry, { received, mine });
  }
}

async function compareFile(
  context: CompareContext,
  entry: InboxEntry,
  { received, mine }: { readonly received: ReceivedItem; readonly mine: vscode.Uri },
): Promise<void> {
  const theirs = await receivedText(await context.files.read(received.path), received.item.context);
  if (theirs === undefined) {
    await context.ui.info(l10n.t('{0} is not text, so it is not compared.', itemWords(received.item.name)));
    return;
  }
  // Fails where it is bytes, or too large for an editor.
  const document = await vscode.workspace.openTextDocument(mine).then(undefined, () => undefined);
  if (document === undefined) {
    await context.ui.info(l10n.t('{0} is not text, so it is not compared.', itemWords(basename(mine.path))));
    return;
  }
  const pair: Pair = { entry, received, mine: document, theirs: theirs.text };
  if (sameLines(document.getText(), theirs.text)) await tellEqual(context, pair);
  else await decide(context, pair);
}

/** Line ends and a mark before the text are no difference that anybody sees. */
function sameLines(a: string, b: string): boolean {
  const plainOf = (text: string): string => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  return plainOf(a) === plainOf(b);
}

async function tellEqual({ ui, inbox }: CompareContext, { entry, received, mine }: Pair): Promise<void> {
  const remove = l10n.t('Remove the Received One');
  const words = l10n.t('{0} has the same content already.', shownPath(mine));
  if ((await ui.info(words, remove)) !== remove) return;
  // What was not saved goes with its row; what was is the person's, and can be had back from the bin where there is one.
  if (entry.state.phase === 'received' && entry.state.landing !== 'storage') {
    const [{ fs }, file] = [vscode.workspace, vscode.Uri.file(received.path)];
    // Where there is no bin, as on most remote machines, it goes for good: what is here is the same.
    await fs.delete(file, { useTrash: true }).then(undefined, () => fs.delete(file));
  }
  if (entry.items.length === 1) inbox.remove(entry.id);
}

async function decide(context: CompareContext, pair: Pair): Promise<void> {
  const { entry, mine } = pair;
  const title = l10n.t('{0}: mine and from {1}', shownPath(mine), peerWords(entry.peer));
  await vscode.commands.executeCommand('vscode.diff', mine.uri, theirDocument(context, pair), title);
  const base = await commonText(context, pair);
  const [replace, keepBoth, merge] = [l10n.t('Replace Mine'), l10n.t('Keep Both'), l10n.t('Merge')];
  const words = l10n.t('{0}: yours and the received one differ.', shownPath(mine));
  const chosen = await context.ui.info(words, replace, keepBoth, ...(base === undefined ? [] : [merge]));
  if (chosen === replace) await replaceMine(context, pair);
  if (chosen === keepBoth) await keep(context, pair);
  if (chosen === merge && base !== undefined) await mergeBoth(context, pair, base);
}

/** Their text as a document that nobody can change, whatever its file was encoded in. */
function theirDocument({ documents }: CompareContext, { entry, received, theirs }: Pair): vscode.Uri {
  const bytes = new TextEncoder().encode(theirs);
  const content = { size: bytes.length, read: () => Promise.resolve(bytes) };
  return documents.show(safeFileName(received.item.name), content, {
    entry: entry.id,
    key: `${entry.offerId}-${received.n}-compared`,
  });
}

/** As an edit of the document: it can be undone, and is on the disk once it is saved. */
async function replaceMine({ ui }: CompareContext, { mine, theirs }: Pair): Promise<void> {
  // An edit would change what can never be saved.
  if (await isReadOnly(mine.uri)) throw unusable();
  if (!(await mayWrite(ui, mine.uri))) return;
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(new vscode.Position(0, 0), mine.lineAt(mine.lineCount - 1).range.end);
  edit.replace(mine.uri, whole, theirs);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(mine);
}

async function keep({ ui }: CompareContext, { mine, received }: Pair): Promise<void> {
  for (let count = 1; ; count += 1) {
    const place = vscode.Uri.joinPath(mine.uri, '..', numberedName(basename(mine.uri.path), count));
    if (await isThere(place)) continue;
    if (!(await mayWrite(ui, place))) return;
    await written(vscode.workspace.fs.copy(vscode.Uri.file(received.path), place, { overwrite: false }));
    await ui.info(l10n.t('Saved as {0}.', itemWords(basename(place.path))));
    return;
  }
}

/** Into a document of its own: nothing is on the disk before the person saves it. */
async function mergeBoth({ ui }: CompareContext, { entry, mine, theirs }: Pair, base: string): Promise<void> {
  const labels = { mine: l10n.t('mine'), theirs: peerWords(entry.peer) };
  const merged = await mergeTexts({ mine: mine.getText(), base, theirs }, labels);
  if (merged === undefined) {
    await ui.info(l10n.t('{0} is too long to be merged.', shownPath(mine)));
    return;
  }
  const document = await vscode.workspace.openTextDocument({ content: merged.text, language: mine.languageId });
  await vscode.window.showTextDocument(document);
  await ui.info(
    merged.conflicts === 0
      ? l10n.t('Merged without conflicts. The document is not saved yet.')
      : l10n.t('Merged, with conflicts that are marked: {0}. The document is not saved yet.', merged.conflicts),
  );
}

/** The text that both come from, where the sender named it and the repository of this file has it. */
async function commonText({ files }: CompareContext, { received, mine }: Pair): Promise<string | undefined> {
  const { blob } = received.item.context ?? {};
  if (blob === undefined || mine.uri.scheme !== 'file' || !vscode.workspace.isTrusted) return undefined;
  const bytes = await files.readBlob(dirname(mine.uri.fsPath), blob);
  return bytes === undefined ? undefined : (await receivedText(bytes, received.item.context))?.text;
}

async function mayWrite(ui: App['ui'], place: vscode.Uri): Promise<boolean> {
  if (!isDangerousName(place.path)) return true;
  const detail = l10n.t('In a folder that an editor has open, a file of this name can run something by itself.');
  const answers = { refuse: l10n.t('Do Not Save'), agree: l10n.t('Save') };
  return ui.confirm(l10n.t('Save {0} into this workspace?', itemWords(basename(place.path))), detail, answers);
}

function shownPath({ uri }: vscode.TextDocument): string {
  return itemWords(basename(uri.path));
}

async function isThere(place: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(place).then(
    () => true,
    () => false,
  );
}
