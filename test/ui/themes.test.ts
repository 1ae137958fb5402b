// All that Ferry shows, in each theme, wide and narrow: its views, the list of peers, a request, the questions, the numbers.

import { beginPairing, clearToasts, offerFile, pickPeer, waitForEditor } from '../host/lib/acts.ts';
import { openViewContainer } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  enterText,
  openFile,
  pickQuickPickItem,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { checkWithAxe } from './lib/axe.ts';
import { spokenChoice, spokenDialog, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const files = { 'notes.md': '# Notes\n', 'a-rather-long-name-of-a-file-that-is-sent.md': '# Long\n', 'build.sh': 'echo built\n' };

describe('What Ferry shows in each theme', () => {
  const scene = sceneOf('themes', { cast: [ada, grace], files });

  const lookAt = async (at: 0 | 1, what: string): Promise<void> => {
    const { page } = scene.seats[at];
    await scene.picture(page, what, (name) => checkWithAxe(page, name));
  };

  it('is legible before anything has arrived', async () => {
    const [{ page }] = scene.seats;
    await openViewContainer(page, 'Ferry');
    await spokenRow(page, /^grace-desktop/);
    await lookAt(0, 'welcome');
  });

  it('is legible in the list of peers', async () => {
    const [{ page }] = scene.seats;
    await openFile(page, 'notes.md');
    await waitForEditor(page, 'notes.md');
    await runCommand(page, 'Ferry: Send File to Peer…');
    await spokenChoice(page, /grace-desktop/);
    await lookAt(0, 'pick');
    await pickQuickPickItem(page, /grace-desktop/);
  });

  it('is legible in a request', async () => {
    const [from, to] = scene.seats;
    await waitForNotification(to.page, 'wants to send notes.md');
    await lookAt(1, 'request');
    await clickNotificationButton(to.page, 'Accept');
    await waitForNotification(to.page, 'Saved notes.md');
    await clearToasts(from.page, to.page);
  });

  it('is legible in the numbers of a pairing', async () => {
    const [from, to] = scene.seats;
    const code = await beginPairing(from, to);
    await lookAt(0, 'code');
    await lookAt(1, 'numbers');
    await pickQuickPickItem(to.page, new RegExp(code));
    await pickQuickPickItem(from.page, /They Picked/);
    await Promise.all([from, to].map(({ page }) => waitForNotification(page, 'Paired with')));
    await clearToasts(from.page, to.page);
  });

  it('is legible in the views with rows', async () => {
    const [from, to] = scene.seats;
    await offerFile(from, to, 'a-rather-long-name-of-a-file-that-is-sent.md');
    await waitForNotification(to.page, 'a-rather-long-name');
    await offerFile(from, to, 'build.sh');
    await runCommand(from.page, 'Ferry: Send Message…');
    await pickPeer(from, to, 'Send a message');
    await waitForQuickPick(from.page, 'Message to grace-desktop');
    await enterText(from.page, 'Two files are on their way.');
    await spokenRow(from.page, /^Messages with grace-desktop, Two files are on their way\./);
    await clearToasts(from.page, to.page);
    await openViewContainer(to.page, 'Ferry');
    await spokenRow(to.page, /^⚠? ?build\.sh.*, waiting for you, from ada-laptop/);
    await spokenRow(to.page, /^Messages with ada-laptop, 1 new/);
    await lookAt(1, 'inbox');
    await openViewContainer(from.page, 'Ferry');
    await spokenRow(from.page, /^build\.sh, waiting for their answer, to grace-desktop, 11 B$/);
    await lookAt(0, 'transfers');
  });

  it('is legible in a question', async () => {
    const [{ page }] = scene.seats;
    await (await spokenRow(page, /^grace-desktop, paired, answering$/)).click({ timeout: usualLimitMs });
    const dialog = await spokenDialog(page, /Send .* to grace-desktop\?/);
    await lookAt(0, 'question');
    await dialog.getByRole('button', { name: 'Do Not Send' }).click({ timeout: usualLimitMs });
  });
});
