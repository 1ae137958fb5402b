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

/** What VS Code draws around it, by the rules that it breaks there, each with the reason why nobody but VS Code can mend it. */
const theirs: Readonly<Record<string, string>> = {};

type Violation = { readonly id: string; readonly help: string; readonly targets: readonly string[] };

/** Fails with every rule that is broken in what is Ferry's on the page. `where` says what is looked at. */
export async function checkWithAxe(page: Page, where: string): Promise<void> {
  const found = (await violations(page)).filter(({ id }) => theirs[id] === undefined);
  assert.deepEqual(found, [], `axe on ${where}`);
}

async function violations(page: Page): Promise<readonly Violation[]> {
  // As a program of the debugger, and not as an element of the page, whose policy forbids foreign scripts.
  await page.evaluate(`${axe.source}; undefined`);
  const found = await page.evaluate(`(async () => {
    const shown = ${JSON.stringify(ours)}.filter((one) => document.querySelector(one) !== null).map((one) => [one]);
    const { violations } = await axe.run({ include: shown }, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({ id, help, targets: nodes.map(({ target, html }) => target.join(' ') + ' ' + html.slice(0, 300)) }));
  })()`);
  return found as readonly Violation[];
}
