// What is to be sent, as items: files, folders, and what comes through standard input.

import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';

import { concatBytes } from '../../core/base/bytes.ts';
import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { mediaTypeOf } from '../../core/text/textual.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import { fileSource } from '../../net/disk/fileSource.ts';
import { removeOrphans } from '../../net/disk/leftovers.ts';
import { keepPrivate } from '../../net/disk/privateFolder.ts';
import { removeFile, writePrivateFile } from '../../net/disk/wholeFile.ts';
import type { Context, Given } from '../context.ts';
import { exitCodeOf } from '../exitCodes.ts';
import { misused, Refusal } from '../refusal.ts';
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

/** What standard input is called where `-` is among the words; undefined where it is not. Refuses one without the other. */
export function inputName(given: Given): string | undefined {
  const [isWanted, name] = [given.words.includes('-'), given.text('name')];
  if (isWanted && name === undefined) throw misused('Say what standard input is called: --name NAME.');
  if (!isWanted && name !== undefined) throw misused('--name is for standard input: give - as the path.');
  return name === undefined ? undefined : safeFileName(name);
}

/** Whether there is a folder at a path. */
export function isFolder(path: string): Promise<boolean> {
  return fileSource(path).then(
    () => false,
    (cause: unknown) => toFerryError(cause).detail['reason'] === 'not-a-file',
  );
}

/** What comes through standard input. Fails with ERR_CANCELLED where the command ends before it does. */
function standardInput({ signal }: Pick<Context, 'signal'>): AsyncIterable<Uint8Array> {
  if (signal.aborted) throw new FerryError('ERR_CANCELLED', 'cancelled before the input was read');
  return addAbortSignal(signal, process.stdin);
}

/** Standard input, of which no more is read than `mostBytes` and a chunk. Fails as standardInput. */
export async function wholeInput(context: Context, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of standardInput(context)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  return concatBytes(chunks);
}

/**
 * What comes through standard input, kept in the data folder until `release`, since an offer says how much there is. What a
 * killed command left there goes after a day. Fails as standardInput, and as writing does.
 */
export async function gatherInput(
  context: Context,
  name: string,
): Promise<{ readonly item: ItemSource; readonly release: () => Promise<void> }> {
  const folder = join(context.data, 'input');
  await keepPrivate(folder);
  await removeOrphans(folder, () => false);
  const path = join(folder, randomBytes(8).toString('hex'));
  await writePrivateFile(path, standardInput(context));
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
