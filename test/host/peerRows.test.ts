// Rows of the Peers view as the place where one acts: one question, and what is open goes there.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { met } from '../../src/core/peers/book.ts';
import type { Peer } from '../../src/core/peers/peers.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';

describe('A row of a peer', () => {
  const scene = setScene();
  const rowOf = async (peer: HeadlessPeer): Promise<Peer> => {
    const { directory } = await scene.online();
    await directory.refresh();
    const found = (): Peer | undefined =>
      directory.peers.find(({ id, windows }) => id === peer.identity.peerId && windows.length > 0);
    const following = directory.onDidChange(() => void directory.greetNew());
    return eventually(directory.onDidChange, found, 'the peer answers').finally(() => following.dispose());
  };
  const open = async (name: string): Promise<vscode.Uri> => {
    const path = join(await tempFolder(), name);
    await writeFile(path, name);
    await vscode.window.showTextDocument(vscode.Uri.file(path));
    return vscode.Uri.file(path);
  };

  it('asks once, naming file and peer, and sends', async () => {
    const peer = await scene.start({ answer: 'save' });
    await open('here.txt');
    scene.person.answer(/^Send here\.txt to neighbour\?$/, 'Send');
    await vscode.commands.executeCommand('ferry.sendHere', await rowOf(peer));
    const [received] = (await peer.entry('received')).received;
    assert.equal(await readFile(received!.path, 'utf8'), 'here.txt');
    const asked = scene.person.shown.filter(({ kind }) => ['confirm', 'pick', 'input', 'openDialog'].includes(kind));
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['Send here.txt to neighbour?'],
    );
  });

  it('sends nothing where the person does not agree', async () => {
    const peer = await scene.start({ answer: 'save' });
    await open('here.txt');
    await vscode.commands.executeCommand('ferry.sendHere', await rowOf(peer));
    assert.deepEqual(peer.inbox.entries, []);
    assert.deepEqual(scene.person.shown.at(-1)?.actions, ['Do Not Send', 'Send']);
  });

  it('lets the person choose a file where none is open', async () => {
    const peer = await scene.start({ answer: 'save' });
    const uri = await open('chosen.txt');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    scene.person.open(uri);
    await vscode.commands.executeCommand('ferry.sendHere', await rowOf(peer));
    assert.equal((await peer.entry('received')).received[0]!.item.name, 'chosen.txt');
  });

  it('sends what is selected', async () => {
    const peer = await scene.start({ answer: 'save' });
    await open('selected.txt');
    vscode.window.activeTextEditor!.selection = new vscode.Selection(0, 0, 0, 6);
    await vscode.commands.executeCommand('ferry.sendSelectionTo', await rowOf(peer));
    const [received] = (await peer.entry('received')).received;
    assert.deepEqual([received!.item.kind, await readFile(received!.path, 'utf8')], ['snippet', 'select']);
  });

  it('sends nothing to a peer that was blocked since the row was shown', async () => {
    const peer = await scene.start({ answer: 'save' });
    const row = await rowOf(peer);
    await scene.api.book.change(row.id, (entry) => ({ ...entry, trust: 'blocked' }));
    for (const command of ['ferry.sendHere', 'ferry.sendSelectionTo']) {
      await open('here.txt');
      await vscode.commands.executeCommand(command, row);
    }
    assert.equal(scene.person.shown.filter(({ text }) => /^neighbour is blocked/.test(text)).length, 2);
  });

  it('copies the peer ID', async () => {
    const peer = await scene.start();
    await vscode.commands.executeCommand('ferry.copyIdOf', await rowOf(peer));
    assert.equal(await vscode.env.clipboard.readText(), peer.identity.peerId);
  });

  it('is found again as the last peer, after the same question', async () => {
    const [first, last] = [await scene.start({ answer: 'save' }), await scene.start({ answer: 'save', name: 'last' })];
    for (const [peer, name, now] of [
      [first, 'neighbour', 1000],
      [last, 'last', 2000],
    ] as const) {
      await rowOf(peer);
      await scene.api.book.change(peer.identity.peerId, (entry) => met(entry, name, now));
    }
    await open('again.txt');
    scene.person.answer(/^Send again\.txt to last\?$/, 'Send');
    await vscode.commands.executeCommand('ferry.sendToLast');
    assert.equal((await last.entry('received')).received[0]!.item.name, 'again.txt');
    assert.deepEqual(first.inbox.entries, []);
  });

  it('is no last peer before something has passed', async () => {
    await open('again.txt');
    await vscode.commands.executeCommand('ferry.sendToLast');
    await scene.says(/^Nothing has passed between you and a peer yet\./);
  });

  it('has a key for the last peer that nothing else has', async () => {
    await vscode.commands.executeCommand('workbench.action.openDefaultKeybindingsFile');
    const text = vscode.window.activeTextEditor!.document.getText();
    const bound = [...text.matchAll(/"key": "ctrl\+k ctrl\+y",?\s*"command": "([^"]+)"/g)].map((match) => match[1]);
    assert.ok(text.length > 10_000);
    assert.deepEqual(bound, ['ferry.sendToLast']);
  });
});
