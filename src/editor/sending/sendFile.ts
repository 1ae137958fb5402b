// "Send File to Peer": the given files and folders, or the file in front of the person; "Send Folder to Peer" asks for a folder.

import * as vscode from 'vscode';

import { currentFile } from './currentFile.ts';
import { gatherFiles } from './gatherFiles.ts';
import { type SendContext, sendItems } from './sendItems.ts';

/** Sends files. Fails with ERR_NO_EDITOR, as gatherFiles, or as sendItems does. */
export async function sendFile(
  context: SendContext,
  uris: readonly vscode.Uri[],
  options: { readonly encrypt?: boolean } = {},
): Promise<void> {
  const items = await gatherFiles(context, uris.length > 0 ? uris : [currentFile()]);
  if (items.length > 0) await sendItems(context, items, options);
}

/** Sends folders, the given ones or one that the person picks. Fails as sendFile. */
export async function sendFolder(context: SendContext, uris: readonly vscode.Uri[]): Promise<void> {
  if (uris.length > 0) {
    await sendFile(context, uris);
    return;
  }
  const picked = await context.ui.openDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Send'),
    title: vscode.l10n.t('Choose a folder to send'),
  });
  if (picked !== undefined) await sendFile(context, [picked]);
}
