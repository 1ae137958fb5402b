// An act of the demo: one transfer is paused and another one moves, as Transfers and the status bar show them, in light and dark.

import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, pickPeer, type Seat } from '../host/lib/acts.ts';
import type { Page } from '../host/lib/playwright.ts';
import { clickTreeRowAction, openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import { clickNotificationButton, openFile, runCommand, usualLimitMs } from '../host/lib/workbench.ts';
import { picture } from './acts.ts';

/** So large that there is time for two pictures while it moves. */
const largeBytes = 3_000_000_000;

/** Plays the act; the pictures begin with `number`. */
export async function pauseAndCancel(from: Seat, to: Seat, number: string): Promise<void> {
  await openViewContainer(from.page, 'Ferry');
  await begin(from, to, 'tape.bin');
  await clickTreeRowAction(from.page, /tape\.bin/, 'Pause Transfer');
  await waitForTreeRow(from.page, /tape\.bin\s*paused/);
  await begin(from, to, 'film.bin');
  await waitForTreeRow(from.page, /film\.bin.* left/);
  await clearToasts(from.page);
  await picture(from.page, number, '1-transfers');
  await toggleTheme(from.page, 'vs-dark');
  await picture(from.page, number, '2-transfers-dark');
  await picture(to.page, number, '3-receiving');
  await toggleTheme(from.page, 'vs');
  for (const name of [/film\.bin/, /tape\.bin/]) {
    await clickTreeRowAction(from.page, name, 'Cancel Sending');
    await waitForTreeRow(from.page, new RegExp(`${name.source}\\s*cancelled`));
  }
  await clearToasts(from.page, to.page);
}

/** A file of zeros leaves, and is accepted. */
async function begin(from: Seat, to: Seat, name: string): Promise<void> {
  const path = join(from.side.workspace, name);
  await writeFile(path, '');
  await truncate(path, largeBytes);
  await openFile(from.page, name);
  // What takes the focus late would close the list of peers.
  await from.page.locator('.part.editor', { hasText: 'The file is not displayed' }).first().waitFor({ timeout: usualLimitMs });
  await runCommand(from.page, 'Ferry: Send File to Peer…');
  await pickPeer(from, to, name);
  await clickNotificationButton(to.page, 'Accept');
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*sending`));
}

async function toggleTheme(page: Page, name: string): Promise<void> {
  await runCommand(page, 'Preferences: Toggle between Light/Dark Themes');
  await page.locator(`.monaco-workbench.${name}`).first().waitFor({ timeout: usualLimitMs });
}
