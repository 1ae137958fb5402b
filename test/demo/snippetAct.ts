// An act of the demo: lines of a file that both sides have go over, and are shown at their place.

import { clearToasts, pickPeer, type Seat, waitForEditor } from '../host/lib/acts.ts';
import type { Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { picture } from './acts.ts';
import { exhibit, exhibitFiles } from './workspace.ts';

/** Plays the act; the pictures begin with `number`. Rejects where the place is not shown. */
export async function sendLines(from: Seat, to: Seat, number: string): Promise<void> {
  const [name] = exhibitFiles;
  const place = `${exhibit}/${name}:1-3`;
  await openInExplorer(from.page, name);
  await waitForEditor(from.page, name);
  await from.page.locator('.part.editor .view-lines').first().click({ timeout: usualLimitMs });
  await from.page.keyboard.press('Control+Home');
  for (let lines = 0; lines < 3; lines += 1) await from.page.keyboard.press('Shift+ArrowDown');
  await runCommand(from.page, 'Ferry: Send Selection…');
  await pickPeer(from, to, place, (page) => picture(page, number, '1-peers'));
  await waitForNotification(to.page, `wants to send ${place}`);
  await clickNotificationButton(to.page, 'Accept');
  await waitForQuickPick(to.page, place);
  await pickQuickPickItem(to.page, 'Save');
  await waitForNotification(to.page, `${place} from`);
  await picture(to.page, number, '2-received');
  await clickNotificationButton(to.page, 'More…', place);
  await pickQuickPickItem(to.page, 'Open the Place', () => picture(to.page, number, '3-more'));
  await waitForEditor(to.page, name);
  const selected = to.page.locator('.part.statusbar .statusbar-item', { hasText: /selected/ }).first();
  await selected.waitFor({ timeout: usualLimitMs });
  await picture(to.page, number, '4-place');
  await openViewContainer(from.page, 'Ferry');
  await clearToasts(from.page, to.page);
}

/** Opens a file of the exhibit. Quick open may have the document of the same name that was looked at on the other side first. */
async function openInExplorer(page: Page, name: string): Promise<void> {
  await openViewContainer(page, 'Explorer');
  const row = (start: string) => page.locator('.explorer-folders-view').getByRole('treeitem', { name: new RegExp(`^${start}`) });
  await expectOnScreen(page, `${name} in the Explorer`, async () => {
    const folder = row(exhibit).first();
    await folder.waitFor({ timeout: usualLimitMs });
    if ((await folder.getAttribute('aria-expanded')) !== 'true') await folder.click({ timeout: usualLimitMs });
    await row(name).first().dblclick({ timeout: usualLimitMs });
  });
}
