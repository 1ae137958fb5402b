// Pairing as both people see it: a number on one screen, three on the other, and Enter alone pairs nobody. And what a peer who is
// blocked looks like, also to the diagnosis.

import assert from 'node:assert/strict';

import { beginPairing, clearToasts, pairBoth } from '../host/lib/acts.ts';
import type { Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, pickFromContextMenu } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { checkWithAxe } from './lib/axe.ts';
import { spokenChoice, spokenDialog, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

describe('Pairing', () => {
  const scene = sceneOf('pairing', { cast: [ada, grace], files: {} });

  before(async () => {
    for (const { page } of scene.seats) await openViewContainer(page, 'Ferry');
  });

  it('pairs nobody where both only press Enter', async () => {
    const [from, to] = scene.seats;
    await beginPairing(from, to);
    await acceptQuickInput(from.page);
    await waitForNotification(to.page, 'ada-laptop ended the pairing');
    await expectNoList(to.page);
    await spokenRow(from.page, /^grace-desktop, new, unverified, answering$/);
    await spokenRow(to.page, /^ada-laptop, new, unverified, answering$/);
    await clearToasts(from.page, to.page);
  });

  it('waits in the status bar once the notification is gone', async () => {
    const [from, to] = scene.seats;
    await runCommand(from.page, 'Ferry: Pair with Peer…');
    await pickQuickPickItem(from.page, /grace-desktop/);
    await waitForQuickPick(from.page, 'Read this number to grace-desktop');
    await waitForNotification(to.page, 'ada-laptop wants to pair');
    await clearToasts(to.page);
    const item = to.page.locator('.part.statusbar').getByRole('button', { name: 'Ferry: ada-laptop wants to pair' });
    await scene.picture(to.page, 'status');
    await expectOnScreen(to.page, 'the pairing in the status bar', () => item.click({ timeout: usualLimitMs }));
    await waitForQuickPick(to.page, 'Which number does ada-laptop read out?');
    await acceptQuickInput(to.page);
    await waitForNotification(to.page, 'ada-laptop was not paired');
    // Nobody has touched anything there.
    await waitForNotification(from.page, 'grace-desktop was not paired: the codes were not confirmed');
    await expectNoList(from.page);
    await expectOnScreen(to.page, 'no pairing in the status bar', () => item.waitFor({ state: 'hidden', timeout: usualLimitMs }));
    await clearToasts(from.page, to.page);
  });

  it('pairs both where the number is picked that was read out', async () => {
    const [from, to] = scene.seats;
    await pairBoth(from, to, async (page, step) => {
      await scene.picture(page, step);
      if (step === 'numbers') await checkNumbers();
    });
    await scene.picture(from.page, 'paired');
    await spokenRow(from.page, /^grace-desktop, paired, answering$/);
    await spokenRow(to.page, /^ada-laptop, paired, answering$/);
    await clearToasts(from.page, to.page);
  });

  const expectNoList = async (page: Page): Promise<void> => {
    const list = page.locator('.quick-input-widget:visible').first();
    await expectOnScreen(page, 'no list', () => list.waitFor({ state: 'hidden', timeout: usualLimitMs }));
  };
  const checkNumbers = async (): Promise<void> => {
    const [from, to] = scene.seats;
    const numbers = to.page.locator('.quick-input-widget:visible').getByRole('option', { name: /^(?:\d\s*){6}$/ });
    assert.equal(await numbers.count(), 3);
    await spokenChoice(to.page, /None of These/);
    await spokenChoice(from.page, /They Do Not See This Number/);
    await checkWithAxe(to.page, 'the three numbers');
    await checkWithAxe(from.page, 'the number that is read out');
  };

  it('is over for who is blocked, and the diagnosis says so', async () => {
    const [{ page }] = scene.seats;
    await pickFromContextMenu(page, await spokenRow(page, /^grace-desktop, paired/), 'Block Peer…');
    const dialog = await spokenDialog(page, /Block grace-desktop\?/);
    await scene.picture(page, 'block');
    await checkWithAxe(page, 'the question before a peer is blocked');
    await dialog.getByRole('button', { name: 'Block', exact: true }).click({ timeout: usualLimitMs });
    await spokenRow(page, /^grace-desktop, blocked$/);
    await runCommand(page, 'Ferry: Diagnose Connection…');
    await waitForQuickPick(page, 'What is to be diagnosed?');
    await scene.picture(page, 'diagnose');
    await pickQuickPickItem(page, /grace-desktop/);
    await waitForNotification(page, 'You have blocked this peer.');
    const report = page.locator('.part.editor .view-lines', { hasText: /You\shave\sblocked\sthis\speer\./ });
    await report.first().waitFor({ timeout: usualLimitMs });
    await scene.picture(page, 'report');
  });
});
