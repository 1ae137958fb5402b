// What a place in a workspace is called for peers, and where something that a peer names lies in this person's. A path of a peer
// is looked for, and never made: each of its parts must be a safe name, and nothing on the way may be a link.

import * as vscode from 'vscode';

import { placeParts } from '../../core/wire/context.ts';
import type { ItemContext } from '../../core/wire/item.ts';
import { pathWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';

/** The path of a file in its workspace folder; none where it is in none, or its name is not one on every system. */
export function placeOf(uri: vscode.Uri): Pick<ItemContext, 'path'> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined || !uri.path.startsWith(`${folder.uri.path}/`)) return {};
  const path = uri.path.slice(folder.uri.path.length + 1);
  return placeParts(path) === undefined ? {} : { path };
}

/**
 * The files, or folders, under a peer's path in the folders that are open here; none where there is none. A path may begin with
 * the name of the folder that it lies in, as editors with several write it.
 */
export async function placesIn(
  path: string | undefined,
  wanted: vscode.FileType.File | vscode.FileType.Directory,
): Promise<readonly vscode.Uri[]> {
  const parts = path === undefined ? undefined : placeParts(path);
  if (parts === undefined) return [];
  const [first, ...rest] = parts;
  const found = new Map<string, vscode.Uri>();
  for (const { name, uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const within of first === name && rest.length > 0 ? [parts, rest] : [parts]) {
      const place = await below(uri, within, wanted);
      // Of two folders, one may lie in the other.
      if (place !== undefined) found.set(place.toString(), place);
    }
  }
  return [...found.values()];
}

/** The one of several places that the person means, each named with its folder; undefined where there is none, or they left. */
export async function onePlace(
  ui: Pick<Ui, 'pick'>,
  places: readonly vscode.Uri[],
  title: string,
): Promise<vscode.Uri | undefined> {
  if (places.length < 2) return places[0];
  return (await ui.pick(places.map(placeItem), { title, matchOnDescription: true }))?.uri;
}

/** A place in a list. Two folders of a window can have one name. */
export function placeItem(uri: vscode.Uri): vscode.QuickPickItem & { readonly uri: vscode.Uri } {
  return { uri, label: pathWords(vscode.workspace.asRelativePath(uri)), description: pathOf(uri) };
}

function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString(true);
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
