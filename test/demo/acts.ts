// The acts of the demo: what a person does to send a file, seen from both sides, with a picture of each step.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { clearToasts, pickPeer, type Seat, waitForEditor } from '../host/lib/acts.ts';
import { projectRoot } from '../host/lib/pack.ts';
import type { Page } from '../host/lib/playwright.ts';
import { waitForTreeRow } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  clickNotificationButton,
  openFile,
  runCommand,
  screenshot,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';

export type Transfer = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256Sent: string;
  readonly sha256Received: string;
  readonly milliseconds: number;
};

export const pictures = join(projectRoot, 'out', 'demo');

/** Includes the time of the slowest machine that we know; a transfer takes a fraction of it. */
export const savedLimitMs = 120_000;

export type SendOptions = { readonly name: string; readonly number: string; readonly encrypted: boolean };

/** Opens a file on one side, sends it, accepts it on the other, and opens what was saved there. */
export async function sendAndSave(from: Seat, to: Seat, options: SendOptions): Promise<Transfer> {
  const { name, number } = options;
  await offer(from, to, options);
  const begin = performance.now();
  await clickNotificationButton(to.page, 'Accept');
  await waitForNotification(to.page, `Saved ${name}`, savedLimitMs);
  const milliseconds = Math.round(performance.now() - begin);
  await waitForNotification(from.page, `received ${name}`);
  await picture(from.page, number, '5-delivered');
  await clickNotificationButton(to.page, 'Open', `Saved ${name}`);
  await waitForEditor(to.page, name);
  await picture(to.page, number, '6-saved');
  await clearToasts(from.page, to.page);
  return transferOf(from, to, { name, milliseconds });
}

/** What was sent and what was saved under the same name. */
export async function transferOf(
  from: Seat,
  to: Seat,
  { name, milliseconds }: { readonly name: string; readonly milliseconds: number },
): Promise<Transfer> {
  const [sent, saved] = [join(from.side.workspace, name), join(to.side.received, name)];
  const [sha256Sent, sha256Received] = await Promise.all([sha256Of(sent), sha256Of(saved)]);
  return { name, bytes: (await stat(saved)).size, sha256Sent, sha256Received, milliseconds };
}

/** Sends a file encrypted to a side that keeps such items sealed, and opens it there from the Inbox. */
export async function sendAndOpenSealed(from: Seat, to: Seat, options: SendOptions): Promise<void> {
  await offer(from, to, options);
  await clickNotificationButton(to.page, 'Accept');
  await waitForNotification(to.page, /Saved sealed-/, savedLimitMs);
  const row = await waitForTreeRow(to.page, /sealed-/);
  await picture(to.page, options.number, '5-kept-sealed');
  await row.click({ timeout: usualLimitMs });
  await waitForEditor(to.page, options.name);
  await picture(to.page, options.number, '6-unsealed');
  await clearToasts(from.page, to.page);
}

async function offer(from: Seat, to: Seat, { name, number, encrypted }: SendOptions): Promise<void> {
  const title = encrypted ? 'Ferry: Send File to Peer… (Encrypted)' : 'Ferry: Send File to Peer…';
  await openFile(from.page, name);
  // What takes the focus late would close the list of peers.
  await waitForEditor(from.page, name);
  await picturePalette(from.page, number);
  await runCommand(from.page, title);
  await pickPeer(from, to, name, (page) => picture(page, number, '2-peers'));
  if (encrypted) {
    await waitForQuickPick(from.page, 'Who can unseal it?');
    await picture(from.page, number, '3-seal');
    await acceptQuickInput(from.page);
  }
  await waitForNotification(to.page, `${from.side.displayName} (`);
  await waitForNotification(from.page, 'waiting for');
  await picture(from.page, number, '3-waiting');
  await picture(to.page, number, '4-request');
}

async function picturePalette(page: Page, number: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input:visible').first();
  await input.waitFor({ timeout: usualLimitMs });
  await input.fill('>Ferry: Send File', { timeout: usualLimitMs });
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'to Peer' }).first().waitFor({ timeout: usualLimitMs });
  await picture(page, number, '1-palette');
  await page.keyboard.press('Escape');
}

/** Takes a picture of a page. */
export async function picture(page: Page, number: string, what: string): Promise<void> {
  // What is said of the thing under the pointer would hide others; a menu is followed by the pointer.
  if ((await page.locator('.monaco-menu').count()) === 0) await page.mouse.move(1, 700);
  await screenshot(page, join(pictures, `${number}-${what}.png`));
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
