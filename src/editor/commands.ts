// Every command of Ferry: its id and what it leads to. A handler gathers input, calls, and reports; failures of all of them are
// told in one place.

import * as vscode from 'vscode';

import { type FerryError, toFerryError } from '../core/base/errors.ts';
import { isDone, type OutgoingEntry } from '../core/sending/outgoing.ts';
import type { App } from './app.ts';
import { errorWords } from './asking/errorWords.ts';
import { offerHelp } from './asking/offerHelp.ts';
import { type Handler, urisOf, withPeer } from './handler.ts';
import { messageCommands } from './messages/commands.ts';
import { peerCommands } from './peers/commands.ts';
import { inboxCommands } from './receiving/commands.ts';
import { sharingCommands } from './sharing/commands.ts';
import { snippetCommands } from './snippets/commands.ts';

const { l10n } = vscode;

// What few commands need is loaded with the first of them.
const doctor = () => import('./doctor/diagnose.ts');
const identityBackup = () => import('./identityBackup.ts');
const menus = () => import('./menus.ts');
const managePeers = () => import('./peers/managePeers.ts');
const pairing = () => import('./peers/pairing.ts');
const sealedFiles = () => import('./receiving/sealedFiles.ts');
const sending = () => import('./sending/sendFile.ts');
const dictionaries = () => import('./sending/dictionaries.ts');
const sealing = () => import('./sending/sealCopy.ts');
const transfers = () => import('./transfers/startTransfer.ts');

/** The table of commands. Tests hold it against package.json. */
export const commands: Readonly<Record<string, Handler>> = {
  'ferry.sendFile': async (app, ...args) => (await sending()).sendFile(app, urisOf(...args)),
  'ferry.sendFileEncrypted': async (app, first, all) => (await sending()).sendFile(app, urisOf(first, all), { encrypt: true }),
  'ferry.sendFolder': async (app, first, all) => (await sending()).sendFolder(app, urisOf(first, all)),
  'ferry.sendFolderEncrypted': async (app, first, all) =>
    (await sending()).sendFolder(app, urisOf(first, all), { encrypt: true }),
  'ferry.sendFileTo': (app, row, uris) =>
    withPeer(row, async (to) => (await sending()).sendFileTo(app, to, urisOf(undefined, uris))),
  'ferry.sendFolderTo': (app, row) => withPeer(row, async (to) => (await sending()).sendFolderTo(app, to)),
  ...snippetCommands,
  ...peerCommands,
  ...sharingCommands,
  'ferry.sendDictionary': async (app) => (await dictionaries()).sendDictionary(app),
  'ferry.copyDictionary': async (app) => (await dictionaries()).copyDictionary(app),
  'ferry.convertDictionary': async (app, first) => (await dictionaries()).convertDictionary(app, urisOf(first, undefined)[0]),
  'ferry.sealCopy': async (app, first) => (await sealing()).sealCopy(app, urisOf(first, undefined)[0]),
  'ferry.openSealed': async (app, first) => (await sealedFiles()).openSealedFile(app, urisOf(first, undefined)[0]),
  'ferry.pair': async (app, row) => (await pairing()).pairWithPeer(app, row),
  'ferry.trustById': async (app) => (await managePeers()).trustById(app),
  'ferry.copyInvite': async (app) => (await managePeers()).copyInvite(app),
  'ferry.exportPeers': async (app) => (await managePeers()).exportPeers(app),
  'ferry.importPeers': async (app) => (await managePeers()).importPeers(app),
  'ferry.renamePeer': async (app, row) => (await managePeers()).renamePeer(app, row),
  'ferry.blockPeer': async (app, row) => (await managePeers()).blockPeer(app, row),
  'ferry.unblockPeer': async (app, row) => (await managePeers()).unblockPeer(app, row),
  'ferry.forgetPeer': async (app, row) => (await managePeers()).forgetPeer(app, row),
  'ferry.backUpIdentity': async (app) => (await identityBackup()).backUpIdentity(app),
  'ferry.restoreIdentity': async (app) => (await identityBackup()).restoreIdentity(app),
  'ferry.addPeer': addPeerByAddress,
  'ferry.goOnline': goOnline,
  'ferry.goOffline': ({ presence }) => presence.goOffline(),
  'ferry.setVisibility': async (app) => (await menus()).setVisibility(app),
  'ferry.setName': async (app) => (await menus()).setName(app),
  'ferry.showInbox': ({ inboxView }) => inboxView.show(),
  'ferry.more': async (app) => (await menus()).showMore(app),
  'ferry.showMenu': async (app) => (await menus()).showMenu(app),
  'ferry.copyPeerId': copyPeerId,
  'ferry.diagnose': async (app, row) => (await doctor()).diagnose(app, row),
  'ferry.showLog': ({ log }) => log.show(),
  ...inboxCommands,
  'ferry.showTransfers': () => vscode.commands.executeCommand('ferry.transfers.focus'),
  'ferry.transfers.pause': (app, row) => withTransfer(app, row, ({ id }) => app.outbox.pause(id)),
  'ferry.transfers.resume': (app, row) => withTransfer(app, row, async ({ id }) => (await transfers()).resumeTransfer(app, id)),
  'ferry.transfers.cancel': (app, row) => withTransfer(app, row, ({ id }) => app.outbox.cancel(id)),
  'ferry.transfers.sendAgain': (app, row) => withTransfer(app, row, async (entry) => (await transfers()).sendAgain(app, entry)),
  'ferry.transfers.remove': (app, row) => removeTransferRow(app, row),
  'ferry.transfers.clear': clearTransfers,
  ...messageCommands,
};

/** Registers the table. */
export function registerCommands(app: App): vscode.Disposable {
  const registered = Object.entries(commands).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        return await handler(app, ...args);
      } catch (cause) {
        const error = toFerryError(cause);
        if (error.code !== 'ERR_CANCELLED') await tellError(app, id, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** Input that is missing is a warning with one action; everything else an error with what may help. */
async function tellError({ ui, log }: App, command: string, error: FerryError): Promise<void> {
  log.warn('a command failed', { command, code: error.code, message: error.message, ...error.detail });
  if (error.code === 'ERR_UNEXPECTED') log.error('what nobody foresaw', { stack: stackOf(error) });
  if (error.code === 'ERR_NO_EDITOR') {
    const openFile = l10n.t('Open File…');
    const isOfFile = !['noText', 'noProblem', 'noPlace', 'readOnly'].includes(String(error.detail['reason']));
    if ((await ui.warn(errorWords(error), ...(isOfFile ? [openFile] : []))) === openFile)
      await vscode.commands.executeCommand('workbench.action.files.openFile');
    return;
  }
  await offerHelp(ui, error, errorWords(error));
}

function stackOf(error: FerryError): string {
  return (error.cause instanceof Error ? error.cause.stack : error.stack) ?? '';
}

async function addPeerByAddress(app: App): Promise<void> {
  const { onlineSession } = await import('./peers/choosePeers.ts');
  const session = await onlineSession(app, l10n.t('Ferry is offline, so nobody can be reached.'));
  const { addPeer } = await import('./peers/addPeer.ts');
  if (session !== undefined) await addPeer(app.ui, session.directory, app.book);
}

/** Where the setting says off, going online means to choose who may reach us. */
async function goOnline(app: App): Promise<void> {
  await app.goOnline();
  if (app.presence.state.phase === 'offline') await (await menus()).setVisibility(app);
}

/** A row may also say what a peer got. */
async function removeTransferRow(app: App, row: unknown): Promise<void> {
  withTransfer(app, row, (entry) => removeTransfer(app, entry));
  if (typeof row === 'object' && row !== null && 'id' in row) (await app.sharing()).forget(String(row.id));
}

async function clearTransfers(app: App): Promise<void> {
  for (const entry of app.outbox.entries) removeTransfer(app, entry);
  const sharing = await app.sharing();
  for (const { id } of sharing.gets) sharing.forget(id);
}

/** One that is paused is not over, and its peer has a part of it: that is for Cancel. */
function removeTransfer({ outbox }: App, { id, state }: OutgoingEntry): void {
  if (isDone(state)) outbox.remove(id);
}

async function copyPeerId({ ui, own }: App): Promise<void> {
  const id = own();
  if (id === undefined) return;
  await vscode.env.clipboard.writeText(id);
  await ui.info(l10n.t('Your peer ID is on the clipboard. It is no secret.'));
}

/** The transfer of a row of the Transfers view, as it is now. */
function withTransfer({ outbox }: App, row: unknown, work: (entry: OutgoingEntry) => unknown): unknown {
  const isOne = typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string';
  const entry = isOne ? outbox.find(String(row.id)) : undefined;
  return entry === undefined ? undefined : work(entry);
}
