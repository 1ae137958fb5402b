// "Send File to Peer": the given files, or the one in front of the person.

import type * as vscode from 'vscode';

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
