// All that Ferry shows, in a language that is longer and stands in brackets: no text of ours is left out, and none is cut.

import assert from 'node:assert/strict';

import { waitForEditor } from '../host/lib/acts.ts';
import type { Page } from '../host/lib/playwright.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer } from '../host/lib/views.ts';
import { openFile, pickQuickPickItem, runCommand, usualLimitMs, waitForNotification } from '../host/lib/workbench.ts';
import { packPseudo, pseudo, pseudoLanguage } from './lib/pseudo.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

/** What is no word of ours: names of people, files and folders, product names, the sources of VS Code's own words. */
const names = /ada-laptop|grace-desktop|notes\.md|workspace|Ferry|Source:|\d+(\.\d+)? (B|kB|MB)|[A-Z2-7]{8}(-[A-Z2-7]{8})*/g;

describe('What Ferry shows in a longer language', () => {
  const scene = sceneOf(
    'pseudo',
    { cast: [ada, grace], files: { 'notes.md': '# Notes\n' } },
    { language: pseudoLanguage, vsix: packPseudo },
  );

  /** Runs one of our commands, by its title in the language. */
  const run = (page: Page, title: string): Promise<void> => runCommand(page, `Ferry: ${pseudo(title)}`);

  /** Keeps a picture, and fails with every text of ours that is not in brackets, and every one that has no room. */
  const look = async (page: Page, what: string, where: string): Promise<void> => {
    const area = page.locator(where).first();
    await expectOnScreen(page, what, () => area.waitFor({ timeout: usualLimitMs }));
    await scene.picture(page, what);
    const texts = await page
      .locator(`${where} *`)
      .evaluateAll((all) =>
        all
          .filter((one) => one.childElementCount === 0)
          .map((one) => [one.innerText.trim(), one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0] as const),
      );
    const shown = texts.filter(([text]) => text !== '');
    assert.ok(shown.length > 0, `nothing is shown in ${what}`);
    assert.deepEqual(shown.map(([text]) => text).filter(isPlain), [], `not translated in ${what}`);
  };

  it('has no plain text in its views', async () => {
    const [{ page }] = scene.seats;
    await openViewContainer(page, pseudo('Ferry'));
    await look(page, 'views', '.part.sidebar .pane');
  });

  it('has no plain text in the list of peers and in a request', async () => {
    const [from, to] = scene.seats;
    await openFile(from.page, 'notes.md');
    await waitForEditor(from.page, 'notes.md');
    await run(from.page, 'Send File to Peer…');
    await look(from.page, 'pick', '.quick-input-widget');
    await pickQuickPickItem(from.page, /grace-desktop/);
    await waitForNotification(to.page, 'notes.md');
    await look(to.page, 'request', '.notifications-toasts .notification-list-item');
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
