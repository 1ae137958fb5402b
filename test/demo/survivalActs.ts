// Acts of the demo about what survives: a receiver that is killed in the middle of a large file, a peer who is away, and windows
// that are loaded again.

import { randomBytes, randomInt } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { clearToasts, pickPeer, type Seat, sendFromExplorer, waitForEditor } from '../host/lib/acts.ts';
import type { Locator, Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { picture, savedLimitMs, sha256Of, type Transfer, transferOf } from './acts.ts';

type ActOptions = { readonly name: string; readonly number: string };

const largeBytes = 1024 ** 3;

/** Grace wants to be asked from the second act on: what she only opens lies nowhere but in Ferry's own storage. */
const asking = { 'ferry.receive.action': 'ask' };

/**
 * Sends a file of 1 GiB, kills the receiving editor when half of it is there, and starts it again. Rejects where the file is
 * there before, twice, or with anything beside it.
 */
export async function surviveKill(from: Seat, to: Seat, { name, number }: ActOptions): Promise<Transfer> {
  await fillSparsely(join(from.side.workspace, name));
  await sendFromExplorer(from, to, { name, entry: 'Send File to Peer…', look: (page) => picture(page, number, '1-menu') });
  await openViewContainer(from.page, 'Ferry');
  await waitForNotification(to.page, `wants to send ${name}`);
  const begin = performance.now();
  await clickNotificationButton(to.page, 'Accept');
  await Promise.all([killAtHalf(to, name), pictureMoving(from, to, { name, number })]);
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*connection lost`));
  await picture(from.page, number, '4-connection-lost');
  await to.side.restart();
  await loadAgain(to.page);
  await waitForTreeRow(to.page, new RegExp(`${name}.*paused`));
  await picture(to.page, number, '5-paused');
  await waitForNotification(to.page, `Saved ${name}`, savedLimitMs);
  const milliseconds = Math.round(performance.now() - begin);
  await waitForNotification(from.page, `received ${name}`);
  await picture(from.page, number, '6-delivered');
  await picture(to.page, number, '7-saved');
  await clearToasts(from.page, to.page);
  const [stem = name] = name.split('.');
  const found = (await readdir(to.side.received)).filter((other) => other.startsWith(stem) || other.startsWith('.ferry-'));
  if (found.join() !== name) throw new Error(`there should be ${name} and nothing else of it, but there are ${found.join(', ')}`);
  return transferOf(from, to, { name, milliseconds });
}

/** Sends a file to an editor that was closed; it arrives when that is started again, and nobody touches the sending side. */
export async function waitForAway(from: Seat, to: Seat, { name, number }: ActOptions): Promise<Transfer> {
  await to.side.editor.stop();
  await offer(from, to, { name, number });
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*away`));
  await waitForNotification(from.page, `${name} waits in Transfers`);
  await picture(from.page, number, '2-away');
  await to.side.restart(asking);
  await loadAgain(to.page);
  await accept(to, name, 'Save');
  const begin = performance.now();
  await waitForNotification(to.page, `Saved ${name}`, savedLimitMs);
  const milliseconds = Math.round(performance.now() - begin);
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*delivered`));
  await picture(from.page, number, '3-delivered');
  await picture(to.page, number, '4-saved');
  await clearToasts(from.page, to.page);
  return transferOf(from, to, { name, milliseconds });
}

/**
 * Sends a file that the other side only opens, and loads both windows again. Rejects where a row of the Inbox or of Transfers is
 * not what it was, or the file is no longer whole.
 */
export async function surviveReload(from: Seat, to: Seat, { name, number }: ActOptions): Promise<void> {
  await offer(from, to, { name, number });
  await accept(to, name, 'Open');
  await waitForEditor(to.page, name);
  await waitForTreeRow(to.page, new RegExp(`${name}.*not saved`));
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*delivered`));
  await clearToasts(from.page, to.page);
  await picture(to.page, number, '2-opened');
  const before = await Promise.all([rowsOf(from.page, 'Transfers'), rowsOf(to.page, 'Inbox')]);
  await Promise.all([loadAgain(from.page), loadAgain(to.page)]);
  const row = await waitForTreeRow(to.page, new RegExp(`${name}.*not saved`));
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*delivered`));
  await picture(from.page, number, '3-transfers');
  const after = await Promise.all([rowsOf(from.page, 'Transfers'), rowsOf(to.page, 'Inbox')]);
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    throw new Error(`rows have changed: ${JSON.stringify(before)} is now ${JSON.stringify(after)}`);
  }
  await runCommand(to.page, 'View: Close All Editors');
  await row.click({ timeout: usualLimitMs });
  await waitForEditor(to.page, name);
  await picture(to.page, number, '4-opened-again');
  await expectStored(to, await sha256Of(join(from.side.workspace, name)));
}

async function offer(from: Seat, to: Seat, { name, number }: ActOptions): Promise<void> {
  await openViewContainer(from.page, 'Ferry');
  await openFile(from.page, name);
  await waitForEditor(from.page, name);
  await runCommand(from.page, 'Ferry: Send File to Peer…');
  await pickPeer(from, to, name, (page) => picture(page, number, '1-peers'));
}

async function accept(to: Seat, name: string, action: 'Save' | 'Open'): Promise<void> {
  await waitForNotification(to.page, `wants to send ${name}`);
  await clickNotificationButton(to.page, 'Accept');
  await waitForQuickPick(to.page, name);
  await pickQuickPickItem(to.page, action);
}

/** A file with pieces of chance in it: most of it takes no place on the disk, and no part of it can stand for another. */
async function fillSparsely(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(largeBytes);
    const piece = 64 * 1024;
    for (let n = 0; n < 100; n += 1) await file.write(randomBytes(piece), 0, piece, randomInt(largeBytes - piece));
  } finally {
    await file.close();
  }
}

async function pictureMoving(from: Seat, to: Seat, { name, number }: ActOptions): Promise<void> {
  await waitForTreeRow(from.page, new RegExp(`${name}\\s*sending`));
  await Promise.all([picture(from.page, number, '2-sending'), picture(to.page, number, '3-receiving')]);
}

/** Nothing tells how long a part is, so this asks. */
async function killAtHalf(to: Seat, name: string): Promise<void> {
  const deadline = performance.now() + savedLimitMs;
  while ((await longestPart(to.side.received)) < largeBytes / 2) {
    if (performance.now() > deadline) throw new Error(`half of ${name} is not there`);
    await delay(10);
  }
  await to.side.editor.kill();
  if ((await readdir(to.side.received)).includes(name)) throw new Error(`${name} was there before its receiver was killed`);
}

async function longestPart(folder: string): Promise<number> {
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.part'));
  const sizes = parts.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0);
  return Math.max(0, ...(await Promise.all(sizes)));
}

/** Ferry's views are in front and come back by themselves; a click on their icon meanwhile would hide them. */
async function loadAgain(page: Page): Promise<void> {
  await page.reload({ timeout: usualLimitMs });
  await expectOnScreen(page, "Ferry's views", () => viewOf(page, 'Inbox').waitFor({ timeout: savedLimitMs }));
}

function viewOf(page: Page, name: string): Locator {
  return page.locator('.part.sidebar .pane', { has: page.locator(`.pane-header[aria-label^="${name}"]`) }).first();
}

/** The texts of a view's rows, in the order of the alphabet. */
async function rowsOf(page: Page, view: string): Promise<readonly string[]> {
  const texts = await viewOf(page, view).locator('.monaco-list-row').allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, ' ').trim()).sort();
}

async function expectStored(to: Seat, sha256: string): Promise<void> {
  const storage = join(to.side.editor.dataDir, 'data', 'User', 'globalStorage');
  const entries = await readdir(storage, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes('received'));
  const digests = await Promise.all(files.map((entry) => sha256Of(join(entry.parentPath, entry.name))));
  if (!digests.includes(sha256)) throw new Error('what was only opened is not in the storage as it was sent');
}
