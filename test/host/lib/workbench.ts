// Opens a VS Code workbench in a browser and drives it as a person would: palette, quick open, quick picks, notifications.
// Every wait has a limit, and one that fails says what was on screen.

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type Editor, folderUrl } from './editor.ts';
import { type DevelopmentOptions, injectDevelopmentOptions, seedUserState } from './pageSetup.ts';
import type { Browser, BrowserContext, Locator, Page } from './playwright.ts';
import { expectOnScreen } from './screen.ts';
import type { Tools } from './tools.ts';

export type WorkbenchOptions = DevelopmentOptions & {
  /** What to open, as folderUrl takes it. */
  readonly folder: string | undefined;
  /** 1280 by 800 where absent. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Opens a second window of the same person: it shares the secrets and the stored state of this one. */
  readonly beside?: Workbench;
};

export type Workbench = {
  readonly page: Page;
  /** Closes the window as a person does; the first window of a person takes its browser context, and so the secrets, with it. */
  close(): Promise<void>;
};

/** What has not appeared by then never will, however much else the machine has to do. */
export const usualLimitMs = 60_000;

const openLimitMs = 90_000;

/** After this long without an answer, a key is pressed again. */
const shortLimitMs = 3_000;

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  // The workbench asks a gallery and a telemetry host for things; here no name but this machine's address is ever looked up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Starts the browser, with a home folder of its own that is removed when it has ended, or this process does. */
export async function launchBrowser(tools: Tools): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'ferry-browser-'));
  const removeHome = (): void => {
    process.removeListener('exit', removeHome);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', removeHome);
  try {
    const browser = await tools.playwright.chromium.launch({
      executablePath: tools.chromiumPath,
      headless: true,
      args: browserFlags,
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', HOME: home, XDG_CONFIG_HOME: home, ...tools.chromiumEnv },
      timeout: 60_000,
    });
    browser.on('disconnected', removeHome);
    return browser;
  } catch (error) {
    removeHome();
    throw error;
  }
}

/** Opens an editor's workbench, in a browser context of its own unless told otherwise, and waits until it can be used. */
export async function openWorkbench(browser: Browser, editor: Editor, options: WorkbenchOptions): Promise<Workbench> {
  const context = options.beside?.page.context() ?? (await newContext(browser, options.viewport));
  const closeContext = async (): Promise<void> => {
    if (options.beside === undefined) await context.close();
  };
  try {
    const page = await context.newPage();
    if (options.beside === undefined) await seedUserState(page, editor.url);
    await injectDevelopmentOptions(page, options);
    await page.goto(folderUrl(editor, options.folder), { timeout: openLimitMs });
    await waitForWorkbench(page, options.folder !== undefined);
    const close = async (): Promise<void> => {
      await page.close();
      await closeContext();
    };
    return { page, close };
  } catch (error) {
    await closeContext();
    throw error;
  }
}

/** Waits until the workbench in a page, with a folder in it, can be used; after a reload too. */
export async function waitForWorkbench(page: Page, hasFolder = true): Promise<void> {
  await expectOnScreen(page, 'the workbench', async () => {
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: openLimitMs });
    if (!hasFolder) return;
    // The Explorer's tree comes once the workbench talks to the editor's server.
    await page.locator('.explorer-folders-view .monaco-list-rows').waitFor({ state: 'attached', timeout: openLimitMs });
  });
}

async function newContext(browser: Browser, viewport = { width: 1280, height: 800 }): Promise<BrowserContext> {
  return await browser.newContext({ viewport, deviceScaleFactor: 1, colorScheme: 'light', locale: 'en-US' });
}

/** Runs a command by its full title, through the command palette; `typed` is what finds it. */
export async function runCommand(page: Page, title: string, typed = title): Promise<void> {
  await pickThroughQuickInput(page, { key: 'F1', text: `>${typed}`, label: title });
}

/** Opens a workspace file by its name, through quick open, and waits until its editor is the active one. */
export async function openFile(page: Page, name: string): Promise<void> {
  await pickThroughQuickInput(page, { key: 'Control+P', text: name, label: name });
  await expectOnScreen(page, `an editor with ${name}`, async () => {
    const tab = page.locator(`.part.editor .tab.active[data-resource-name=${JSON.stringify(name)}]`);
    await tab.first().waitFor({ timeout: usualLimitMs });
  });
}

/**
 * Waits for a quick pick or input box, with the given words in its title, placeholder or prompt where some are given, and
 * gives the texts of its choices.
 */
export async function waitForQuickPick(page: Page, words?: string): Promise<readonly string[]> {
  const widget = page.locator('.quick-input-widget:visible');
  const asked =
    words === undefined
      ? widget
      : widget.filter({ hasText: words }).or(widget.locator(`input[placeholder*=${JSON.stringify(words)}]`));
  await expectOnScreen(page, words === undefined ? 'a quick pick' : `a quick pick that says "${words}"`, async () => {
    await asked.first().waitFor({ timeout: usualLimitMs });
  });
  return await widget.locator('.monaco-list-row').allInnerTexts();
}

/**
 * Clicks the one choice of the open quick pick whose label is the given text, or matches, or whose whole text matches; `look` is
 * called when it is there.
 */
export async function pickQuickPickItem(page: Page, matcher: string | RegExp, look?: () => Promise<void>): Promise<void> {
  const row = quickPickRow(page, matcher);
  await expectOnScreen(page, `the choice ${String(matcher)}`, async () => {
    await row.waitFor({ timeout: usualLimitMs });
    await look?.();
    await row.click({ timeout: usualLimitMs });
  });
}

/** Presses Enter in the open quick pick or input box: accepts what is chosen or typed. */
export async function acceptQuickInput(page: Page): Promise<void> {
  const input = await quickInput(page);
  await input.press('Enter', { timeout: usualLimitMs });
}

/** Types into the open input box and accepts it. */
export async function enterText(page: Page, text: string): Promise<void> {
  const input = await quickInput(page);
  await input.fill(text, { timeout: usualLimitMs });
  await input.press('Enter', { timeout: usualLimitMs });
}

/** Waits for a notification, as a toast or in the notification centre, that has the given text. */
export async function waitForNotification(page: Page, text: string | RegExp, limitMs = usualLimitMs): Promise<Locator> {
  const notification = page.locator(notificationSelector, { hasText: text }).first();
  await expectOnScreen(page, `a notification that says ${String(text)}`, async () => {
    await notification.waitFor({ timeout: limitMs });
  });
  return notification;
}

/** Clicks a button of a notification: of the first that has such a button and, where given, such a text. */
export async function clickNotificationButton(page: Page, label: string, text?: string | RegExp): Promise<void> {
  const all = text === undefined ? page.locator(notificationSelector) : page.locator(notificationSelector, { hasText: text });
  const button = all.locator('.monaco-button', { hasText: exactly(label) }).first();
  await expectOnScreen(page, `a notification with a button "${label}"`, async () => {
    await button.click({ timeout: usualLimitMs });
  });
}

/** The texts of the status bar, from left to right. A text that is an icon alone gives its spoken label. */
export async function statusBarText(page: Page): Promise<string> {
  const items = await page
    .locator('.part.statusbar .statusbar-item:visible')
    .evaluateAll((elements) =>
      elements.map((item) => item.innerText.replace(/\s+/g, ' ').trim() || (item.getAttribute('aria-label') ?? '')),
    );
  return items.join(' | ');
}

/** Saves a picture of the page, in a folder that is made where there is none. */
export async function screenshot(page: Page, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

const notificationSelector =
  '.notifications-toasts .notification-list-item, .notifications-center.visible .notification-list-item';

/**
 * Opens the quick input with a key, types, and clicks the choice with the given label. Tries again for a while: a workbench
 * that has just opened may not hear the key, and the list holds what was known when it was asked, which leaves out the
 * commands of an extension that is only just being found.
 */
async function pickThroughQuickInput(
  page: Page,
  what: { readonly key: string; readonly text: string; readonly label: string },
): Promise<void> {
  const input = page.locator('.quick-input-widget input.input:visible').first();
  const row = quickPickRow(page, what.label);
  const deadline = Date.now() + usualLimitMs;
  do {
    await page.keyboard.press(what.key);
    if (!(await appears(input))) continue;
    // What was closed last may take this one with it, where the machine has much to do.
    const typed = await succeeds(input.fill(what.text, { timeout: shortLimitMs }));
    if (typed && (await succeeds(row.click({ timeout: shortLimitMs })))) return;
    await page.keyboard.press('Escape');
  } while (Date.now() < deadline);
  await expectOnScreen(page, `the choice "${what.label}" after ${what.key}`, async () => {
    await row.click({ timeout: shortLimitMs });
  });
}

async function appears(locator: Locator): Promise<boolean> {
  return await succeeds(locator.waitFor({ timeout: shortLimitMs }));
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  return await work.then(
    () => true,
    () => false,
  );
}

async function quickInput(page: Page): Promise<Locator> {
  const input = page.locator('.quick-input-widget input.input').first();
  await expectOnScreen(page, 'the quick input', async () => {
    await input.waitFor({ timeout: usualLimitMs });
  });
  return input;
}

function quickPickRow(page: Page, matcher: string | RegExp): Locator {
  const rows = page.locator('.quick-input-widget .monaco-list-row');
  if (typeof matcher !== 'string') return rows.filter({ hasText: matcher }).first();
  return rows.filter({ has: page.locator('.quick-input-list-label .label-name', { hasText: exactly(matcher) }) }).first();
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
