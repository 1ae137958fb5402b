// An act of the demo: a small text, an image and a large text go to the other side, which shares them, and come back from there
// as they were. Meanwhile one is opened where it lies and compared, and one is gone when it is asked for.

import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, pickPeer, type Seat, sendFromExplorer, waitForEditor } from '../host/lib/acts.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { clickTreeRowAction, openViewContainer, pickFromContextMenu, waitForTreeRow } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { picture, savedLimitMs, sha256Of, type Transfer } from './acts.ts';
import { exhibit, exhibitFiles } from './workspace.ts';

/** Plays the act; the pictures begin with `number`. Both sides are paired. Gives what went up and came down. */
export async function goUpAndDown(from: Seat, to: Seat, number: string): Promise<readonly Transfer[]> {
  await sendUp(from, to, number);
  await share(to, number);
  await browse(from, to, number);
  const milliseconds = await getBack(from, to, number);
  const transfers = await Promise.all(exhibitFiles.map((name) => roundTripOf(from, name, milliseconds)));
  await askForWhatIsGone(from, to, number);
  await clearToasts(from.page, to.page);
  return transfers;
}

/** Shares the folder by the menu of the Explorer, with all who are paired. */
export async function share({ page }: Seat, number: string): Promise<void> {
  await openViewContainer(page, 'Explorer');
  await pickFromContextMenu(page, await waitForTreeRow(page, new RegExp(`^\\s*${exhibit}\\s*$`)), 'Share Folder…');
  await waitForQuickPick(page, `Share ${exhibit} with`);
  await pickQuickPickItem(page, 'All paired peers');
  await waitForNotification(page, `${exhibit} is shared with all paired peers.`);
  await picture(page, number, '2-shared');
  await clearToasts(page);
}

async function sendUp(from: Seat, to: Seat, number: string): Promise<void> {
  await openViewContainer(to.page, 'Ferry');
  await sendFromExplorer(from, to, { name: exhibit, entry: 'Send Folder to Peer' });
  await clickTreeRowAction(to.page, new RegExp(`${exhibit}.*waiting`), 'Accept to…');
  await waitForQuickPick(to.page, `Accept ${exhibit}`);
  await picture(to.page, number, '1-accept-to');
  await pickQuickPickItem(to.page, 'To Workspace Folder…');
  await waitForQuickPick(to.page, 'into');
  await pickQuickPickItem(to.page, 'workspace', () => picture(to.page, number, '1-places'));
  await waitForNotification(to.page, `Saved ${exhibit}`, savedLimitMs);
  await waitForNotification(from.page, `received ${exhibit}`);
  await clearToasts(from.page, to.page);
}

async function browse(from: Seat, to: Seat, number: string): Promise<void> {
  const [text] = exhibitFiles;
  const { page } = from;
  await writeFile(join(from.side.workspace, 'tides-of-mine.ts'), 'export const high = [4, 16];\n');
  // Only what was open of late can be compared with.
  await openFile(page, 'tides-of-mine.ts');
  await runCommand(page, "Ferry: Browse Peer's Files…");
  await pickPeer(from, to, "Browse a peer's files");
  await waitForQuickPick(page, `What ${to.side.displayName} shares`);
  await pickQuickPickItem(page, new RegExp(exhibit));
  await pickQuickPickItem(page, new RegExp(text), () => picture(page, number, '3-browsed'));
  await waitForEditor(page, text);
  await picture(page, number, '4-opened');
  await runCommand(page, 'File: Compare Active File With...');
  await waitForQuickPick(page);
  await pickQuickPickItem(page, /tides-of-mine\.ts/);
  await expectOnScreen(page, 'a comparison', () =>
    page.locator('.part.editor .monaco-diff-editor').first().waitFor({ timeout: usualLimitMs }),
  );
  await picture(page, number, '5-compared');
  await openViewContainer(page, 'Ferry');
  for (const name of [`${to.side.displayName}\\s*paired`, `${exhibit}\\s*$`]) {
    const row = await waitForTreeRow(page, new RegExp(`^\\s*${name}`));
    await row.locator('.monaco-tl-twistie').click({ timeout: usualLimitMs });
  }
  for (const name of exhibitFiles) await waitForTreeRow(page, name);
  await picture(page, number, '6-rows');
}

async function getBack(from: Seat, to: Seat, number: string): Promise<number> {
  const { page } = from;
  await runCommand(page, 'Ferry: Get File from Peer…');
  await pickPeer(from, to, 'Get a file from a peer');
  await waitForQuickPick(page, `Get from ${to.side.displayName}`);
  await pickQuickPickItem(page, new RegExp(exhibit));
  await pickQuickPickItem(page, /Choose several…/);
  for (const name of exhibitFiles) {
    const box = page.locator('.quick-input-widget .monaco-list-row', { hasText: name }).first();
    await box.click({ timeout: usualLimitMs });
  }
  await picture(page, number, '7-chosen');
  const begin = performance.now();
  await acceptQuickInput(page);
  await waitForNotification(page, /Saved .*from/, savedLimitMs);
  const milliseconds = Math.round(performance.now() - begin);
  await waitForTreeRow(page, /3 files\s*saved/);
  await picture(page, number, '8-got');
  await openViewContainer(to.page, 'Ferry');
  await waitForTreeRow(to.page, `${from.side.displayName} got ${exhibitFiles[0]}`);
  await picture(to.page, number, '9-got-by-them');
  await clearToasts(page);
  return milliseconds;
}

async function roundTripOf({ side }: Seat, name: string, milliseconds: number): Promise<Transfer> {
  const [sent, saved] = [join(side.workspace, exhibit, name), join(side.received, name)];
  const [sha256Sent, sha256Received] = await Promise.all([sha256Of(sent), sha256Of(saved)]);
  return { name: `${name}, there and back`, bytes: (await stat(saved)).size, sha256Sent, sha256Received, milliseconds };
}

/** The row is still on screen. */
async function askForWhatIsGone({ page }: Seat, { side }: Seat, number: string): Promise<void> {
  const [text] = exhibitFiles;
  const [here, away] = [join(side.workspace, exhibit, text), join(side.workspace, text)];
  await rename(here, away);
  await pickFromContextMenu(page, await waitForTreeRow(page, text), 'Get File from Peer…');
  await waitForNotification(page, `${side.displayName} shares nothing of that name with you.`);
  await picture(page, number, '10-gone');
  await rename(away, here);
}
