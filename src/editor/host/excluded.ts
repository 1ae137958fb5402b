// What the editor itself does not show of a folder.

import * as vscode from 'vscode';

/** The globs of `files.exclude` that are on. */
export function excluded(): readonly string[] {
  const rules: unknown = vscode.workspace.getConfiguration('files').get('exclude');
  if (typeof rules !== 'object' || rules === null) return [];
  return Object.entries(rules).flatMap(([glob, isOn]) => (isOn === true ? glob : []));
}
