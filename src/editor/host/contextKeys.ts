// Context keys: what the conditions of menus ask for.

import * as vscode from 'vscode';

/** Sets a key; only where it has changed, since the workbench looks at every menu then. */
export type TellContext = (key: string, value: boolean) => void;

/** Remembers what was told last. */
export function contextKeys(): TellContext {
  const told = new Map<string, boolean>();
  return (key, value) => {
    if (told.get(key) === value) return;
    told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}
