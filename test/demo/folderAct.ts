// An act of the demo: the folder of a real project is sent from the Explorer, and arrives under its name as it is.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { clearToasts, type Seat, sendFromExplorer } from '../host/lib/acts.ts';
import { openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import { clickNotificationButton, usualLimitMs, waitForNotification } from '../host/lib/workbench.ts';
import { picture, savedLimitMs } from './acts.ts';

/** Fewer would be no project. */
const leastFiles = 100;

/** Plays the act, and gives the number of files. Rejects where `diff -r` finds anything between both sides. */
export async function sendFolder(
  from: Seat,
  to: Seat,
  { name, number }: { readonly name: string; readonly number: string },
): Promise<number> {
  await openViewContainer(to.page, 'Ferry');
  await sendFromExplorer(from, to, { name, entry: 'Send Folder to Peer', look: (page) => picture(page, number, '1-menu') });
  await waitForNotification(to.page, new RegExp(`wants to send .*${name} \\(folder`));
  const row = await waitForTreeRow(to.page, new RegExp(`${name}.*waiting`));
  const twistie = row.locator('.monaco-tl-twistie');
  await twistie.click({ timeout: usualLimitMs });
  await waitForTreeRow(to.page, /can run by itself/);
  await picture(to.page, number, '2-request');
  await twistie.click({ timeout: usualLimitMs });
  await clickNotificationButton(to.page, 'Accept');
  await waitForNotification(to.page, `Saved ${name}`, savedLimitMs);
  await waitForNotification(from.page, `received ${name}`);
  await picture(to.page, number, '3-saved');
  await openViewContainer(from.page, 'Ferry');
  await picture(from.page, number, '4-delivered');
  await clearToasts(from.page, to.page);
  const [sent, saved] = [join(from.side.workspace, name), join(to.side.received, name)];
  await promisify(execFile)('diff', ['-r', sent, saved]);
  const files = (await readdir(saved, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
  if (files < leastFiles) throw new Error(`a folder of ${files} files is no project`);
  return files;
}
