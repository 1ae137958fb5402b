// Acts of the demo about trust: a pairing with the same code on both screens, and the warning about a peer whose key has changed.

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
import { clearToasts, pickPeer, picture, type Seat } from './acts.ts';

/** Pairs both sides. Rejects where the code of one screen is not among the numbers of the other. */
export async function pair(from: Seat, to: Seat, number: string): Promise<void> {
  await runCommand(from.page, 'Ferry: Pair with Peer…');
  await waitForQuickPick(from.page, 'Pair with a peer');
  await pickQuickPickItem(from.page, new RegExp(to.side.displayName));
  await clickNotificationButton(to.page, 'Compare Codes');
  const code = await codeOn(from);
  await waitForQuickPick(to.page, 'Which number');
  await picture(from.page, number, '1-code-left');
  await picture(to.page, number, '2-code-right');
  // Rejects where the code is not among the numbers.
  await pickQuickPickItem(to.page, code);
  await pickQuickPickItem(from.page, /They Picked/);
  await Promise.all([from, to].map(({ page }) => waitForNotification(page, 'Paired with')));
  await openViewContainer(from.page, 'Ferry');
  await picture(from.page, number, '3-paired');
  await clearToasts(from.page, to.page);
}

/** The code that is to be read out, as it stands in the list of the other side. */
async function codeOn({ page }: Seat): Promise<string> {
  const shown = page.locator('.quick-input-widget', { hasText: 'Read this number to' }).first();
  await shown.waitFor({ timeout: usualLimitMs });
  const [text] = await shown.allInnerTexts();
  const digits = /Read this number to [^:]*: ((?:\d\s?){6})/u.exec(text ?? '')?.[1]?.replaceAll(/\s/gu, '');
  if (digits === undefined) throw new Error(`no code on screen: ${text ?? ''}`);
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
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
  await pickPeer(from.page, new RegExp(`${to.side.displayName}\\s*new, unverified`), () =>
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
