// What is to be sent, as items: files, folders, and what comes through standard input.

import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';

import { toFerryError } from '../../core/base/errors.ts';
import { mediaTypeOf } from '../../core/text/textual.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import { fileSource } from '../../net/disk/fileSource.ts';
import { removeFile, writePrivateFile } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { exitCodeOf } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import { counted, errorWords, pathWords } from '../terminal/words.ts';

export type FolderRules = { readonly withIgnored: boolean; readonly withSecrets: boolean };

/** The file or folder at a path as an item. Refuses what cannot be sent, by name. */
export async function gatherPath(context: Context, path: string, rules: FolderRules): Promise<ItemSource> {
  const full = resolve(path);
  try {
    return await itemAt(full, basename(full));
  } catch (cause) {
    if (toFerryError(cause).detail['reason'] !== 'not-a-file') throw named(cause, path);
  }
  return gatherFolder(context, full, rules).catch((cause: unknown) => {
    throw named(cause, path);
  });
}

/** Whether there is a folder at a path. */
export function isFolder(path: string): Promise<boolean> {
  return fileSource(path).then(
    () => false,
    (cause: unknown) => toFerryError(cause).detail['reason'] === 'not-a-file',
  );
}

/** What comes through standard input, kept in the data folder until `release`, since an offer says how much there is. */
export async function gatherInput(
  { data }: Context,
  name: string,
): Promise<{ readonly item: ItemSource; readonly release: () => Promise<void> }> {
  const path = join(data, `input-${randomBytes(8).toString('hex')}`);
  await writePrivateFile(path, process.stdin);
  const { open, offered } = await itemAt(path, name);
  // Nothing that another process could go on with: it is gone by then.
  return { item: { offered, open }, release: () => removeFile(path) };
}

/** One file as an item. Refuses one that cannot be read, by name. */
export function fileItem(path: string): Promise<ItemSource> {
  return itemAt(path, basename(path)).catch((cause: unknown) => {
    throw named(cause, path);
  });
}

async function itemAt(path: string, found: string): Promise<ItemSource> {
  const { size, file, open } = await fileSource(path);
  const name = found.toWellFormed();
  return { offered: { kind: 'file', name, size, mediaType: mediaTypeOf(name) }, file, open };
}

async function gatherFolder({ screen }: Context, path: string, rules: FolderRules): Promise<ItemSource> {
  const { folderItem } = await import('../../net/disk/tree/folderItem.ts');
  const found = await folderItem(path, {
    ...{ followGitignore: !rules.withIgnored, exclude: [], includeSecrets: rules.withSecrets },
  });
  const { ignored, secret, link, device, unreadable } = found.leftOut;
  const reasons = [
    { ...ignored, reason: 'named in .gitignore' },
    { ...secret, reason: 'looks like a secret; --with-secrets sends it' },
    { ...link, reason: 'links are not sent' },
    { ...device, reason: 'neither file nor folder' },
    { ...unreadable, reason: 'cannot be read' },
  ].filter(({ count }) => count > 0);
  for (const { count, names, reason } of reasons) {
    const shown = names.slice(0, 3).map(pathWords).join(', ');
    screen.note(
      `Left out of ${pathWords(basename(path))}: ${counted(count, 'entry').replace('entrys', 'entries')} (${reason}): ${shown}`,
      {
        ...{ event: 'leftOut', folder: basename(path), count, reason, names: names.slice(0, 20) },
      },
    );
  }
  return found.item;
}

function named(cause: unknown, path: string): Refusal {
  const error = toFerryError(cause);
  return new Refusal(exitCodeOf(error.code), `${pathWords(path)}: ${errorWords(error)}`);
}
