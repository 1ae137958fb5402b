// "Send File to Peer": the given files and folders, or the file in front of the person, or one that they pick; "Send Folder to
// Peer" asks for a folder; and both to a peer who is known before.

import * as vscode from 'vscode';

import type { Peer } from '../../core/peers/peers.ts';
import { folderDialog } from '../asking/savePlace.ts';
import { peerWords } from '../asking/words.ts';
import { fileInFront } from './currentFile.ts';
import { gatherFiles } from './gatherFiles.ts';
import { type SendContext, type SendOptions, sendItems } from './sendItems.ts';

const { l10n } = vscode;

/** Sends files. Fails with ERR_NO_EDITOR, as gatherFiles, or as sendItems does. */
export async function sendFile(context: SendContext, uris: readonly vscode.Uri[], options: SendOptions = {}): Promise<void> {
  const items = await gatherFiles(context, uris.length > 0 ? uris : await filesHere(context));
  if (items.length > 0) await sendItems(context, items, options);
}

/** Sends folders, the given ones or one that the person picks. Fails as sendFile. */
export async function sendFolder(context: SendContext, uris: readonly vscode.Uri[], options: SendOptions = {}): Promise<void> {
  const folders = uris.length > 0 ? uris : await picked(context, l10n.t('Choose a folder to send'), true);
  if (folders.length > 0) await sendFile(context, folders, options);
}

/** Sends files and folders to a peer, the given ones or a file that the person picks. Fails as sendFile. */
export async function sendFileTo(context: SendContext, to: Peer, uris: readonly vscode.Uri[]): Promise<void> {
  if (await isBlocked(context, to)) return;
  const files = uris.length > 0 ? uris : await picked(context, l10n.t('Choose a file to send to {0}', peerWords(to)), false);
  if (files.length > 0) await sendFile(context, files, { to });
}

/** Sends a folder that the person picks to a peer. Fails as sendFile. */
export async function sendFolderTo(context: SendContext, to: Peer): Promise<void> {
  if (await isBlocked(context, to)) return;
  const folders = await picked(context, l10n.t('Choose a folder to send to {0}', peerWords(to)), true);
  if (folders.length > 0) await sendFile(context, folders, { to });
}

/** Whether a peer is blocked, and then the person is told: a row that something is dropped on may be that of one who is. */
export async function isBlocked({ ui, book }: SendContext, to: Peer): Promise<boolean> {
  if (to.trust === 'own' || book.trustOf(to.id) !== 'blocked') return false;
  await ui.info(l10n.t('{0} is blocked, so nothing was sent. Unblock them first.', peerWords(to)));
  return true;
}

/** The file in front; where nothing is, as in the walkthrough, one that the person picks. */
async function filesHere(context: SendContext): Promise<readonly vscode.Uri[]> {
  const uri = fileInFront();
  return uri === undefined ? picked(context, l10n.t('Choose a file to send'), false) : [uri];
}

async function picked({ ui }: SendContext, title: string, folders: boolean): Promise<readonly vscode.Uri[]> {
  const uri = await ui.openDialog({ ...(folders ? folderDialog() : {}), openLabel: l10n.t('Send'), title });
  return uri === undefined ? [] : [uri];
}
