// Acts of the demo about trust: a pairing with the same code on both screens, and the warning about a peer whose key has changed.

import { openViewContainer } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  clickNotificationButton,
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { clearToasts, picture, type Seat } from './acts.ts';

/** Pairs both sides. Rejects where the two screens show different codes. */
export async function pair(from: Seat, to: Seat, number: string): Promise<void> {
  await runCommand(from.page, 'Ferry: Pair with Peer…');
  await waitForQuickPick(from.page, 'Pair with a peer');
  await pickQuickPickItem(from.page, new RegExp(to.side.displayName));
  await clickNotificationButton(to.page, 'Compare Codes');
  const [asked, answered] = await Promise.all([codeOn(from), codeOn(to)]);
  await picture(from.page, number, '1-code-left');
  await picture(to.page, number, '2-code-right');
  if (asked !== answered) throw new Error(`the screens show different codes: ${asked} and ${answered}`);
  for (const { page } of [from, to])
    await page
      .locator('.monaco-dialog-box .monaco-button', { hasText: 'The Codes Are the Same' })
      .first()
      .click({ timeout: usualLimitMs });
  await Promise.all([from, to].map(({ page }) => waitForNotification(page, 'Paired with')));
  await openViewContainer(from.page, 'Ferry');
  await picture(from.page, number, '3-paired');
  await clearToasts(from.page, to.page);
}

async function codeOn({ page }: Seat): Promise<string> {
  const dialog = page.locator('.monaco-dialog-box', { hasText: 'Pairing code' }).first();
  await dialog.waitFor({ timeout: usualLimitMs });
  const [text] = await dialog.allInnerTexts();
  const code = /Pairing code (\d{3} \d{3})/.exec(text ?? '')?.[1];
  if (code === undefined) throw new Error(`no code on screen: ${text ?? ''}`);
  return code;
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
  await pickQuickPickItem(from.page, new RegExp(`${to.side.displayName}\\s*new, unverified`));
  await picture(from.page, options.number, '2-peers');
  await acceptQuickInput(from.page);
  const dialog = from.page.locator('.monaco-dialog-box', { hasText: 'its key has changed' }).first();
  await dialog.waitFor({ timeout: usualLimitMs });
  await picture(from.page, options.number, '3-changed-key');
  // The button with the focus refuses.
  await from.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached', timeout: usualLimitMs });
  const sending = await from.page.locator('.notification-list-item', { hasText: /^Sending / }).count();
  if (sending > 0) throw new Error('Enter alone has sent');
}
