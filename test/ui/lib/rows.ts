// Rows, buttons and choices as a screen reader finds them: by their role and their name.

import type { Locator, Page } from '../../host/lib/playwright.ts';
import { expectOnScreen } from '../../host/lib/screen.ts';
import { usualLimitMs } from '../../host/lib/workbench.ts';

/** Waits for a row of Ferry's views that is spoken so. */
export function spokenRow(page: Page, name: RegExp): Promise<Locator> {
  return spoken(page, page.locator('.part.sidebar').getByRole('treeitem', { name }), `a row that is spoken ${String(name)}`);
}

/** Waits for a choice of the open list that is spoken so. */
export function spokenChoice(page: Page, name: RegExp): Promise<Locator> {
  const list = page.locator('.quick-input-widget:visible');
  return spoken(page, list.getByRole('option', { name }), `a choice that is spoken ${String(name)}`);
}

/** Waits for a notification or a dialog that is spoken so. */
export function spokenDialog(page: Page, name: RegExp): Promise<Locator> {
  return spoken(page, page.getByRole('dialog', { name }), `a dialog that is spoken ${String(name)}`);
}

async function spoken(page: Page, found: Locator, what: string): Promise<Locator> {
  const first = found.first();
  await expectOnScreen(page, what, async () => {
    await first.waitFor({ timeout: usualLimitMs });
  });
  return first;
}
