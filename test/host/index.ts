// The host suite's entry: VS Code loads the bundle of this file in the extension host and calls `run`.

import { runMocha } from './lib/suite.ts';

/** Runs every host test. Resolves when all passed. */
export async function run(): Promise<void> {
  await runMocha(async () => {
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
    await import('./commandLine.test.ts');
    await import('./strangers.test.ts');
  });
}
