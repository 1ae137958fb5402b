// An act of the demo: a window that its person took offline is so after it was loaded again, until they go online.

import { setTimeout as delay } from 'node:timers/promises';

import type { Seat } from '../host/lib/acts.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import { runCommand, usualLimitMs } from '../host/lib/workbench.ts';
import { picture, savedLimitMs } from './acts.ts';

/** Plays the act; the pictures begin with `number`. */
export async function stayOffline({ page }: Seat, other: Seat, number: string): Promise<void> {
  await openViewContainer(page, 'Ferry');
  await openViewContainer(other.page, 'Ferry');
  await waitForTreeRow(other.page, /· answering$/);
  const offline = page.locator('.part.sidebar', { hasText: 'Ferry is offline. Nobody can reach you.' }).first();
  await runCommand(page, 'Ferry: Go Offline');
  await expectOnScreen(page, 'that Ferry is offline', () => offline.waitFor({ timeout: usualLimitMs }));
  // An editor in a browser writes down every five seconds what a window has to remember, and nothing tells when it has.
  await delay(8_000);
  await page.reload({ timeout: usualLimitMs });
  await expectOnScreen(page, 'that Ferry is still offline', () => offline.waitFor({ timeout: savedLimitMs }));
  await picture(page, number, '4-offline-after-reload');
  await runCommand(page, 'Ferry: Go Online');
  await expectOnScreen(page, 'that Ferry is online', () => offline.waitFor({ state: 'detached', timeout: usualLimitMs }));
  await waitForTreeRow(other.page, /· answering$/);
}
