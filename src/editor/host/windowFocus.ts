// How long ago this window had the focus: a sender reaches the window that its person looked at last.

import * as vscode from 'vscode';

export type WindowFocus = vscode.Disposable & { readonly msAgo: () => number };

/** Follows the focus of this window; `msAgo` is 0 while it has it. */
export function followFocus(): WindowFocus {
  let lost = vscode.window.state.focused ? undefined : performance.now();
  const subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
    lost = focused ? undefined : (lost ?? performance.now());
  });
  return Object.assign(subscription, { msAgo: () => (lost === undefined ? 0 : performance.now() - lost) });
}
