// A text that Ferry wrote itself, as a read-only document. package.json says of its language that lines are as long as the editor
// is wide.

import * as vscode from 'vscode';

import type { App } from '../app.ts';

const language = 'ferry-text';

/** Shows a text under a name that is safe already. In a preview, the next document takes its place. */
export async function showOwnText(
  { documents }: Pick<App, 'documents'>,
  name: string,
  text: string,
  preview: boolean,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const uri = documents.show(name, { size: bytes.length, read: () => Promise.resolve(bytes) });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, language), { preview });
}
