// "Send File to Peer": the given files, or the one in front of the person.

import type * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { currentFile, gatherFile } from './gatherFile.ts';
import { type SendContext, sendItems } from './sendItems.ts';

/** Sends files. Fails with ERR_NO_EDITOR, ERR_SOURCE_MISSING, or as sendItems does. */
export async function sendFile(
  context: SendContext,
  uris: readonly vscode.Uri[],
  options: { readonly encrypt?: boolean } = {},
): Promise<void> {
  const files = uris.length > 0 ? uris : [currentFile()].filter((uri) => uri !== undefined);
  if (files.length === 0) throw new FerryError('ERR_NO_EDITOR', 'there is no editor with a file');
  await sendItems(context, await Promise.all(files.map((uri) => gatherFile(uri, context.files))), options);
}
