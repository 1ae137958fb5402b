// All that Ferry shows, in a language that is longer and stands in brackets: no text of ours is left out, and none has no room.

import assert from 'node:assert/strict';

import { waitForEditor } from '../host/lib/acts.ts';
import type { Locator, Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer } from '../host/lib/views.ts';
import {
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { packPseudo, pseudo, pseudoLanguage, registerPseudo } from './lib/pseudo.ts';
import { spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

/** What is no word of ours: names of people, files and folders, amounts, fingerprints, and what VS Code says around it. */
const names =
  /ada-laptop|grace-desktop|notes\.md|Ferry|Source:|Cancel|\(Press 'Enter'.*\)|\d+(\.\d+)?\s(B|kB|MB)|[A-Z2-7]{7}(-[A-Z2-7]{7})*/g;

const list = '.quick-input-widget';
const toasts = '.notifications-toasts .notification-list-item';
const dialog = '.monaco-dialog-box';

/** Where the texts of ours stand in each of them; what counts the choices of a list is VS Code's. */
const textsOf: Readonly<Record<string, string>> = {
  [list]: '.quick-input-title:visible, .quick-input-message:visible, .monaco-list-row *:visible',
};

/** What must be whole to be of use. Beside a label of a row, what says least may be cut off. */
const whole = '.monaco-button, .quick-input-title, .dialog-message-text, .title';

describe('What Ferry shows in a longer language', () => {
  const scene = sceneOf(
    'pseudo',
    { cast: [ada, grace], files: { 'notes.md': '# Notes\n' } },
    { language: pseudoLanguage, vsix: packPseudo, prepare: registerPseudo },
  );

  /** Runs one of our commands, by its title in the language, and waits for its list in place of that of the commands. */
  const run = async (page: Page, title: string): Promise<void> => {
    await runCommand(page, `Ferry: ${pseudo(title)}`, `Ferry: ${title}`);
    await waitForList(page);
  };

  const waitForList = async (page: Page): Promise<void> => {
    const parts = page.locator(`${list} .quick-input-list-separator:visible`);
    const commands = parts.filter({ hasText: /^(similar commands|recently used|other commands)$/ });
    await expectOnScreen(page, 'a list with a title', async () => {
      await page.locator(`${list} .quick-input-title:visible`).first().waitFor({ timeout: usualLimitMs });
      await commands.first().waitFor({ state: 'detached', timeout: usualLimitMs });
    });
  };

  /** Keeps a picture, and fails with every text of ours that is not in brackets, and every one that has no room. */
  const look = async (page: Page, what: string, where: string): Promise<void> => {
    const area = page.locator(`${where}:visible`).first();
    await expectOnScreen(page, what, () => area.waitFor({ timeout: usualLimitMs }));
    await scene.picture(page, what);
    const shown = await area.locator(textsOf[where] ?? '*:not(style):visible').evaluateAll((all) => {
      const leaves = all.filter(({ childElementCount }) => childElementCount === 0);
      return leaves.map(({ innerText }) => innerText.trim()).filter((text) => text !== '');
    });
    assert.ok(shown.length > 0, `nothing is shown in ${what}`);
    if (where === list) shown.push((await area.locator('input.input').first().getAttribute('placeholder')) ?? '');
    assert.deepEqual(shown.filter(isPlain), [], `not translated in ${what}`);
    const cut = await area.locator(whole).evaluateAll((all) => {
      return all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map(({ innerText }) => innerText);
    });
    assert.deepEqual([...cut, ...(await cutInRows(area))], [], `cut in ${what}`);
  };

  /** What reaches over the end of its choice. */
  const cutInRows = (area: Locator): Promise<string[]> =>
    area.locator('[role="option"] *:visible').evaluateAll((all) => {
      const leaves = all.filter(({ childElementCount, innerText }) => childElementCount === 0 && innerText.trim() !== '');
      const endOf = (element: (typeof all)[number] | null): number => element?.getBoundingClientRect().right ?? 0;
      return leaves.filter((leaf) => endOf(leaf) > endOf(leaf.closest('[role="option"]')) + 1).map(({ innerText }) => innerText);
    });

  const leave = async (page: Page): Promise<void> => {
    await page.keyboard.press('Escape');
    await expectOnScreen(page, 'no list', () => page.locator(list).first().waitFor({ state: 'hidden', timeout: usualLimitMs }));
  };

  it('has no plain text in its views', async () => {
    const [{ page }] = scene.seats;
    await openViewContainer(page, pseudo('Ferry'));
    await spokenRow(page, /^grace-desktop/);
    for (const view of ['Inbox', 'Peers', 'Transfers', 'Messages'])
      await look(page, `view-${view}`, `.part.sidebar .pane:has(.pane-header[aria-label^="［${view}"])`);
  });

  for (const title of ['More…', 'Choose Who Can Reach You…', 'Diagnose Connection…', 'Pair with Peer…', 'Add Peer by Address…']) {
    it(`has no plain text in the list of "${title}"`, async () => {
      const [{ page }] = scene.seats;
      await run(page, title);
      await look(page, title.replaceAll(/\W+/g, '-').toLowerCase(), list);
      await leave(page);
    });
  }

  it('has no plain text in the list behind the status bar', async () => {
    const [{ page }] = scene.seats;
    await page.locator('[id="ferry.vscode-ferry.ferry.status"] a').click({ timeout: usualLimitMs });
    await waitForList(page);
    await look(page, 'actions', list);
    await leave(page);
  });

  it('has no plain text while a file is sent, in a request, and once it is saved', async () => {
    const [from, to] = scene.seats;
    await openFile(from.page, 'notes.md');
    await waitForEditor(from.page, 'notes.md');
    await run(from.page, 'Send File to Peer…');
    await look(from.page, 'peers', list);
    await pickQuickPickItem(from.page, /grace-desktop/);
    const asked = await waitForNotification(to.page, 'notes.md');
    await look(from.page, 'sending', toasts);
    await look(to.page, 'request', toasts);
    await openViewContainer(to.page, pseudo('Ferry'));
    await (await spokenRow(to.page, /^notes\.md/)).click({ timeout: usualLimitMs });
    await look(to.page, 'answer', list);
    await leave(to.page);
    await asked.getByRole('button', { name: /Accept/ }).click({ timeout: usualLimitMs });
    await spokenRow(to.page, /^notes\.md, ［saved/);
    await waitForNotification(to.page, 'Saved');
    await look(to.page, 'saved', toasts);
  });

  it('has no plain text in a pairing', async () => {
    const [from, to] = scene.seats;
    await run(from.page, 'Pair with Peer…');
    await pickQuickPickItem(from.page, /grace-desktop/);
    const asked = await waitForNotification(to.page, 'wants to pair');
    await look(to.page, 'pairing', toasts);
    await asked.getByRole('button', { name: /Compare Codes/ }).click({ timeout: usualLimitMs });
    await waitForQuickPick(to.page, 'Which number');
    await look(to.page, 'numbers', list);
    await waitForQuickPick(from.page, 'Read this number');
    await look(from.page, 'number', list);
    await leave(to.page);
    await leave(from.page);
  });

  it('has no plain text in a question', async () => {
    const [{ page }] = scene.seats;
    await (await spokenRow(page, /^grace-desktop/)).click({ timeout: usualLimitMs });
    await look(page, 'question', dialog);
    await page.keyboard.press('Escape');
  });
});

/** Whether words are left once all that stands in brackets is taken out. */
function isPlain(text: string): boolean {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/［[^［］]*］/g, '');
  }
  return /[A-Za-z]{2}/.test(rest.replace(names, ''));
}
