// Settings that do not fit are told of once, in one notification for each list of settings, which leads to them.

import assert from 'node:assert/strict';

import { expectOnScreen } from '../host/lib/screen.ts';
import { clickNotificationButton, runCommand, usualLimitMs, waitForNotification } from '../host/lib/workbench.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const settings = { 'ferry.receive.action': 'keep', 'ferry.send.encrypt': 'sometimes' };

describe('Settings that do not fit', () => {
  const scene = sceneOf('settings', { cast: [{ ...ada, settings }, grace], files: {} });

  it('give one warning, which opens them', async () => {
    const [{ page }, other] = scene.seats;
    // It may have come and gone by now: whoever was looking elsewhere finds it in the list.
    await runCommand(page, 'Notifications: Show Notifications');
    const told = await waitForNotification(page, 'ferry.receive.action');
    assert.match(await told.innerText({ timeout: usualLimitMs }), /ferry\.send\.encrypt/);
    await scene.picture(page, 'warning');
    assert.equal(await page.locator('.notification-list-item').count(), 1);
    assert.equal(await other.page.locator('.notification-list-item').count(), 0);
    await clickNotificationButton(page, 'Open Settings');
    const found = page.locator('.settings-editor', { hasText: '2 Settings Found' }).first();
    await expectOnScreen(page, 'both settings', () => found.waitFor({ timeout: usualLimitMs }));
    await scene.picture(page, 'settings');
  });
});

describe('Settings of a remote machine that do not fit', () => {
  const machine = { 'ferry.network.port': 70_000, 'ferry.history.days': 0 };
  const scene = sceneOf('machineSettings', { cast: [{ ...ada, machine }, grace], files: {} });

  it('give one warning, which opens them where that machine has its settings', async () => {
    const [{ page }] = scene.seats;
    await runCommand(page, 'Notifications: Show Notifications');
    const told = await waitForNotification(page, 'ferry.network.port');
    assert.match(await told.innerText({ timeout: usualLimitMs }), /ferry\.history\.days/);
    assert.equal(await page.locator('.notification-list-item').count(), 1);
    await clickNotificationButton(page, 'Open Settings');
    const found = page.locator('.settings-editor', { hasText: '2 Settings Found' }).first();
    await expectOnScreen(page, 'both settings', () => found.waitFor({ timeout: usualLimitMs }));
    await scene.picture(page, 'settings');
  });
});
