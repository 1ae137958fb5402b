// The demo: the main job on real input, driven as a person would. Prints what was sent and what was saved; `--json` makes the last
// line one JSON object. Exit code 1 where anything differs.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Page } from '../host/lib/playwright.ts';
import { openViewContainer } from '../host/lib/views.ts';
import {
  acceptQuickInput,
  clickNotificationButton,
  openFile,
  pickQuickPickItem,
  runCommand,
  screenshot,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { projectRoot } from './pack.ts';
import { openPages, openStage, type Stage } from './stage.ts';
import { demoFiles } from './workspace.ts';

type Transfer = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256Sent: string;
  readonly sha256Received: string;
  readonly milliseconds: number;
};

type Pages = { readonly left: Page; readonly right: Page };

const json = process.argv.includes('--json');
const pictures = join(projectRoot, 'out', 'demo');
/** Includes the time of the slowest machine that we know; a transfer takes a fraction of it. */
const savedLimitMs = 120_000;

const say = (line: string): void => console.log(line);
await rm(pictures, { recursive: true, force: true });
const stage = await openStage(say);
try {
  const pages = await openPages(stage);
  const transfers: Transfer[] = [];
  try {
    await openViewContainer(pages.right, 'Ferry');
    for (const [index, { name, what }] of demoFiles.entries()) {
      say(`sending ${what}, ${name}`);
      transfers.push(await sendOne(stage, pages, name, String(index + 1)));
    }
  } finally {
    await pages.close();
  }
  report(transfers, stage.vscodeVersion);
} finally {
  await stage.close();
}

async function sendOne({ left, right }: Stage, pages: Pages, name: string, number: string): Promise<Transfer> {
  const picture = (page: Page, what: string): Promise<void> => screenshot(page, join(pictures, `${number}-${what}.png`));
  await openFile(pages.left, name);
  await pages.left.keyboard.press('F1');
  await typeInPalette(pages.left, 'Ferry: Send File');
  await picture(pages.left, '1-palette');
  await pages.left.keyboard.press('Escape');
  await runCommand(pages.left, 'Ferry: Send File to Peer');
  await waitForQuickPick(pages.left, name);
  await pickQuickPickItem(pages.left, new RegExp(right.displayName));
  await picture(pages.left, '2-peers');
  await acceptQuickInput(pages.left);
  await waitForNotification(pages.right, `${left.displayName}`);
  await waitForNotification(pages.left, 'waiting for');
  await picture(pages.left, '3-waiting');
  await picture(pages.right, '4-request');
  const begin = performance.now();
  await clickNotificationButton(pages.right, 'Accept');
  await waitForNotification(pages.right, `Saved ${name}`, savedLimitMs);
  const milliseconds = Math.round(performance.now() - begin);
  await waitForNotification(pages.left, 'received');
  await picture(pages.left, '5-delivered');
  await clickNotificationButton(pages.right, 'Open', `Saved ${name}`);
  await pages.right.locator(`.part.editor .tab.active[data-resource-name="${name}"]`).first().waitFor({ timeout: 30_000 });
  await picture(pages.right, '6-saved');
  await Promise.all([clearToasts(pages.left), clearToasts(pages.right)]);
  const [sent, saved] = [join(left.workspace, name), join(right.received, name)];
  return {
    name,
    bytes: (await stat(saved)).size,
    sha256Sent: await sha256Of(sent),
    sha256Received: await sha256Of(saved),
    milliseconds,
  };
}

async function typeInPalette(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input.input:visible').first();
  await input.waitFor({ timeout: 20_000 });
  await input.fill(`>${text}`, { timeout: 20_000 });
  await page.locator('.quick-input-widget .monaco-list-row').first().waitFor({ timeout: 20_000 });
}

async function clearToasts(page: Page): Promise<void> {
  await runCommand(page, 'Notifications: Clear All Notifications');
}

function report(transfers: readonly Transfer[], vscodeVersion: string): void {
  const ok =
    transfers.length === demoFiles.length && transfers.every((transfer) => transfer.sha256Sent === transfer.sha256Received);
  for (const { name, bytes, sha256Sent, sha256Received, milliseconds } of transfers) {
    say(
      `\n${name}: ${bytes} bytes in ${milliseconds} ms, from Accept to saved\n  sent     ${sha256Sent}\n  received ${sha256Received}`,
    );
  }
  say(`\nscreenshots: ${relative(process.cwd(), pictures)}/*.png`);
  if (json) say(JSON.stringify({ ok, vscodeVersion, transfers }));
  else say(ok ? 'ok: all digests are equal' : 'FAILED: digests differ');
  process.exitCode = ok ? 0 : 1;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
