// The Inbox by keyboard alone, long after the notification: a request is accepted, another one declined by its question and one by
// Delete, a row is removed; and a received file that the workspace has too is compared, and both are kept.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, offerFile, type Seat } from '../host/lib/acts.ts';
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

  /** Goes to the first row of the Inbox without a pointer. */
  const focusFirst = async ({ page }: Seat, name: RegExp): Promise<void> => {
    await runCommand(page, 'Ferry: Show Inbox');
    const row = await spokenRow(page, name);
    await page.keyboard.press('Home');
    await expectOnScreen(page, `${String(name)} in focus`, async () => {
      await page.locator('.part.sidebar .monaco-list:focus .monaco-list-row.focused').and(row).waitFor({ timeout: usualLimitMs });
    });
  };

  it('accepts what is in focus', async () => {
    const [from, to] = await offerSilently('wanted.txt');
    await focusFirst(to, /^wanted\.txt, waiting for you, from ada-laptop, 7 B$/);
    await scene.picture(to.page, 'waiting');
    await to.page.keyboard.press('Enter');
    await waitForQuickPick(to.page, 'wants to send wanted.txt');
    await spokenChoice(to.page, /^Accept/);
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
    await focusFirst(to, /^unwanted\.txt, waiting/);
    await to.page.keyboard.press('Enter');
    await waitForQuickPick(to.page, 'wants to send unwanted.txt');
    await to.page.keyboard.press('ArrowDown');
    await to.page.keyboard.press('Enter');
    await spokenRow(to.page, /^unwanted\.txt, declined, from ada-laptop, 3 B$/);
    await waitForNotification(from.page, 'declined');
    await scene.picture(from.page, 'declined');
    await clearToasts(from.page, to.page);
  });

  it('declines with Delete, and removes the row with a second one', async () => {
    const [from, to] = await offerSilently('unwanted.txt');
    const waiting = /^unwanted\.txt, waiting/;
    await focusFirst(to, waiting);
    await to.page.keyboard.press('Delete');
    await waitForNotification(from.page, 'declined');
    await spokenRow(to.page, /^unwanted\.txt, declined/);
    const all = to.page.locator('.part.sidebar').getByRole('treeitem', { name: /^unwanted\.txt, declined/ });
    assert.equal(await all.count(), 2);
    await focusFirst(to, /^unwanted\.txt, declined/);
    await to.page.keyboard.press('Delete');
    await expectOnScreen(to.page, 'one row less', async () => {
      await all.nth(1).waitFor({ state: 'detached', timeout: usualLimitMs });
    });
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
