// An act of the demo: lines of a file that both sides have go over, and are shown at their place.

import { clearToasts, pickPeer, type Seat, waitForEditor } from '../host/lib/acts.ts';
import {
  clickNotificationButton,
  openFile,
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
  await openFile(from.page, name);
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
  await clearToasts(from.page, to.page);
}
