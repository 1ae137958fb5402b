// The acts of the demo: what a person does to send a file, seen from both sides, with a picture of each step.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Page } from '../host/lib/playwright.ts';
import { openViewContainer, pickFromContextMenu, waitForTreeRow } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  clickNotificationButton,
  openFile,
  pickQuickPickItem,
  runCommand,
  screenshot,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { projectRoot } from './pack.ts';
import type { Side } from './stage.ts';

/** One side with the page in front of it. */
export type Seat = { readonly side: Side; readonly page: Page };

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
  const title = encrypted ? 'Ferry: Send File to Peer (Encrypted)…' : 'Ferry: Send File to Peer…';
  await openFile(from.page, name);
  // What takes the focus late would close the list of peers.
  await waitForEditor(from.page, name);
  await picturePalette(from.page, number);
  await runCommand(from.page, title);
  await waitForQuickPick(from.page, name);
  await pickPeer(from.page, new RegExp(to.side.displayName), () => picture(from.page, number, '2-peers'));
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

/** Picks an entry of the menu of a file or folder in the Explorer, and then the other side among the peers. */
export async function sendFromExplorer(
  from: Seat,
  to: Seat,
  { name, entry, number }: { readonly name: string; readonly entry: string; readonly number: string },
): Promise<void> {
  await openViewContainer(from.page, 'Explorer');
  const row = await waitForTreeRow(from.page, new RegExp(`^\\s*${name}\\s*$`));
  await pickFromContextMenu(from.page, row, entry, () => picture(from.page, number, '1-menu'));
  await waitForQuickPick(from.page, name);
  await pickPeer(from.page, new RegExp(to.side.displayName));
}

/** Clicks a peer in the open list, which is all that it takes; `look` is called once the peer is there. */
export async function pickPeer(page: Page, peer: RegExp, look?: () => Promise<void>): Promise<void> {
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: peer }).first().waitFor({ timeout: usualLimitMs });
  await look?.();
  await pickQuickPickItem(page, peer);
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

/** Waits until the file is not only the active tab but also on screen, as text or as an image. */
export async function waitForEditor(page: Page, name: string): Promise<void> {
  await page.locator(`.part.editor .tab.active[data-resource-name="${name}"]`).first().waitFor({ timeout: usualLimitMs });
  const shown = name.endsWith('.png') ? 'iframe.webview.ready' : '.part.editor .view-lines .view-line';
  await page.locator(shown).first().waitFor({ timeout: usualLimitMs });
}

/** Takes a picture of a page. */
export function picture(page: Page, number: string, what: string): Promise<void> {
  return screenshot(page, join(pictures, `${number}-${what}.png`));
}

/** Takes all notifications off both screens. */
export async function clearToasts(...pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => runCommand(page, 'Notifications: Clear All Notifications')));
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
