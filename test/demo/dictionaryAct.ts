// An act of the demo: a Python dict is selected on one side, travels as XML, and is inserted as JSON on the other.

import { clearToasts, pickPeer, type Seat } from '../host/lib/acts.ts';
import { clickTreeRowAction, openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  clickNotificationButton,
  openFile,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { picture } from './acts.ts';

/** Plays the act; the pictures begin with `number`. Rejects where what is inserted is not the dictionary. */
export async function sendDictionaryAndInsert(from: Seat, to: Seat, number: string): Promise<void> {
  await openFile(from.page, 'settings.py');
  await from.page.locator('.part.editor .view-lines').first().click({ timeout: usualLimitMs });
  await from.page.keyboard.press('Control+A');
  await runCommand(from.page, 'Ferry: Send Selection as Dictionary…');
  await waitForQuickPick(from.page, 'Understood as');
  await picture(from.page, number, '1-understood');
  await acceptQuickInput(from.page);
  await pickPeer(from, to, 'settings.xml', (page) => picture(page, number, '2-peers'));
  await clickNotificationButton(to.page, 'Accept');
  await waitForNotification(to.page, 'Saved settings.xml');
  await picture(to.page, number, '3-received');
  await clearToasts(from.page, to.page);
  await openViewContainer(to.page, 'Explorer');
  await openFile(to.page, 'target.json');
  await openViewContainer(to.page, 'Ferry');
  await waitForTreeRow(to.page, /settings\.xml/);
  await clickTreeRowAction(to.page, /settings\.xml/, 'Insert at Cursor');
  await to.page.locator('.part.editor .view-line', { hasText: '"retries": 3' }).first().waitFor({ timeout: usualLimitMs });
  await picture(to.page, number, '4-inserted');
}
