// Windows without a plain folder: what their menus and title bars offer, and what they leave out because it cannot work there.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Editor, startEditor } from '../host/lib/editor.ts';
import { packExtension, projectRoot } from '../host/lib/pack.ts';
import type { Browser, Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { ensureTools, type Tools } from '../host/lib/tools.ts';
import { launchBrowser, openWorkbench, runCommand, screenshot, usualLimitMs, waitForQuickPick } from '../host/lib/workbench.ts';
import { testWindows } from '../host/windows/windows.ts';
import { ownMdnsPort } from '../support/mdnsPort.ts';
import { pictures } from './lib/scene.ts';

const ofFile = ['Send File to Peer…', 'Send File to Peer… (Encrypted)', 'Seal Copy…'];
const ofFolder = ['Send Folder to Peer…', 'Send Folder to Peer… (Encrypted)', 'Share Folder…'];

describe('An odd window', () => {
  let tools: Tools;
  let browser: Browser;
  let editor: Editor | undefined;
  let root: string;

  before(async () => {
    tools = await ensureTools((line) => console.log(line));
    browser = await launchBrowser(tools);
  });
  after(() => browser.close());
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ferry-'));
  });
  afterEach(async () => {
    await editor?.stop();
    await rm(root, { recursive: true, force: true });
  });

  const opened = async (wanted: string): Promise<Page> => {
    const { name, restricted, open } = testWindows.find((one) => one.name === wanted)!;
    const folder = await open(root);
    const env = { FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()) };
    const vsix = process.env['FERRY_UI_VSIX'] ?? (await packExtension());
    editor = await startEditor({ ...{ tools, name, root, restricted, env, vsix } });
    // The one that has the files of another place.
    const extensionDevelopmentPath = join(projectRoot, 'test', 'host', 'companion');
    const { page } = await openWorkbench(browser, editor, { folder, extensionDevelopmentPath });
    const status = page.locator('[id="ferry.vscode-ferry.ferry.status"]');
    await expectOnScreen(page, 'Ferry in the status bar', () => status.waitFor({ timeout: usualLimitMs }));
    return page;
  };
  /** What the menu of a row of the Explorer offers of Ferry. */
  const menuOf = async (page: Page, name: string): Promise<readonly string[]> => {
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: new RegExp(`^\\s*${name}\\s*$`) }).first();
    const entries = page.locator('.monaco-menu .action-item');
    await expectOnScreen(page, `the menu of ${name}`, async () => {
      await row.click({ button: 'right', timeout: usualLimitMs });
      await entries.filter({ hasText: /^Copy Path/ }).waitFor({ timeout: usualLimitMs });
    });
    const texts = await entries.allInnerTexts();
    await page.keyboard.press('Escape');
    await expectOnScreen(page, 'no menu', () => entries.first().waitFor({ state: 'detached', timeout: usualLimitMs }));
    return texts.map((text) => text.trim()).filter((text) => [...ofFile, ...ofFolder].includes(text));
  };
  const titleSends = async (page: Page): Promise<void> => {
    const button = page.locator('.part.editor .editor-actions .action-label[aria-label^="Send File to Peer"]');
    await expectOnScreen(page, 'the button in the title bar', () => button.waitFor({ timeout: usualLimitMs }));
  };

  it('of several roots, in Restricted Mode, sends folders of this computer and files of all', async () => {
    const page = await opened('roots');
    assert.deepEqual(await menuOf(page, 'app'), ofFolder);
    assert.deepEqual(await menuOf(page, 'far'), []);
    await screenshot(page, join(pictures, 'oddWindows', '01-roots.png'));
  });

  it('of a place that is on no disk sends its files, from the menu and the title bar, and no folder', async () => {
    const page = await opened('virtual');
    assert.deepEqual(await menuOf(page, 'src'), []);
    assert.deepEqual(await menuOf(page, 'far.txt'), ofFile);
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'far.txt' }).dblclick({ timeout: usualLimitMs });
    await titleSends(page);
    await screenshot(page, join(pictures, 'oddWindows', '02-virtual.png'));
  });

  it('without a folder asks which file to send', async () => {
    const page = await opened('none');
    await runCommand(page, 'Ferry: Send File to Peer…');
    await waitForQuickPick(page, 'Choose a file to send');
    await screenshot(page, join(pictures, 'oddWindows', '03-none.png'));
  });
});
