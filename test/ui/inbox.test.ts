// The Inbox by keyboard alone, long after the notification: a request is accepted, one declined by its question, one by Delete, a
// row is removed; and a received file that the workspace has too is compared, and both are kept.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, offerFile, type Seat } from '../host/lib/acts.ts';
import type { Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, pickFromContextMenu } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { checkWithAxe } from './lib/axe.ts';
import { spokenChoice, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const files = { 'wanted.txt': 'wanted\n', 'unwanted.txt': 'no\n', 'notes.md': '# Ada\n' };

describe('The Inbox by keyboard alone', () => {
  const scene = sceneOf('inbox', { cast: [ada, grace], files });

  /** Offers a file, and waits until its notification was there and is gone. */
  const offerSilently = async (name: string): Promise<readonly [Seat, Seat]> => {
    const [from, to] = scene.seats;
    await offerFile(from, to, name);
    await waitForNotification(to.page, `wants to send ${name}`);
    await clearToasts(to.page);
    return [from, to];
  };

  /** Brings the Inbox to the front without a pointer; what waits is in focus then. */
  const showInbox = async ({ page }: Seat, inFocus: RegExp): Promise<void> => {
    await runCommand(page, 'Ferry: Show Inbox');
    await waitForFocus(page, inFocus);
  };

  const waitForFocus = async (page: Page, name: RegExp): Promise<void> => {
    const rows = page.locator('.part.sidebar .monaco-list:focus').getByRole('treeitem', { name });
    await expectOnScreen(page, `${String(name)} in focus`, async () => {
      await rows.and(page.locator('.monaco-list-row.focused')).first().waitFor({ timeout: usualLimitMs });
    });
  };

  it('accepts what is in focus', async () => {
    const [from, to] = await offerSilently('wanted.txt');
    await showInbox(to, /^wanted\.txt, waiting for you, from ada-laptop, 7 B$/);
    await scene.picture(to.page, 'waiting');
    await to.page.keyboard.press('Enter');
    await waitForQuickPick(to.page, 'wants to send wanted.txt');
    await spokenChoice(to.page, /^Accept$/);
    await scene.picture(to.page, 'question');
    await checkWithAxe(to.page, 'the question about a request');
    await to.page.keyboard.press('Enter');
    await waitForNotification(to.page, 'Saved wanted.txt');
    await spokenRow(to.page, /^wanted\.txt, saved, from ada-laptop, 7 B$/);
    await scene.picture(to.page, 'saved');
    assert.equal(await readFile(join(to.side.received, 'wanted.txt'), 'utf8'), files['wanted.txt']);
    await clearToasts(from.page, to.page);
  });

  it('declines with the arrow key', async () => {
    const [from, to] = await offerSilently('unwanted.txt');
    await showInbox(to, /^unwanted\.txt, waiting/);
    await to.page.keyboard.press('Enter');
    await waitForQuickPick(to.page, 'wants to send unwanted.txt');
    await to.page.keyboard.press('ArrowDown');
    await to.page.keyboard.press('Enter');
    await spokenRow(to.page, /^unwanted\.txt, declined, from ada-laptop, 3 B$/);
    await waitForNotification(from.page, 'declined');
    await scene.picture(from.page, 'declined');
    await clearToasts(from.page, to.page);
  });

  it('declines with Delete, and removes the row in focus, not the one that was selected', async () => {
    const [from, to] = await offerSilently('unwanted.txt');
    await showInbox(to, /^unwanted\.txt, waiting/);
    await to.page.keyboard.press('Delete');
    await waitForNotification(from.page, 'declined');
    const all = to.page.locator('.part.sidebar').getByRole('treeitem', { name: /^unwanted\.txt, declined/ });
    await expectOnScreen(to.page, 'two rows that say declined', () => all.nth(1).waitFor({ timeout: usualLimitMs }));
    await waitForFocus(to.page, /^unwanted\.txt, declined/);
    await to.page.keyboard.press('End');
    await waitForFocus(to.page, /^wanted\.txt/);
    await to.page.keyboard.press('Delete');
    const saved = to.page.locator('.part.sidebar').getByRole('treeitem', { name: /^wanted\.txt/ });
    await expectOnScreen(to.page, 'one row less', () => saved.first().waitFor({ state: 'detached', timeout: usualLimitMs }));
    assert.equal(await all.count(), 2);
    assert.deepEqual((await readdir(to.side.received)).toSorted(), ['wanted.txt']);
    await clearToasts(from.page, to.page);
  });

  it('compares a received file with that of the workspace, and keeps both', async () => {
    const [from, to] = scene.seats;
    await scene.file(to, 'notes.md', '# Grace\n');
    await offerFile(from, to, 'notes.md');
    await clickNotificationButton(to.page, 'Accept');
    await waitForNotification(to.page, 'Saved notes.md');
    await openViewContainer(to.page, 'Ferry');
    await pickFromContextMenu(to.page, await spokenRow(to.page, /^notes\.md, saved/), 'Compare with Workspace…');
    await waitForNotification(to.page, 'yours and the received one differ');
    await scene.picture(to.page, 'compared');
    await clickNotificationButton(to.page, 'Keep Both');
    await waitForNotification(to.page, 'Saved as notes (1).md');
    await scene.picture(to.page, 'both');
    assert.equal(await readFile(join(to.side.workspace, 'notes.md'), 'utf8'), '# Grace\n');
    assert.equal(await readFile(join(to.side.workspace, 'notes (1).md'), 'utf8'), '# Ada\n');
  });
});
