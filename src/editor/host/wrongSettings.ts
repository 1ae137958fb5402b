// Tells the person of settings whose values Ferry cannot use: once, until they fit again.

import * as vscode from 'vscode';

import { background, type Log } from '../../core/base/log.ts';
import type { Settings, WrongSetting } from './settings.ts';
import type { Ui } from './ui.ts';

const { l10n } = vscode;

/** Settings of scope `machine`, which the editor shows apart from the others in a remote window. */
export const ofMachine = /^ferry\.(displayName|history\.days|network\.(port|interfaces)|receive\.folder)$/;

/** Looks now and with every change of the settings. `isRemote`: whether this runs on another machine than the screen. */
export function followWrongSettings(settings: Settings, ui: Ui, log: Log, isRemote: boolean): vscode.Disposable {
  let told: ReadonlySet<string> = new Set();
  const look = (): void => {
    const wrong = settings.wrong();
    const fresh = wrong.filter(({ key }) => !told.has(key));
    told = new Set(wrong.map(({ key }) => key));
    if (fresh.length === 0) return;
    for (const { key, counts } of fresh) log.warn('a setting does not fit', { code: 'ERR_SETTING_INVALID', key, counts });
    for (const remote of [false, true]) {
      const there = fresh.filter(({ key }) => (isRemote && ofMachine.test(key)) === remote);
      if (there.length > 0)
        background(tell(ui, there, remote ? 'openRemoteSettings' : 'openSettings'), log, 'telling of a setting');
    }
  };
  look();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('ferry')) look();
  });
}

/** Each list of settings is opened by a command of its own. */
async function tell(ui: Ui, wrong: readonly WrongSetting[], command: string): Promise<void> {
  const open = l10n.t('Open Settings');
  const named = wrong.map(({ key, counts }) => `${key} (${JSON.stringify(counts)})`).join(', ');
  const words = l10n.t('Ferry cannot use the values of these settings. What counts instead stands in brackets: {0}.', named);
  if ((await ui.warn(words, open)) !== open) return;
  const query = wrong.map(({ key }) => `@id:${key}`).join(' ');
  await vscode.commands.executeCommand(`workbench.action.${command}`, { query });
}
