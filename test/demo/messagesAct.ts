// An act of the demo: two people write to each other, and the thread is there after both windows were loaded again.

import { clearToasts, pickPeer, type Seat } from '../host/lib/acts.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  enterText,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { picture, savedLimitMs } from './acts.ts';

const question = 'Lunch at one? https://example.org/menu';
const answer = 'Yes, at the harbour.';

/** Plays the act; the pictures begin with `number`. */
export async function writeMessages(from: Seat, to: Seat, number: string): Promise<void> {
  await openViewContainer(from.page, 'Ferry');
  await openViewContainer(to.page, 'Ferry');
  await waitForTreeRow(from.page, to.side.displayName);
  await runCommand(from.page, 'Ferry: Send Message…');
  await pickPeer(from, to, 'Send a message');
  await waitForQuickPick(from.page, `Message to ${to.side.displayName}`);
  await enterText(from.page, question);
  await waitForNotification(to.page, question);
  await picture(to.page, number, '1-notification');
  await clickNotificationButton(to.page, 'Reply', question);
  await waitForQuickPick(to.page, `Message to ${from.side.displayName}`);
  await enterText(to.page, answer);
  await showThread(from, answer);
  await picture(from.page, number, '2-thread');
  await clearToasts(from.page, to.page);
  for (const { page } of [from, to]) {
    await page.reload({ timeout: usualLimitMs });
    await expectOnScreen(page, "Ferry's views", () =>
      page.locator('.part.sidebar .pane-header[aria-label^="Messages"]').first().waitFor({ timeout: savedLimitMs }),
    );
  }
  await showThread(to, answer);
  await picture(to.page, number, '3-after-reload');
}

/** Shows the messages of the one thread there is, with what became of both. */
async function showThread({ page }: Seat, last: string): Promise<void> {
  await runCommand(page, 'Ferry: Show Messages');
  const row = await waitForTreeRow(page, last);
  if ((await row.getAttribute('aria-expanded')) === 'false') {
    await row.click({ timeout: usualLimitMs });
    await page.keyboard.press('ArrowRight');
  }
  await waitForTreeRow(page, /(received|new|delivered): Lunch at one\?/);
  await waitForTreeRow(page, /(received|new|delivered): Yes, at the harbour\./);
}
