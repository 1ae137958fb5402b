// Files and folders that are dropped on a peer are sent to it, and those that are dropped beside all peers to whoever is picked.

import * as vscode from 'vscode';

import { isPeer } from '../handler.ts';

const uriList = 'text/uri-list';

/** What the Peers view does with what is dropped on it. Its rows cannot be dragged. */
export const sendDropped: vscode.TreeDragAndDropController<unknown> = {
  dragMimeTypes: [],
  dropMimeTypes: [uriList, 'files'],
  handleDrop: async (row, dropped) => {
    const uris = await urisOf(dropped);
    if (uris.length === 0) return;
    if (isPeer(row)) await vscode.commands.executeCommand('ferry.sendFileTo', row, uris);
    else await vscode.commands.executeCommand('ferry.sendFile', uris[0], uris);
  },
};

/** The list of RFC 2483 section 5, or else the files that have a place on this machine. */
async function urisOf(dropped: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const list = await dropped.get(uriList)?.asString();
  const lines = (list ?? '').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const listed = lines.flatMap(uriOf);
  return listed.length > 0 ? listed : [...dropped].flatMap(([, item]) => item.asFile()?.uri ?? []);
}

function uriOf(line: string): readonly vscode.Uri[] {
  try {
    return [vscode.Uri.parse(line, true)];
  } catch {
    return [];
  }
}
