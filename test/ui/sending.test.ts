// Sending a file in each of the ways that a person has: the palette, the menu of the Explorer, and a drop on a peer.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clearToasts, offerFile, sendFromExplorer, waitForEditor } from '../host/lib/acts.ts';
import { expectOnScreen } from '../host/lib/screen.ts';
import { openViewContainer } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  openFile,
  runCommand,
  usualLimitMs,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { spokenChoice, spokenRow } from './lib/rows.ts';
import { ada, grace, sceneOf } from './lib/scene.ts';

const files = {
  'palette.txt': 'from the palette\n',
  'menu.txt': 'from the menu\n',
  'drop.txt': 'dropped\n',
  'settings.py': "{'size': (3, 4), 'names': {'a', 'b'}, 'since': date(2026, 1, 2), 'raw': b'x', 7: None}\n",
};

describe('Sending a file', () => {
  const scene = sceneOf('sending', { cast: [ada, grace], files });

  const arrives = async (name: keyof typeof files): Promise<void> => {
    const [, to] = scene.seats;
    await waitForNotification(to.page, `wants to send ${name}`);
    await scene.picture(to.page, 'asked');
    await clickNotificationButton(to.page, 'Accept');
    await waitForNotification(to.page, `Saved ${name}`);
    assert.equal(await readFile(join(to.side.received, name), 'utf8'), files[name]);
  };

  it('goes by the palette', async () => {
    const [from, to] = scene.seats;
    await openViewContainer(to.page, 'Ferry');
    await offerFile(from, to, 'palette.txt', (page, step) => scene.picture(page, step));
    await arrives('palette.txt');
    await spokenRow(to.page, /^palette\.txt, saved, from ada-laptop, 17 B$/);
    await scene.picture(to.page, 'saved');
    await clearToasts(from.page, to.page);
  });

  it('goes by the menu of the Explorer', async () => {
    const [from, to] = scene.seats;
    await sendFromExplorer(from, to, {
      name: 'menu.txt',
      entry: 'Send File to Peer…',
      look: (page, step) => scene.picture(page, step),
    });
    await arrives('menu.txt');
    await openViewContainer(from.page, 'Ferry');
    await spokenRow(from.page, /^menu\.txt, delivered, to grace-desktop, 14 B$/);
    await scene.picture(from.page, 'delivered');
    await clearToasts(from.page, to.page);
  });

  it('says beforehand that it encrypts', async () => {
    const [{ page }] = scene.seats;
    await openFile(page, 'palette.txt');
    await runCommand(page, 'Ferry: Send File to Peer… (Encrypted)');
    await waitForQuickPick(page, 'Send palette.txt, encrypted');
    await scene.picture(page, 'encrypted');
    await page.keyboard.press('Escape');
  });

  it('says of a dictionary what its reading changes', async () => {
    const [{ page }] = scene.seats;
    await openFile(page, 'settings.py');
    await waitForEditor(page, 'settings.py');
    await runCommand(page, 'Ferry: Send Selection as Dictionary…');
    await spokenChoice(page, /"size": \[ 3, 4 \].*Tuples became lists\./);
    await scene.picture(page, 'dictionary');
    await page.keyboard.press('Escape');
  });

  it('goes by a drop on a peer', async () => {
    const [from, to] = scene.seats;
    await openFile(from.page, 'drop.txt');
    await waitForEditor(from.page, 'drop.txt');
    await openViewContainer(from.page, 'Ferry');
    const peer = await spokenRow(from.page, /^grace-desktop, known, answering$/);
    const tab = from.page.getByRole('tab', { name: /^drop\.txt/ }).first();
    await expectOnScreen(from.page, 'a drop on the peer', () => tab.dragTo(peer, { timeout: usualLimitMs }));
    await arrives('drop.txt');
    await clearToasts(from.page, to.page);
  });
});
