// Gathers several files: each that can be sent goes, each that cannot is named with the reason, and changes that only another
// editor can write are saved where the person wants that.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import { errorWords } from '../asking/errorWords.ts';
import { itemWords, listWords, reasonsWords } from '../asking/words.ts';
import { gatherFile } from './gatherFile.ts';
import { type FolderContext, gatherFolder } from './gatherFolder.ts';

const { l10n } = vscode;

export type GatherContext = FolderContext;

/** An item that can be gathered once more, as it is then. */
export type SendItem = ItemSource & { readonly again?: () => Promise<ItemSource> };

type Gathered = { readonly uri: vscode.Uri; readonly item: SendItem } | { readonly uri: vscode.Uri; readonly error: FerryError };

/**
 * Files as items; none where the person was told why. Fails as gatherFile where there is one file and it cannot be sent, and with
 * ERR_CANCELLED where the person leaves a question.
 */
export async function gatherFiles(context: GatherContext, uris: readonly vscode.Uri[]): Promise<readonly SendItem[]> {
  const first: Gathered[] = [];
  // One after the other: a question about one folder must not take the place of that about another.
  for (const uri of uris) first.push(await gather(uri, context));
  const gathered = await savedFirst(context, first);
  const items = gathered.flatMap((one) => ('item' in one ? one.item : []));
  const failures = gathered.flatMap((one) => ('error' in one ? one : []));
  const [only] = failures;
  if (only === undefined) return items;
  if (gathered.length === 1) {
    // Whoever was asked to save and did not has answered.
    if (isUnsaved(only.error) && gathered === first) return [];
    throw only.error;
  }
  const reasons = reasonsWords(failures.map(({ uri, error }) => ({ name: nameOf(uri), reason: errorWords(error) })));
  const words = items.length === 0 ? l10n.t('None of the files can be sent. {0}', reasons) : l10n.t('Left out: {0}', reasons);
  background(Promise.resolve(context.ui.warn(words)), context.log, 'telling what is left out');
  return items;
}

async function gather(uri: vscode.Uri, context: GatherContext): Promise<Gathered> {
  try {
    return { uri, item: { ...(await gatherOne(uri, context)), again: () => gatherOne(uri, context) } };
  } catch (cause) {
    const error = toFerryError(cause);
    // Whoever does not answer a question sends nothing at all.
    if (error.code === 'ERR_CANCELLED') throw error;
    return { uri, error };
  }
}

/** A file, or a folder of this machine. */
async function gatherOne(uri: vscode.Uri, context: GatherContext): Promise<ItemSource> {
  try {
    return await gatherFile(uri, context.files);
  } catch (cause) {
    const { detail } = toFerryError(cause);
    if (detail['reason'] !== 'not-a-file') throw cause;
    if (uri.scheme !== 'file')
      throw new FerryError('ERR_SOURCE_MISSING', 'the folder is elsewhere', { detail: { reason: 'elsewhere' } });
    return gatherFolder(context, uri.fsPath);
  }
}

/** Offers to save what has to be saved first, and gathers it once more. */
async function savedFirst(context: GatherContext, gathered: readonly Gathered[]): Promise<readonly Gathered[]> {
  const unsaved = gathered.flatMap((one) => ('error' in one && isUnsaved(one.error) ? one.uri : []));
  if (unsaved.length === 0) return gathered;
  const save = l10n.t('Save');
  const words = l10n.t(
    '{0}: changes that are not saved cannot be sent from this kind of editor.',
    listWords(unsaved.map(nameOf)),
  );
  if ((await context.ui.warn(words, save)) !== save) return gathered;
  return Promise.all(
    gathered.map(async (one) => {
      if ('item' in one || !unsaved.includes(one.uri)) return one;
      await saved(one.uri, context);
      return gather(one.uri, context);
    }),
  );
}

/** Saves a file. What its editor cannot save is found unsaved once more. */
async function saved(uri: vscode.Uri, { log }: GatherContext): Promise<void> {
  try {
    await vscode.workspace.save(uri);
  } catch (cause) {
    log.warn('a file was not saved', { message: toFerryError(cause).message });
  }
}

function isUnsaved({ detail }: FerryError): boolean {
  return detail['reason'] === 'unsaved';
}

function nameOf(uri: vscode.Uri): string {
  return itemWords(basename(uri.path));
}
