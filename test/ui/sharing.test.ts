// A shared folder as both people see it, and messages: shared, browsed, opened, compared and got; sent, answered, and there again
// after the window was loaded anew.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, pairBoth, pickPeer, waitForEditor } from '../host/lib/acts.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer, pickFromContextMenu, waitForTreeRow } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  enterText,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { checkWithAxe } from './lib/axe.ts';
import { spokenChoice, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const guide = '# Guide\n\nThe one that Ada shares.\n';

describe('What peers share and write', () => {
  const scene = sceneOf('sharing', { cast: [ada, grace], files: {} });

  before(async () => {
    const [from, to] = scene.seats;
    await mkdir(join(from.side.workspace, 'docs'));
    await writeFile(join(from.side.workspace, 'docs', 'guide.md'), guide);
    await scene.file(to, 'mine.md', '# Guide\n\nMine.\n');
    await pairBoth(from, to);
    await clearToasts(from.page, to.page);
  });

  it('shares a folder by the menu of the Explorer', async () => {
    const [{ page }] = scene.seats;
    await pickFromContextMenu(page, await waitForTreeRow(page, /^\s*docs\s*$/), 'Share Folder…');
    await waitForQuickPick(page, 'Share docs with');
    await scene.picture(page, 'share-with');
    await checkWithAxe(page, 'with whom a folder is shared');
    await pickQuickPickItem(page, 'All paired peers');
    await waitForNotification(page, 'docs is shared with all paired peers.');
    await scene.picture(page, 'shared');
    await clearToasts(page);
  });

  it('is browsed and opened, read-only, and compared with a file of the workspace', async () => {
    const [from, to] = scene.seats;
    const { page } = to;
    await runCommand(page, "Ferry: Browse Peer's Files…");
    await pickPeer(to, from, "Browse a peer's files");
    await waitForQuickPick(page, 'What ada-laptop shares');
    await pickQuickPickItem(page, /docs/);
    await spokenChoice(page, /guide\.md/);
    await scene.picture(page, 'browse');
    await pickQuickPickItem(page, /guide\.md/);
    await waitForEditor(page, 'guide.md');
    const address = await page.locator('.part.editor .tab.active').first().getAttribute('aria-label', { timeout: usualLimitMs });
    assert.match(address ?? '', /^guide\.md/);
    await expectOnScreen(page, 'the text that is shared', async () => {
      await page
        .locator('.view-line', { hasText: /The\sone\sthat\sAda\sshares\./ })
        .first()
        .waitFor({ timeout: usualLimitMs });
    });
    await scene.picture(page, 'opened');
    await runCommand(page, 'File: Compare Active File With...');
    await waitForQuickPick(page);
    await page.keyboard.type('mine.md');
    await pickQuickPickItem(page, /mine\.md/);
    await expectOnScreen(page, 'a comparison', async () => {
      await page.locator('.part.editor .monaco-diff-editor').first().waitFor({ timeout: usualLimitMs });
    });
    await scene.picture(page, 'compared');
  });

  it('is got from its row, byte for byte', async () => {
    const [from, to] = scene.seats;
    const { page } = to;
    await openViewContainer(page, 'Ferry');
    const peer = await spokenRow(page, /^ada-laptop, paired, answering$/);
    await peer.locator('.monaco-tl-twistie').click({ timeout: usualLimitMs });
    const folder = await spokenRow(page, /^docs, shared by ada-laptop$/);
    await folder.locator('.monaco-tl-twistie').click({ timeout: usualLimitMs });
    const file = await spokenRow(page, /^guide\.md, 34 B, shared by ada-laptop$/);
    await scene.picture(page, 'rows');
    await pickFromContextMenu(page, file, 'Get File from Peer…');
    await waitForNotification(page, 'Saved guide.md');
    assert.equal(await readFile(join(to.side.received, 'guide.md'), 'utf8'), guide);
    await openViewContainer(from.page, 'Ferry');
    await spokenRow(from.page, /^grace-desktop got guide\.md, shared, 34 B$/);
    await scene.picture(from.page, 'got');
    await clearToasts(from.page, page);
  });

  it('sends a message and the answer to it, and both are there after the window was loaded anew', async () => {
    const [from, to] = scene.seats;
    await runCommand(from.page, 'Ferry: Send Message…');
    await pickPeer(from, to, 'Send a message');
    await waitForQuickPick(from.page, 'Message to grace-desktop');
    await scene.picture(from.page, 'write');
    await checkWithAxe(from.page, 'the box for a message');
    await enterText(from.page, 'Is the guide any good?');
    await waitForNotification(to.page, 'Is the guide any good?');
    await scene.picture(to.page, 'message');
    await clickNotificationButton(to.page, 'Reply');
    await waitForQuickPick(to.page, 'Message to ada-laptop');
    await enterText(to.page, 'Very good.');
    await waitForNotification(from.page, 'Very good.');
    await from.page.reload();
    const thread = await spokenRow(from.page, /^Messages with grace-desktop, 1 new, Very good\./);
    await thread.locator('.monaco-tl-twistie').click({ timeout: usualLimitMs });
    await spokenRow(from.page, /from grace-desktop, Very good\./);
    await spokenRow(from.page, /^delivered, to grace-desktop, Is the guide any good\?/);
    await scene.picture(from.page, 'after-reload');
    await checkWithAxe(from.page, 'the views after a reload');
  });
});
