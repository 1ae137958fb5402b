// Acts of the demo about trust: a pairing with the number of one screen among three on the other, and the warning about a peer
// whose key has changed.

import { clearToasts, pairBoth, type Seat } from '../host/lib/acts.ts';
import { openViewContainer } from '../host/lib/views.ts';
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

const steps: Readonly<Record<string, string>> = { asked: '1-asked', read: '2-code-left', numbers: '3-numbers-right' };

/** Pairs both sides. Rejects where the number that one screen shows is not among those on the other. */
export async function pair(from: Seat, to: Seat, number: string): Promise<void> {
  await pairBoth(from, to, (page, step) => picture(page, number, steps[step] ?? step));
  await openViewContainer(from.page, 'Ferry');
  await picture(from.page, number, '4-paired');
  await clearToasts(from.page, to.page);
}

/**
 * Sends to somebody who has the name of a known peer but another key, and stops at the warning. The other side, whose editor has
 * lost its secrets, begins with a new identity first.
 */
export async function meetChangedKey(
  from: Seat,
  to: Seat,
  options: { readonly name: string; readonly number: string },
): Promise<void> {
  await waitForNotification(to.page, 'identity');
  await picture(to.page, options.number, '1-identity-lost');
  await clickNotificationButton(to.page, 'New Identity');
  await openFile(from.page, options.name);
  await runCommand(from.page, 'Ferry: Send File to Peer…');
  await waitForQuickPick(from.page, options.name);
  await pickQuickPickItem(from.page, new RegExp(`${to.side.displayName}\\s*new, unverified`), () =>
    picture(from.page, options.number, '2-peers'),
  );
  const dialog = from.page.locator('.monaco-dialog-box', { hasText: 'its key has changed' }).first();
  await dialog.waitFor({ timeout: usualLimitMs });
  await picture(from.page, options.number, '3-changed-key');
  // The button with the focus refuses.
  await from.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached', timeout: usualLimitMs });
  const sending = await from.page.locator('.notification-list-item', { hasText: /^Sending / }).count();
  if (sending > 0) throw new Error('Enter alone has sent');
}
