// Gathers a folder: what of it stays at home is told, and what looks like a secret goes only where the person says so.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { itemWords, listWords, pathWords } from '../asking/words.ts';
import { excluded } from '../host/excluded.ts';
import type { FolderFound } from '../host/files.ts';

const { l10n } = vscode;

export type FolderContext = Pick<App, 'ui' | 'files' | 'settings' | 'log'>;

/** The folder at `path` as an item. Fails as Files.openFolder, or with ERR_CANCELLED. */
export async function gatherFolder(context: FolderContext, path: string): Promise<ItemSource> {
  const { files, settings } = context;
  const rules = { followGitignore: settings.leaveOutIgnored(), exclude: settings.leaveOutIgnored() ? excluded(path) : [] };
  const found = await files.openFolder(path, { ...rules, includeSecrets: false });
  const { secret } = found.leftOut;
  const taken =
    secret.count > 0 && (await wantsSecrets(context, found))
      ? await files.openFolder(path, { ...rules, includeSecrets: true })
      : found;
  tellLeftOut(context, taken);
  return taken.item;
}

async function wantsSecrets({ ui }: FolderContext, { item, leftOut }: FolderFound): Promise<boolean> {
  const { count, names } = leftOut.secret;
  const leave = { label: count === 1 ? l10n.t('Leave it out') : l10n.t('Leave them out'), include: false };
  const include = { label: count === 1 ? l10n.t('Send it too') : l10n.t('Send them too'), include: true };
  const [folder, named] = [itemWords(item.offered.name), listWords(names.map(pathWords), count)];
  const title =
    count === 1
      ? l10n.t('{0} has a file that looks like a secret: {1}', folder, named)
      : l10n.t('{0} has {1} files that look like secrets: {2}', folder, count, named);
  const picked = await ui.pick([leave, include], { title, placeHolder: title, ignoreFocusOut: true });
  if (picked === undefined) throw new FerryError('ERR_CANCELLED', 'the person did not say what to do with secrets');
  return picked.include;
}

/** What .gitignore and the settings leave out is expected; the rest is told. */
function tellLeftOut({ ui, log }: FolderContext, { item, leftOut }: FolderFound): void {
  const { link, device, unreadable, ignored } = leftOut;
  log.info('a folder was gathered', {
    ignored: ignored.count,
    links: link.count,
    devices: device.count,
    unreadable: unreadable.count,
  });
  const reasons = [
    { ...link, reason: l10n.t('links are not sent') },
    { ...device, reason: l10n.t('neither file nor folder') },
    { ...unreadable, reason: l10n.t('cannot be read') },
  ].filter(({ count }) => count > 0);
  if (reasons.length === 0) return;
  const lists = reasons.map(({ count, names, reason }) => l10n.t('{0} ({1})', listWords(names.map(pathWords), count), reason));
  const words = l10n.t('Left out of {0}: {1}.', itemWords(item.offered.name), lists.join('; '));
  background(Promise.resolve(ui.info(words)), log, 'telling what is left out');
}
