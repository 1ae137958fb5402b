// Where something from a peer is saved when the person asks for it: a dialog, and a second question where a file of that name
// could run something by itself.

import * as vscode from 'vscode';

import { isDangerousName } from '../../core/text/dangerousName.ts';
import type { Ui } from '../host/ui.ts';
import { itemWords } from './words.ts';

const { l10n } = vscode;

/** Asks for a place for a file of a name already made safe; undefined where the person left or thought better of it. */
export async function askPlace(ui: Ui, name: string, title: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await ui.saveDialog({
    title,
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return undefined;
  const isDangerous = vscode.workspace.getWorkspaceFolder(target) !== undefined && isDangerousName(target.path);
  if (!isDangerous) return target;
  const chosen = itemWords(target.path.split('/').at(-1) ?? name);
  const detail = l10n.t('In a folder that an editor has open, a file of this name can run something by itself.');
  const answers = { refuse: l10n.t('Do Not Save'), agree: l10n.t('Save') };
  return (await ui.confirm(l10n.t('Save {0} into this workspace?', chosen), detail, answers)) ? target : undefined;
}
