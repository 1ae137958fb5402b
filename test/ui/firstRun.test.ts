// The first minutes with Ferry: nothing asks for attention, the walkthrough has four steps with pictures, and a person gets a
// file into the window of another with few actions. And two windows of one person, which need no question.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, offerFile, type Seat, waitForEditor } from '../host/lib/acts.ts';
import type { Locator, Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer } from '../host/lib/views.ts';
import { pickQuickPickItem, runCommand, usualLimitMs, waitForNotification, waitForQuickPick } from '../host/lib/workbench.ts';
import { checkWithAxe } from './lib/axe.ts';
import { spokenChoice, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const files = { 'first.txt': 'the first one\n', 'mine.txt': 'between my windows\n' };

const steps = ['Say who may reach you', 'Find a peer', 'Compare the code', 'Send the first file'] as const;

const mostActions = 5;

describe('The first run', () => {
  const scene = sceneOf('firstRun', { cast: [ada, grace], files });

  const notificationsOn = (page: Page): Promise<number> => page.locator('.notification-list-item').count();

  it('asks for nothing, and finds the other editor on this machine', async () => {
    for (const { page } of scene.seats) {
      const found = page.locator('.part.statusbar').getByRole('button', { name: /^Ferry: 1 peer near/ });
      await expectOnScreen(page, 'one peer in the status bar', () => found.waitFor({ timeout: usualLimitMs }));
      assert.equal(await notificationsOn(page), 0);
    }
    await scene.picture(scene.seats[0].page, 'fresh');
  });

  it('takes few actions to the first file in another window', async () => {
    const [from, to] = scene.seats;
    let actions = 0;
    const click = async (page: Page, what: string, on: Locator): Promise<void> => {
      actions += 1;
      await expectOnScreen(page, what, () => on.click({ timeout: usualLimitMs }));
    };
    const row = from.page.locator('.explorer-folders-view').getByRole('treeitem', { name: /^first\.txt/ });
    await click(from.page, 'the file in the Explorer', row.first());
    const send = from.page.locator('.part.editor .editor-actions').getByRole('button', { name: /^Send File to Peer…/ });
    await click(from.page, 'the icon of Ferry above the editor', send.first());
    await click(from.page, 'the peer', await spokenChoice(from.page, /grace-desktop/));
    const asked = await waitForNotification(to.page, 'wants to send first.txt');
    await click(to.page, 'Accept', asked.getByRole('button', { name: 'Accept', exact: true }));
    const saved = await waitForNotification(to.page, 'Saved first.txt');
    assert.equal(await readFile(join(to.side.received, 'first.txt'), 'utf8'), files['first.txt']);
    await click(to.page, 'Open', saved.getByRole('button', { name: 'Open', exact: true }));
    await waitForEditor(to.page, 'first.txt');
    await scene.picture(to.page, 'first-file');
    assert.ok(actions <= mostActions, `${actions} actions`);
    await clearToasts(from.page, to.page);
  });

  it('has a walkthrough of four steps, each with a picture', async () => {
    const [{ page }] = scene.seats;
    await runCommand(page, 'Welcome: Open Walkthrough...');
    await waitForQuickPick(page);
    await pickQuickPickItem(page, /Get started with Ferry/);
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    for (const title of steps) await lookAtStep(page, title);
    await scene.picture(page, 'walkthrough', (name) => waitForPicture(page, name));
    // A peer was found and a file was sent before anybody looked at the steps.
    await expectTicks(page, [false, true, false, true]);
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  });

  it('ticks what was done while another page of VS Code was in front', async () => {
    const [, { page }] = scene.seats;
    await openViewContainer(page, 'Ferry');
    await spokenRow(page, /^ada-laptop/);
    await runCommand(page, 'Extensions: Show Installed Extensions');
    const entry = page.locator('.extensions-list .monaco-list-row', { hasText: 'Ferry' }).first();
    await expectOnScreen(page, 'Ferry among the extensions', () => entry.click({ timeout: usualLimitMs }));
    const shown = page.locator('.part.editor .tab.active', { hasText: 'Ferry' }).first();
    await expectOnScreen(page, 'the page of the extension', () => shown.waitFor({ timeout: usualLimitMs }));
    await runCommand(page, 'Welcome: Open Walkthrough...');
    await pickQuickPickItem(page, /Get started with Ferry/);
    await expectTicks(page, [false, true, false, false]);
  });

  it('asks for the file where the walkthrough is in front', async () => {
    const [, { page }] = scene.seats;
    const step = page.locator('.gettingStartedContainer').getByRole('button', { name: /Send the first file/ });
    await expectOnScreen(page, 'the last step', () => step.first().click({ timeout: usualLimitMs }));
    const button = page.locator('.gettingStartedContainer').getByRole('button', { name: /^Send File to Peer…/ });
    await expectOnScreen(page, 'the button of the step', () => button.last().click({ timeout: usualLimitMs }));
    await waitForQuickPick(page, 'Choose a file to send');
    await scene.picture(page, 'file-to-send');
    await page.keyboard.press('Escape');
  });

  const expectTicks = async (page: Page, done: readonly boolean[]): Promise<void> => {
    for (const [n, title] of steps.entries()) {
      const tick = page.getByRole('checkbox', { name: new RegExp(title), checked: done[n] ?? false }).first();
      await expectOnScreen(page, `the tick of "${title}", ${String(done[n])}`, () => tick.waitFor({ timeout: usualLimitMs }));
    }
  };

  const lookAtStep = async (page: Page, title: string): Promise<void> => {
    const step = page.locator('.gettingStartedContainer').getByRole('button', { name: new RegExp(title) });
    await expectOnScreen(page, `the step "${title}"`, async () => {
      if ((await step.first().getAttribute('aria-expanded')) !== 'true') await step.first().click({ timeout: usualLimitMs });
    });
    await scene.picture(page, title.toLowerCase().replaceAll(' ', '-'), (name) => waitForPicture(page, name));
  };

  /** A page that is narrow has no room for the picture of a step, and draws it anew once there is. */
  const waitForPicture = async (page: Page, name: string): Promise<void> => {
    if (!name.endsWith('1280')) return;
    const picture = page.locator('iframe.webview.ready').last().contentFrame().locator('#active-frame').contentFrame();
    const drawn = picture.locator('svg').first();
    await expectOnScreen(page, `the picture of ${name}`, () => drawn.waitFor({ timeout: usualLimitMs }));
  };

  it('lets two windows of one person send to each other without a question', async () => {
    const [from] = scene.seats;
    const folder = join(from.side.workspace, '..', 'second');
    await mkdir(folder);
    await writeFile(join(folder, 'back.txt'), 'and back\n');
    const second: Seat = { side: { ...from.side, displayName: 'second' }, page: await scene.openBeside(from, folder) };
    const first: Seat = { side: { ...from.side, displayName: 'workspace' }, page: from.page };
    await sendUnasked(first, second, 'mine.txt', files['mine.txt']);
    await sendUnasked(second, first, 'back.txt', 'and back\n');
    await openViewContainer(from.page, 'Ferry');
    await spokenRow(from.page, /^second, your own window, This computer$/);
    await scene.picture(from.page, 'own-windows');
    await checkWithAxe(from.page, 'the views of a person with two windows');
  });

  const sendUnasked = async (from: Seat, to: Seat, name: string, content: string): Promise<void> => {
    await offerFile(from, to, name);
    await waitForNotification(to.page, `Saved ${name}`);
    assert.equal(await to.page.locator('.notification-list-item', { hasText: 'wants to send' }).count(), 0);
    assert.equal(await readFile(join(to.side.received, name), 'utf8'), content);
    await clearToasts(from.page, to.page);
  };
});
