// The lists of what can be done: behind the item in the status bar, who can reach this editor, and under which name.

import * as vscode from 'vscode';

import type { Visibility } from '../core/presence.ts';
import type { App } from './app.ts';
import { visibilityWords } from './asking/words.ts';

const { l10n } = vscode;

type VisibilityContext = Pick<App, 'ui' | 'settings' | 'goOnline' | 'isRemote'>;

/** Lets the person choose who can reach this editor, and goes online as they say; false where they left. */
export async function setVisibility({ ui, settings, goOnline, isRemote }: VisibilityContext): Promise<boolean> {
  const now = settings.presence().visibility;
  const items = (
    [
      ['thisMachine', '$(device-desktop)', l10n.t('Other editors on this machine only')],
      ['network', '$(broadcast)', l10n.t('Everybody on your networks; you are asked')],
      ['off', '$(circle-slash)', l10n.t('Nobody: Ferry is offline')],
    ] as const
  ).map(([visibility, icon, detail]) => ({
    visibility: visibility satisfies Visibility,
    label: `${icon} ${visibilityWords(visibility)}`,
    detail,
    ...(visibility === now ? { description: l10n.t('now') } : {}),
  }));
  // As the doctor says it; in the title, which wraps where the list is narrow.
  const remote = l10n.t('Ferry runs on the remote machine of this window, and is found on the networks of that machine alone.');
  const question = l10n.t('Who can reach this editor?');
  const picked = await ui.pick(items, { title: isRemote ? `${question} ${remote}` : question });
  if (picked === undefined) return false;
  await settings.setVisibility(picked.visibility);
  await goOnline();
  return true;
}

/** Lets the person choose the name under which peers see them. */
export async function setName({ ui, settings }: Pick<App, 'ui' | 'settings'>): Promise<void> {
  const now = settings.displayName();
  const name = await ui.input({
    title: l10n.t('Your name'),
    prompt: l10n.t('The name under which peers see you. Empty: the name of this machine.'),
    value: now,
  });
  // Whoever leaves the name of the machine as it is has not chosen it for good.
  if (name !== undefined && name.trim() !== now) await settings.setDisplayName(name.trim());
}

/** Shows what can be done, and does what is picked. */
export async function showMenu({ ui, presence }: App): Promise<void> {
  const online = presence.state.phase === 'online';
  const items = [
    { id: 'ferry.sendFile', label: `$(send) ${l10n.t('Send file to peer…')}` },
    { id: 'ferry.sendFileEncrypted', label: `$(lock) ${l10n.t('Send file to peer, encrypted…')}` },
    { id: 'ferry.sendFolder', label: `$(folder) ${l10n.t('Send folder to peer…')}` },
    { id: 'ferry.sendDictionary', label: `$(json) ${l10n.t('Send selection as dictionary…')}` },
    { id: 'ferry.sendMessage', label: `$(comment) ${l10n.t('Send message…')}` },
    { id: 'ferry.showInbox', label: `$(inbox) ${l10n.t('Show inbox')}` },
    { id: 'ferry.showTransfers', label: `$(arrow-swap) ${l10n.t('Show transfers')}` },
    { id: 'ferry.showMessages', label: `$(comment-discussion) ${l10n.t('Show messages')}` },
    { id: 'ferry.addPeer', label: `$(add) ${l10n.t('Add peer by address…')}` },
    { id: 'ferry.setVisibility', label: `$(eye) ${l10n.t('Choose who can reach you…')}` },
    { id: 'ferry.pair', label: `$(verified) ${l10n.t('Pair with peer…')}` },
    { id: 'ferry.copyPeerId', label: `$(copy) ${l10n.t('Copy my peer ID')}` },
    online
      ? { id: 'ferry.goOffline', label: `$(circle-slash) ${l10n.t('Go offline')}` }
      : { id: 'ferry.goOnline', label: `$(broadcast) ${l10n.t('Go online')}` },
    { id: 'ferry.diagnose', label: `$(pulse) ${l10n.t('Diagnose connection…')}` },
    { id: 'ferry.showLog', label: `$(output) ${l10n.t('Show log')}` },
  ];
  const picked = await ui.pick(items, { title: 'Ferry' });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.id);
}

/** What is rarely needed. */
export async function showMore({ ui }: Pick<App, 'ui'>): Promise<void> {
  const items = [
    { id: 'ferry.backUpIdentity', label: `$(key) ${l10n.t('Back Up Identity…')}` },
    { id: 'ferry.restoreIdentity', label: `$(history) ${l10n.t('Restore Identity…')}` },
    { id: 'ferry.exportPeers', label: `$(export) ${l10n.t('Export Peers…')}` },
    { id: 'ferry.importPeers', label: `$(desktop-download) ${l10n.t('Import Peers…')}` },
  ];
  const picked = await ui.pick(items, { title: l10n.t('Ferry: More') });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.id);
}
