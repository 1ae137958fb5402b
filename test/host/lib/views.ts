// Drives the tree views of a workbench: opens their container in the activity bar, finds rows, clicks their actions.

import type { Locator, Page } from './playwright.ts';
import { expectOnScreen } from './screen.ts';
import { usualLimitMs } from './workbench.ts';

/** Shows the views behind an icon of the activity bar, named by its title; a container that is shown already stays. */
export async function openViewContainer(page: Page, title: string): Promise<void> {
  const icon = page.locator(`.part.activitybar .action-item:has(.action-label[aria-label^=${JSON.stringify(title)}])`).first();
  await expectOnScreen(page, `an icon "${title}" in the activity bar`, async () => {
    await icon.waitFor({ timeout: usualLimitMs });
    if ((await icon.getAttribute('aria-expanded')) === 'true') return;
    if ((await page.locator('.part.sidebar .composite.title h2', { hasText: title }).count()) > 0) return;
    await icon.click({ timeout: usualLimitMs });
    // What is said of the icon under the pointer would hide a part of the views.
    await page.locator('.part.statusbar').hover({ timeout: usualLimitMs });
  });
}

/** Waits for a row with the given text in the views of the side bar, and gives it. */
export async function waitForTreeRow(page: Page, text: string | RegExp, limitMs = usualLimitMs): Promise<Locator> {
  const row = page.locator('.part.sidebar .pane-body .monaco-list-row', { hasText: text }).first();
  await expectOnScreen(page, `a row that says ${String(text)}`, async () => {
    await row.waitFor({ timeout: limitMs });
  });
  return row;
}

/** Clicks an inline action of a row, named by its spoken label; the action shows while the pointer is on the row. */
export async function clickTreeRowAction(page: Page, text: string | RegExp, action: string): Promise<void> {
  const row = await waitForTreeRow(page, text);
  await expectOnScreen(page, `an action "${action}" on the row ${String(text)}`, async () => {
    await row.hover({ timeout: usualLimitMs });
    await row
      .locator(`.action-label[aria-label^=${JSON.stringify(action)}]`)
      .first()
      .click({ timeout: usualLimitMs });
  });
}

/** Picks an entry of a row's context menu; `look` is called while it is open. */
export async function pickFromContextMenu(page: Page, row: Locator, entry: string, look?: () => Promise<void>): Promise<void> {
  await row.click({ button: 'right', timeout: usualLimitMs });
  await expectOnScreen(page, `a context menu with "${entry}"`, async () => {
    // A menu is deaf to the mouse button for its first tenth of a second; to Enter it is not.
    await page.locator('.monaco-menu .action-item', { hasText: entry }).first().hover({ timeout: usualLimitMs });
    await page.locator('.monaco-menu .action-item.focused', { hasText: entry }).waitFor({ timeout: usualLimitMs });
    await look?.();
    await page.keyboard.press('Enter');
  });
}

/** Waits until the badge on an icon of the activity bar, named by its title, shows the given text. */
export async function waitForActivityBadge(page: Page, title: string, text: string): Promise<void> {
  const icon = `.part.activitybar .action-item:has(.action-label[aria-label^=${JSON.stringify(title)}])`;
  const badge = page.locator(`${icon} .badge-content:visible`, { hasText: new RegExp(`^${text}$`) });
  await expectOnScreen(page, `a badge "${text}" on ${title}`, async () => {
    await badge.first().waitFor({ timeout: usualLimitMs });
  });
}
