// A remote window: here the extension always runs on the machine of the folder, as the server of VS Code has it.

import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { skip } from '../support/skipping.ts';
import { setScene } from './scene.ts';

const sentence = 'Ferry runs on the remote machine of this window, and is found on the networks of that machine alone.';

describe('A remote window', () => {
  const scene = setScene();

  before(function () {
    if (vscode.env.remoteName === undefined) skip(this, 'a remote window, as the server of VS Code opens');
  });

  it('is told whose networks it is on, where the person chooses who can reach them', async () => {
    await vscode.commands.executeCommand('ferry.setVisibility');
    const [pick] = scene.person.shown;
    assert.equal(pick?.text, `Who can reach this editor? ${sentence}`);
  });

  it('is told the same by the doctor, and what to do about it', async () => {
    scene.person.answer(/What is to be diagnosed/, /Everything$/);
    await vscode.commands.executeCommand('ferry.diagnose');
    const text = (await scene.opened()).getText();
    assert.ok(text.includes(`${sentence}\n   Install Ferry locally to reach peers beside you.`), text);
  });

  it('shows where a received file lies by its path, as there is no file manager over there', async () => {
    const received = { path: '/somewhere/else/a.txt', item: { name: 'a.txt', kind: 'file' }, n: 0 };
    await vscode.commands.executeCommand('ferry.inbox.reveal', { entry: { id: 'none', received: [received] } });
    await scene.says(/^It is in \/somewhere\/else\.$/);
  });
});
