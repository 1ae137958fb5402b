// The text of what was received: in the encoding that the sender named, else as its bytes say, else as this editor guesses.

import * as vscode from 'vscode';

import { encodingId } from '../../core/text/encodings.ts';
import { byteOrderMarkOf, isProse, looksLikeText } from '../../core/text/textual.ts';
import type { ItemContext } from '../../core/wire/item.ts';

/** A text, and the editor's id of its encoding where the sender named one that is not UTF-8. */
export type ReceivedText = { readonly text: string; readonly encoding?: string };

/** The text of bytes; undefined where they are none in any encoding that is likely. */
export async function receivedText(bytes: Uint8Array, context: ItemContext = {}): Promise<ReceivedText | undefined> {
  const mark = byteOrderMarkOf(bytes);
  if (mark !== undefined) return { text: new TextDecoder(mark).decode(bytes) };
  const encoding = encodingId(context.encoding ?? '');
  if (encoding !== undefined && encoding !== 'utf8') {
    const text = await decoded(bytes, { encoding });
    if (text !== undefined) return { text, encoding };
  }
  if (looksLikeText(bytes)) return { text: new TextDecoder().decode(bytes) };
  const guessed = await decoded(bytes);
  return guessed === undefined ? undefined : { text: guessed };
}

/** What the editor makes of bytes, where that is a text. It refuses what looks binary to it. */
async function decoded(bytes: Uint8Array, options?: { readonly encoding: string }): Promise<string | undefined> {
  try {
    const text = await (options === undefined ? vscode.workspace.decode(bytes) : vscode.workspace.decode(bytes, options));
    return isProse(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Opens a text as the editor does, in its encoding. Where that does not go, as when it is open otherwise, the editor decides. */
export async function openText(
  uri: vscode.Uri,
  { encoding, stays = false }: Pick<ReceivedText, 'encoding'> & { readonly stays?: boolean },
): Promise<void> {
  const options = { preview: !stays };
  if (encoding !== undefined) {
    try {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri, { encoding }), options);
      return;
    } catch {
      // It is opened in the encoding that the editor takes.
    }
  }
  await vscode.commands.executeCommand('vscode.open', uri, options);
}
