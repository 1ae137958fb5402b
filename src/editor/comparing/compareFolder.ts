// A received folder beside one of this workspace: the list of the files that differ, each to be compared with a click.

import * as vscode from 'vscode';

import { equalBytes } from '../../core/base/bytes.ts';
import { limits } from '../../core/base/limits.ts';
import type { ReceivedItem } from '../../core/receiving/entry.ts';
import type { App } from '../app.ts';
import { itemWords } from '../asking/words.ts';
import { readWhole } from '../host/fileSystems.ts';

const { l10n } = vscode;

/** Beyond this many nobody reads the list, and reading them all holds the disk. */
const filesAtMost = 10_000;

type Change = readonly [label: vscode.Uri, mine: vscode.Uri | undefined, theirs: vscode.Uri];

/**
 * Shows what a received folder has that is new or differs. What only mine has is left out: it may have stayed at home over there.
 */
export async function compareFolder(ui: App['ui'], { path, item }: ReceivedItem, mine: vscode.Uri): Promise<void> {
  const name = itemWords(item.name);
  const changes = await ui.progress(l10n.t('Comparing {0}', name), (_, signal) => changesIn(vscode.Uri.file(path), mine, signal));
  if (changes === undefined) return;
  if (changes.length === 0) await ui.info(l10n.t('All that is in {0} is here already, with the same content.', name));
  else await vscode.commands.executeCommand('vscode.changes', l10n.t('{0}: mine and received', name), changes);
}

/** Undefined where the person has stopped it. */
async function changesIn(theirs: vscode.Uri, mine: vscode.Uri, signal: AbortSignal): Promise<readonly Change[] | undefined> {
  const changes: Change[] = [];
  const folders: (readonly [theirs: vscode.Uri, mine: vscode.Uri])[] = [[theirs, mine]];
  let seen = 0;
  for (const [folder, counterpart] of folders) {
    for (const [name, type] of await vscode.workspace.fs.readDirectory(folder)) {
      if (signal.aborted) return undefined;
      const [one, other] = [vscode.Uri.joinPath(folder, name), vscode.Uri.joinPath(counterpart, name)];
      if (type === vscode.FileType.Directory) folders.push([one, other]);
      if (type !== vscode.FileType.File || (seen += 1) > filesAtMost) continue;
      const size = await sizeOf(other);
      if (size === undefined) changes.push([other, undefined, one]);
      else if (!(await isSame(one, other, size))) changes.push([other, other, one]);
    }
  }
  return changes;
}

/** The size of a file; undefined where there is none. A link is none: it may lead anywhere. */
async function sizeOf(place: vscode.Uri): Promise<number | undefined> {
  return vscode.workspace.fs.stat(place).then(
    ({ type, size }) => (type === vscode.FileType.File ? size : undefined),
    () => undefined,
  );
}

async function isSame(one: vscode.Uri, other: vscode.Uri, size: number): Promise<boolean> {
  if ((await sizeOf(one)) !== size) return false;
  // What no editor shows is not read into memory either.
  if (size > limits.openBytes) return false;
  return equalBytes(await readWhole(one), await readWhole(other));
}
