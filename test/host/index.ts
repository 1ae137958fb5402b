// The host suite's entry: VS Code loads the bundle of this file in the extension host and calls `run`.

import * as vscode from 'vscode';

import { runMocha } from './lib/suite.ts';

/** Runs the host tests of the window that is open: of an odd one its own, of an ordinary one all others. */
export async function run(): Promise<void> {
  await runMocha(async () => {
    const odd = oddWindow();
    if (odd !== undefined) {
      await odd();
      return;
    }
    await import('./smoke.test.ts');
    await import('./presence.test.ts');
    await import('./sending.test.ts');
    await import('./transfers.test.ts');
    await import('./transferWords.test.ts');
    await import('./onScreen.test.ts');
    await import('./otherEditors.test.ts');
    await import('./encodings.test.ts');
    await import('./firstMinute.test.ts');
    await import('./receiving.test.ts');
    await import('./requests.test.ts');
    await import('./peerPick.test.ts');
    await import('./messages.test.ts');
    await import('./sharing.test.ts');
    await import('./sealing.test.ts');
    await import('./dictionary.test.ts');
    await import('./folders.test.ts');
    await import('./snippets.test.ts');
    await import('./acceptTo.test.ts');
    await import('./comparing.test.ts');
    await import('./peerRows.test.ts');
    await import('./questions.test.ts');
    await import('./trust.test.ts');
    await import('./pairing.test.ts');
    await import('./programs.test.ts');
    await import('./settings.test.ts');
    await import('./doctor.test.ts');
    await import('./remote.test.ts');
    await import('./readOnly.test.ts');
    await import('./commandLine.test.ts');
    await import('./strangers.test.ts');
  });
}

/** The tests of a window that has no folder, several, or one that is not on a disk. */
function oddWindow(): (() => Promise<unknown>) | undefined {
  const [first, second] = vscode.workspace.workspaceFolders ?? [];
  if (first === undefined) return () => import('./windows/noFolder.test.ts');
  if (second !== undefined) return () => import('./windows/severalRoots.test.ts');
  return first.uri.scheme === 'file' ? undefined : () => import('./windows/virtual.test.ts');
}
