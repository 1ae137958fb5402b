// The scene of a spec: its people, each with an editor that has the packed extension, and a page in front of it. What they look
// at is kept as pictures in out/ui, in each theme, wide and narrow, one folder for each spec.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Seat } from '../../host/lib/acts.ts';
import type { Editor } from '../../host/lib/editor.ts';
import { packExtension, projectRoot } from '../../host/lib/pack.ts';
import type { Browser, Page } from '../../host/lib/playwright.ts';
import { describeScreen, expectOnScreen } from '../../host/lib/screen.ts';
import { openStage, type Role, type Stage, type StageOptions } from '../../host/lib/stage.ts';
import { ensureTools } from '../../host/lib/tools.ts';
import { launchBrowser, openWorkbench, screenshot, usualLimitMs, type Workbench } from '../../host/lib/workbench.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { followingSystem, inEachTheme } from './themes.ts';

export const pictures = join(projectRoot, 'out', 'ui');

export const ada: Role = { name: 'ada', displayName: 'ada-laptop' };
export const grace: Role = { name: 'grace', displayName: 'grace-desktop' };

export type Scene = {
  /** The people in the order of the cast. */
  readonly seats: readonly [Seat, Seat, ...Seat[]];
  /** Opens another window of a person, beside the first one, with a folder of its own. */
  openBeside(of: Seat, folder: string): Promise<Page>;
  /**
   * Keeps what a page shows, under the next number: in each theme, wide and narrow, after `look` was called for each. An open
   * menu would close, and is kept once.
   */
  picture(page: Page, what: string, look?: (name: string) => Promise<void>): Promise<void>;
  /** A file in a person's workspace. */
  file(of: Seat, name: string, content: string | Uint8Array): Promise<void>;
};

export type SceneOptions = Pick<StageOptions, 'language'> & {
  /** What is installed in place of the packed extension, made once the scene opens. */
  readonly vsix?: () => Promise<readonly string[]>;
  /** Called for each editor before a page is opened in front of it. */
  readonly prepare?: (editor: Editor) => Promise<void>;
};

/**
 * Sets a scene for the suite in which it is called: open from before its first test until after its last. `files` are in the
 * workspace of the first one.
 */
export function sceneOf(
  spec: string,
  { cast, files }: { readonly cast: readonly Role[]; readonly files: Readonly<Record<string, string>> },
  { vsix: made = packed, prepare, ...options }: SceneOptions = {},
): Scene {
  const open: { stage?: Stage; browser?: Browser; seats: Seat[]; benches: Workbench[] } = { seats: [], benches: [] };
  before(async () => {
    const tools = await ensureTools((line) => console.log(line));
    const stage = await openStage(cast.map(followingSystem), {
      ...options,
      tools,
      vsix: await made(),
      mdnsPort: await ownMdnsPort(),
    });
    open.stage = stage;
    for (const [name, content] of Object.entries(files)) await writeFile(join(stage.sides[0]?.workspace ?? '', name), content);
    const browser = await launchBrowser(tools);
    open.browser = browser;
    for (const side of stage.sides) {
      await prepare?.(side.editor);
      const bench = await openWorkbench(browser, side.editor, { folder: side.workspace });
      open.benches.push(bench);
      open.seats.push({ side, page: bench.page });
    }
    for (const { page } of open.seats) await waitForOthers(page);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await explain(spec, open.seats);
  });
  after(async () => {
    await open.browser?.close();
    await open.stage?.close();
  });
  return {
    get seats() {
      const [first, second, ...others] = open.seats;
      if (first === undefined || second === undefined) throw new Error('the scene is not open');
      return [first, second, ...others] as const;
    },
    openBeside: async (of, folder) => {
      const beside = open.benches[open.seats.indexOf(of)];
      if (open.browser === undefined || beside === undefined) throw new Error('the scene is not open');
      return (await openWorkbench(open.browser, of.side.editor, { folder, beside })).page;
    },
    picture: pictureTaker(spec),
    file: ({ side }, name, content) => writeFile(join(side.workspace, name), content),
  };
}

function pictureTaker(spec: string): Scene['picture'] {
  let count = 0;
  return async (page, what, look) => {
    count += 1;
    const begin = join(pictures, spec, `${String(count).padStart(2, '0')}-${what}`);
    if ((await page.locator('.monaco-menu').count()) > 0) {
      await screenshot(page, `${begin}.png`);
      return;
    }
    // What is said of the row under the pointer would hide the next one.
    await page.mouse.move(1, 700);
    await inEachTheme(page, async (name) => {
      await look?.(`${what}, ${name}`);
      await screenshot(page, `${begin}-${name}.png`);
    });
  };
}

/** Says and keeps what was on screen where a test failed. */
async function explain(spec: string, seats: readonly Seat[]): Promise<void> {
  for (const { side, page } of seats) {
    console.log(`${side.displayName} saw: ${await describeScreen(page)}`);
    await screenshot(page, join(pictures, 'failed', `${spec}-${side.displayName}.png`)).catch(() => undefined);
  }
}

/** Whoever begins before the other editor has answered is told that there is nobody. */
async function waitForOthers(page: Page): Promise<void> {
  const item = page.locator('[id="ferry.vscode-ferry.ferry.status"]', { hasText: 'Ferry: 1' });
  await expectOnScreen(page, 'another editor in the status bar', () => item.waitFor({ timeout: usualLimitMs }));
}

/** The packed extension; who runs all specs has packed it once for all. */
async function packed(): Promise<readonly string[]> {
  return [process.env['FERRY_UI_VSIX'] ?? (await packExtension())];
}
