// What two people do with Ferry in front of two workbenches: send a file, send from the Explorer, pair.

import type { Page } from './playwright.ts';
import { expectOnScreen } from './screen.ts';
import type { Side } from './stage.ts';
import { openViewContainer, pickFromContextMenu, waitForTreeRow } from './views.ts';
import {
  clickNotificationButton,
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from './workbench.ts';

/** One side with the page in front of it. */
export type Seat = { readonly side: Side; readonly page: Page };

/** Called at each step that is worth a picture. */
export type Look = (page: Page, step: string) => Promise<void>;

const noLook: Look = () => Promise.resolve();

/** Opens a file on one side and sends it to the other: until the list of peers is closed. */
export async function offerFile(from: Seat, to: Seat, name: string, look = noLook): Promise<void> {
  await openFile(from.page, name);
  // What takes the focus late would close the list of peers.
  await waitForEditor(from.page, name);
  await runCommand(from.page, 'Ferry: Send File to Peer…');
  await pickPeer(from, to, name, look);
}

/** Picks the other side in the list of peers that is titled so. */
export async function pickPeer(from: Seat, to: Seat, title: string, look = noLook): Promise<void> {
  await waitForQuickPick(from.page, title);
  await pickQuickPickItem(from.page, new RegExp(to.side.displayName), () => look(from.page, 'peers'));
}

/** Picks an entry of the menu of a file or folder in the Explorer, and then the other side among the peers. */
export async function sendFromExplorer(
  from: Seat,
  to: Seat,
  { name, entry, look = noLook }: { readonly name: string; readonly entry: string; readonly look?: Look },
): Promise<void> {
  await openViewContainer(from.page, 'Explorer');
  const row = await waitForTreeRow(from.page, new RegExp(`^\\s*${name}\\s*$`));
  await pickFromContextMenu(from.page, row, entry, () => look(from.page, 'menu'));
  await pickPeer(from, to, name);
}

/** Pairs both sides: what one reads out, the other picks. Rejects where the number is not among the three. */
export async function pairBoth(from: Seat, to: Seat, look = noLook): Promise<void> {
  const code = await beginPairing(from, to, look);
  await pickQuickPickItem(to.page, new RegExp(code));
  await pickQuickPickItem(from.page, /They Picked/);
  await Promise.all([from, to].map(({ page }) => waitForNotification(page, 'Paired with')));
}

/** Pairs until the number is on one screen and three are on the other; gives the number, as a pattern of what is on both. */
export async function beginPairing(from: Seat, to: Seat, look = noLook): Promise<string> {
  await runCommand(from.page, 'Ferry: Pair with Peer…');
  await waitForQuickPick(from.page, 'Pair with a peer');
  await pickQuickPickItem(from.page, new RegExp(to.side.displayName));
  await waitForNotification(to.page, 'wants to pair');
  await look(to.page, 'asked');
  await clickNotificationButton(to.page, 'Compare Codes');
  await waitForQuickPick(to.page, 'Which number does');
  await waitForQuickPick(from.page, 'Read this number to');
  const title = from.page.locator('.quick-input-widget:visible .quick-input-title').first();
  const digits = (await title.innerText({ timeout: usualLimitMs })).trim().split(/\s+/);
  if (digits.length !== 6) throw new Error('no number is on screen');
  await look(from.page, 'read');
  await look(to.page, 'numbers');
  return digits.join('\\s+');
}

/** Waits until the file is not only the active tab but also on screen, as text or as an image. */
export async function waitForEditor(page: Page, name: string): Promise<void> {
  await expectOnScreen(page, `the contents of ${name}`, async () => {
    await page.locator(`.part.editor .tab.active[data-resource-name="${name}"]`).first().waitFor({ timeout: usualLimitMs });
    const shown = name.endsWith('.png') ? 'iframe.webview.ready' : '.part.editor .view-lines .view-line';
    await page.locator(shown).first().waitFor({ timeout: usualLimitMs });
  });
}

/** Takes all notifications off the screens. */
export async function clearToasts(...pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => runCommand(page, 'Notifications: Clear All Notifications')));
}
