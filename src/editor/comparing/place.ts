// What a place in a workspace is called for peers, and where something that a peer names lies in this person's. A path of a peer
// is looked for, and never made: each of its parts must be a safe name, and nothing on the way may be a link.

import * as vscode from 'vscode';

import { placeParts } from '../../core/wire/context.ts';
import type { ItemContext } from '../../core/wire/item.ts';

/** The path of a file in its workspace folder; none where it is in none, or its name is not one on every system. */
export function placeOf(uri: vscode.Uri): Pick<ItemContext, 'path'> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined || !uri.path.startsWith(`${folder.uri.path}/`)) return {};
  const path = uri.path.slice(folder.uri.path.length + 1);
  return placeParts(path) === undefined ? {} : { path };
}

/** The first file, or folder, under a peer's path in a folder that is open here; undefined where there is none. */
export async function placeIn(
  path: string | undefined,
  wanted: vscode.FileType.File | vscode.FileType.Directory,
): Promise<vscode.Uri | undefined> {
  const parts = path === undefined ? undefined : placeParts(path);
  if (parts === undefined) return undefined;
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const found = await below(uri, parts, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function below(folder: vscode.Uri, parts: readonly string[], wanted: vscode.FileType): Promise<vscode.Uri | undefined> {
  let place = folder;
  for (const [index, part] of parts.entries()) {
    place = vscode.Uri.joinPath(place, part);
    const type = await typeOf(place);
    // A link has another bit beside that of what it leads to, and is not followed.
    if (type !== (index === parts.length - 1 ? wanted : vscode.FileType.Directory)) return undefined;
  }
  return place;
}

async function typeOf(place: vscode.Uri): Promise<vscode.FileType | undefined> {
  return vscode.workspace.fs.stat(place).then(
    ({ type }) => type,
    () => undefined,
  );
}
