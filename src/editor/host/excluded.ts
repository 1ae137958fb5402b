// What the editor itself does not show of a folder.

import * as vscode from 'vscode';

/** The globs of `files.exclude` that are on, in this window or for a path in it: of several folders each can have its own. */
export function excluded(path?: string): readonly string[] {
  const of = path === undefined ? undefined : vscode.Uri.file(path);
  const rules: unknown = vscode.workspace.getConfiguration('files', of).get('exclude');
  if (typeof rules !== 'object' || rules === null) return [];
  return Object.entries(rules).flatMap(([glob, isOn]) => (isOn === true ? glob : []));
}
