// What the Inbox shows of the inside of a folder: the files that its sender named, what may run something first and marked, and
// how many more there are.

import * as vscode from 'vscode';

import { dangerousFirst } from '../../core/consent/contents.ts';
import { isDangerousName } from '../../core/text/dangerousName.ts';
import type { FolderContents } from '../../core/wire/item.ts';
import { pathWords } from '../asking/words.ts';

const { l10n } = vscode;

/** A file in a folder, or the number of those that are not named. */
export type FolderLine = { readonly at: number; readonly path: string } | { readonly more: number };

/** The lines about a folder; none where nothing was said of it. */
export function folderLines(folder: FolderContents | undefined): readonly FolderLine[] {
  if (folder === undefined) return [];
  const more = folder.files - folder.names.length;
  return [...dangerousFirst(folder.names).map((path, at) => ({ at, path })), ...(more > 0 ? [{ more }] : [])];
}

/** A line as a row, below a row with such an id. */
export function lineItem(line: FolderLine, id: string): vscode.TreeItem {
  if ('more' in line) {
    const item = new vscode.TreeItem(line.more === 1 ? l10n.t('1 more file') : l10n.t('{0} more files', line.more));
    item.id = `${id}/more`;
    return item;
  }
  const words = pathWords(line.path);
  const mayRun = isDangerousName(line.path);
  const item = new vscode.TreeItem(mayRun ? l10n.t('{0} (can run by itself)', `⚠ ${words}`) : words);
  item.id = `${id}/${line.at}`;
  item.iconPath = mayRun
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
    : vscode.ThemeIcon.File;
  return item;
}
