// Reads what a page shows as a screen reader does, with axe-core, and holds what is Ferry's against its rules.

import assert from 'node:assert/strict';

import axe from 'axe-core';

import type { Page } from '../../host/lib/playwright.ts';

/** Where Ferry shows something: its views, lists to pick from, notifications, dialogs, its item in the status bar. */
const ours = [
  '.part.sidebar .pane-body',
  '.quick-input-widget',
  '.notifications-toasts',
  '.monaco-dialog-box',
  '[id="ferry.vscode-ferry.ferry.status"]',
];

/** What is not held: a rule, the elements by their HTML, and the reason. All but the last is how VS Code draws things. */
const leftOut: readonly { readonly rule: string; readonly of: RegExp; readonly why: string }[] = [
  { rule: 'aria-allowed-attr', of: /role="option"[^>]* aria-level/, why: 'the rows of its lists have a level' },
  { rule: 'aria-allowed-attr', of: /role="(?:list|dialog)"/, why: 'a notification is a list of one row, which can be selected' },
  { rule: 'aria-required-children', of: /role="list"[^>]*, notification"/, why: 'and the row of that list is a dialog' },
  { rule: 'aria-prohibited-attr', of: /class="monaco-keybinding"/, why: 'it names a key that has no role' },
  { rule: 'aria-prohibited-attr', of: /id="monaco-dialog-icon"/, why: 'and the icon of a dialog' },
  { rule: 'aria-valid-attr-value', of: /aria-controls="quickInput_list"/, why: 'it says of a box for a text that it has a list' },
  { rule: 'landmark-unique', of: /class="welcome-view-content"/, why: 'it calls the welcome text of every view the same' },
  {
    rule: 'color-contrast',
    of: /class="(?:monaco-highlighted-label|label-description)"/,
    why: 'it draws what is beside a label pale',
  },
  {
    rule: 'label-content-name-mismatch',
    of: /role="(?:treeitem|button|option)"/,
    why: 'what is spoken begins with the name that is seen, and says in words what is seen as lines, dots and numbers',
  },
];

type Violation = { readonly rule: string; readonly help: string; readonly html: string };

/** Fails with every rule that is broken in what is Ferry's on the page. `where` says what is looked at. */
export async function checkWithAxe(page: Page, where: string): Promise<void> {
  const found = (await violations(page)).filter(
    ({ rule, html }) => !leftOut.some((left) => left.rule === rule && left.of.test(html)),
  );
  assert.deepEqual(found, [], `axe on ${where}`);
}

async function violations(page: Page): Promise<readonly Violation[]> {
  // As a program of the debugger, and not as an element of the page, whose policy forbids foreign scripts.
  await page.evaluate(`${axe.source}; undefined`);
  const found = await page.evaluate(`(async () => {
    const include = ${JSON.stringify(ours)}.filter((one) => document.querySelector(one) !== null).map((one) => [one]);
    const { violations } = await axe.run({ include }, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => ({ rule: id, help, html: html.slice(0, 400) })));
  })()`);
  return found as readonly Violation[];
}
