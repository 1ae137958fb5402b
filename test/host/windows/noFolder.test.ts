// A window with no folder.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { tempFolder } from '../../support/temp.ts';
import { setScene } from '../scene.ts';
import { offered, receives, run, saidTo, sends, shares, take, textItem } from './mainCommands.ts';

describe('No folder', () => {
  const scene = setScene();
  const place = async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'alone.txt'), 'alone\n');
    return { folder: vscode.Uri.file(folder), file: vscode.Uri.file(join(folder, 'alone.txt')), path: undefined };
  };

  describe('receiving', () => receives(scene));
  describe('sending', () => {
    sends(scene, place);
    shares(scene, place);
  });

  it('has none to accept into, and says so; another place is named in the dialog', async () => {
    const { outcome, ...row } = await offered(scene, await scene.start(), textItem('file', 'new.txt', 'new\n'));
    await run('ferry.inbox.acceptToWorkspace', row);
    assert.ok(saidTo(scene).includes('No folder of this machine is open in this window.'));
    await run('ferry.inbox.acceptSaveAs', row);
    const dialog = scene.person.shown.find(({ kind }) => kind === 'saveDialog');
    assert.equal(dialog?.at?.path.split('/').at(-1), 'new.txt');
    scene.api.inbox.decline(row.entry.id);
    await outcome;
  });

  it('has nothing to compare with, and says so', async () => {
    const row = await take(scene, await scene.start(), textItem('file', 'new.txt', 'new\n', { path: 'src/new.txt' }));
    assert.ok(!scene.person.shown.some(({ actions }) => actions.includes('Compare')));
    await run('ferry.inbox.compareFile', row);
    await scene.says(/^No folder that is open here has new\.txt\.$/);
  });
});
