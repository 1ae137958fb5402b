// Says in one line what a workbench shows, so that a wait that failed tells what was there instead.

import type { Page } from './playwright.ts';

const areas: readonly (readonly [string, string])[] = [
  ['quick input says', '.quick-input-widget .quick-input-message, .quick-input-widget .quick-input-title'],
  ['choices', '.quick-input-widget .monaco-list-row'],
  ['notifications', '.notifications-toasts .notification-list-item, .notifications-center.visible .notification-list-item'],
  ['dialog', '.monaco-dialog-box'],
  ['tabs', '.tabs-container .tab'],
  ['editor says', '.monaco-editor-pane-placeholder'],
  ['views', '.pane-header'],
  ['rows', '.pane-body .monaco-list-row'],
  ['status bar', '.part.statusbar .statusbar-item'],
];

/** What the page shows now: quick input, notifications, dialogs, tabs, views, status bar. Never rejects. */
export async function describeScreen(page: Page): Promise<string> {
  if (page.isClosed()) return 'the page is closed';
  try {
    const input = page.locator('.quick-input-widget input.input:visible');
    const parts = (await input.count()) > 0 ? [`quick input "${await input.first().inputValue({ timeout: 1000 })}"`] : [];
    for (const [name, selector] of areas) {
      const shown = selector
        .split(', ')
        .map((one) => `${one}:visible`)
        .join(', ');
      const texts = (await page.locator(shown).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
      const named = texts.filter((text) => text !== '').slice(0, 20);
      if (named.length > 0) parts.push(`${name}: ${named.map((text) => `"${text.slice(0, 120)}"`).join(', ')}`);
    }
    return parts.length === 0 ? 'nothing of a workbench' : parts.join('; ');
  } catch (error) {
    return `a page that cannot be read (${String(error)})`;
  }
}

/**
 * Waits for the given work, and where it fails says what was awaited and what was on screen. The work brings its own limit.
 */
export async function expectOnScreen<T>(page: Page, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`Waited for ${what}, but on screen: ${await describeScreen(page)}`, { cause: error });
  }
}
