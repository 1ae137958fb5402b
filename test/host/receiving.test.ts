// Receiving in a real editor from a peer on loopback.

import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import * as vscode from 'vscode';

import { limits } from '../../src/core/base/limits.ts';
import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import type { InboxEntry, ReceiveAction } from '../../src/core/receiving/entry.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually } from '../support/temp.ts';
import { setScene } from './scene.ts';

const firstGroup = (id: string): string => id.split('-', 1)[0]!;

describe('Receiving', () => {
  const scene = setScene();
  const { me, says } = scene;
  let peer: HeadlessPeer;

  const entryIn = (phase: InboxEntry['state']['phase']): Promise<InboxEntry> => scene.entryIn(phase, peer);
  const use = (action: ReceiveAction | 'ask'): Promise<void> => scene.set('ferry.receive.action', action);

  beforeEach(async () => {
    peer = await scene.start();
  });

  it('asks once, and saves what is accepted', async () => {
    scene.person.answer(/wants to send/, 'Accept');
    const outcome = await peer.send(me(), [memoryItem('hello.txt', Buffer.from('hello'))]);
    assert.equal(outcome.phase, 'delivered');
    assert.equal(await readFile(join(scene.received, 'hello.txt'), 'utf8'), 'hello');
    assert.equal((await stat(scene.received)).mode & 0o777, 0o700);
    await says(/^Saved hello\.txt from neighbour\.$/);
    const [question] = scene.person.shown;
    assert.equal(
      question!.text,
      `neighbour (new, unverified) wants to send hello.txt (5 B). Fingerprint: ${firstGroup(peer.identity.peerId)}.`,
    );
    assert.deepEqual(question!.actions, ['Accept', 'Decline', 'More…']);
    const known = () => scene.api.book.find(peer.identity.peerId)?.trust === 'known' || undefined;
    await eventually(scene.api.book.onDidChange, known, 'the peer is known');
  });

  it('does nothing again when an item is taken out of the Inbox', async () => {
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('once.txt', Buffer.from('once'))]);
    await says(/^Saved once\.txt/);
    await vscode.commands.executeCommand('ferry.inbox.clear');
    assert.deepEqual(scene.api.inbox.entries, []);
    assert.equal(scene.person.shown.filter((shown) => shown.text.startsWith('Saved')).length, 1);
  });

  it('tells the peer when the person declines', async () => {
    scene.person.answer(/wants to send/, 'Decline');
    assert.deepEqual(await peer.send(me(), [memoryItem('no.txt', Buffer.from('no'))]), { phase: 'declined' });
    assert.equal(scene.api.inbox.entries[0]!.state.phase, 'declined');
  });

  it('takes the answer from the Inbox when the notification is gone', async () => {
    const sending = peer.send(me(), [memoryItem('late.txt', Buffer.from('late'))]);
    const entry = await entryIn('waiting');
    await vscode.commands.executeCommand('ferry.inbox.accept', { entry });
    assert.equal((await sending).phase, 'delivered');
    assert.equal(await readFile(join(scene.received, 'late.txt'), 'utf8'), 'late');
  });

  it('says that it is too late when a request is over', async () => {
    const stop = new AbortController();
    const sending = peer.send(me(), [memoryItem('over.txt', Buffer.from('x'))], { signal: stop.signal });
    const entry = await entryIn('waiting');
    stop.abort();
    await sending;
    const { inbox } = scene.api;
    await eventually(inbox.onDidChange, () => inbox.find(entry.id) === undefined || undefined, 'the offer is gone');
    await vscode.commands.executeCommand('ferry.inbox.accept', { entry });
    await says(/^This request is over\. Nothing was received\.$/);
  });

  it('opens text read-only, with its language, and saves nothing, when the setting says open', async () => {
    await use('open');
    scene.person.answer(/wants to send/, 'Accept');
    const opened = scene.opened();
    assert.equal((await peer.send(me(), [memoryItem('tool.py', Buffer.from('x = 1\n'))])).phase, 'delivered');
    const document = await opened;
    assert.equal(document.languageId, 'python');
    assert.equal(document.getText(), 'x = 1\n');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('ferry-received'), false);
    assert.ok(!(await readdir(scene.received)).includes('tool.py'));
  });

  it('does not open what is not text', async () => {
    await use('open');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('run.sh', Buffer.from([0, 1, 2, 3]))]);
    await says(/^run\.sh is not text, so it was not opened\. It is in the Inbox\.$/);
    assert.ok(!vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label === 'run.sh')));
  });

  it('saves an item that was only opened when the person asks for it', async () => {
    await use('open');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('keep.bin', Buffer.from([0, 255, 1]))]);
    const entry = await entryIn('received');
    const target = vscode.Uri.file(join(peer.folder, 'kept.bin'));
    scene.person.saveTo(target);
    await vscode.commands.executeCommand('ferry.inbox.saveAs', { entry });
    assert.deepEqual([...(await readFile(target.fsPath))], [0, 255, 1]);
  });

  it('asks what to do when the setting says so', async () => {
    await use('ask');
    scene.person.answer(/wants to send/, 'Accept');
    scene.person.answer(/^Accept ask\.txt and…$/, 'Print and save');
    assert.equal((await peer.send(me(), [memoryItem('ask.txt', Buffer.from('ask'))])).phase, 'delivered');
    const entry = await entryIn('received');
    assert.deepEqual(entry.state, { phase: 'received', action: 'printAndSave', landing: 'folder' });
  });

  it('prints text to the output channel with control characters made visible', async () => {
    await use('print');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('9 B | sha-256 0 | log.txt', Buffer.from('one\u001b[31mred\ttab\r\n── forged\n'))]);
    const entry = await entryIn('received');
    const channel = await eventually(
      vscode.workspace.onDidChangeTextDocument,
      () =>
        vscode.workspace.textDocuments
          .find((document) => document.uri.scheme === 'output' && document.getText().includes('log.txt'))
          ?.getText(),
      'the channel shows the item',
    );
    assert.match(
      channel,
      new RegExp(
        `^── .* \\| neighbour \\(${fingerprintOf(peer.identity.peerId)}\\) \\| 9 B _ sha-256 0 _ log\\.txt \\| 31 B \\| sha-256 [0-9a-f]{64}\\n`,
        'm',
      ),
    );
    assert.ok(channel.includes('\n  one\\u001b[31mred    tab\n  ── forged\n'), channel);
    assert.equal(entry.state.phase === 'received' && entry.state.landing, 'storage');
  });

  it('lets no hostile name out of the folder or onto the screen', async () => {
    scene.person.answer(/wants to send/, 'Accept');
    const name = '../../.bashrc\u202e[View](command:workbench.action.quit)$(zap)\n';
    assert.equal((await peer.send(me(), [memoryItem(name, Buffer.from('x'))])).phase, 'delivered');
    const entry = await entryIn('received');
    assert.equal(entry.received[0]!.path, join(scene.received, '.bashrc[View](command_workbench.action.quit)$(zap)'));
    const texts = scene.person.shown.map((shown) => shown.text).join('\n');
    assert.ok(!/\[|\]|\u202e|\$\(/.test(texts), texts);
  });

  it('names what comes, what can run by itself first and marked, and what is not named is counted', async () => {
    scene.person.answer(/wants to send/, 'Decline');
    const long = `invoice.pdf${' '.repeat(100)}${'x'.repeat(60)}.exe`;
    const names = ['a.txt', 'b.txt', 'c.txt', '.vscode/tasks.json', long];
    await peer.send(
      me(),
      names.map((name) => memoryItem(name, Buffer.from('x'))),
    );
    const text = scene.person.shown[0]!.text;
    assert.match(
      text,
      /wants to send ⚠ tasks\.json \(can run by itself\), ⚠ invoice\.pdf x+…x+\.exe \(can run by itself\), a\.txt and 2 more \(5 B\)/,
    );
  });

  it('says how many of several files arrived, and why the others did not', async () => {
    scene.person.answer(/wants to send/, 'Accept');
    const outcome = await peer.send(me(), [
      memoryItem('a.txt', Buffer.from('aaa')),
      memoryItem('b.txt', Buffer.from('bb'), 3),
      memoryItem('c.txt', Buffer.from('ccc')),
    ]);
    assert.equal(outcome.phase, 'partly');
    await says(/^2 of 3 files from neighbour arrived\. b\.txt: /);
    assert.ok(!scene.person.shown.some(({ text }) => text.startsWith('Saved')));
    const entry = await entryIn('received');
    assert.deepEqual(
      entry.received.map(({ path }) => basename(path)),
      ['a.txt', 'c.txt'],
    );
  });

  it('shows a known peer under the name that was accepted, and says what it calls itself now', async () => {
    const { peerId } = peer.identity;
    await scene.api.book.change(peerId, (entry) => ({ ...entry, name: 'Ada', trust: 'known' }));
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('a.txt', Buffer.from('x'))]);
    const text = `Ada (known) wants to send a.txt (1 B). The peer now calls itself neighbour. Fingerprint: ${firstGroup(peerId)}.`;
    assert.equal(scene.person.shown[0]!.text, text);
    assert.equal(scene.api.book.find(peerId)?.name, 'Ada');
  });

  it('opens an image that was printed and not saved, also when its row is opened twice', async () => {
    await use('print');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [
      memoryItem(
        'icon.png',
        await readFile(join(vscode.extensions.getExtension('ferry.vscode-ferry')!.extensionPath, 'media', 'icon.png')),
      ),
    ]);
    const entry = await entryIn('received');
    for (let time = 0; time < 2; time += 1) {
      await vscode.commands.executeCommand('ferry.inbox.open', { entry });
      const tab = await eventually(
        vscode.window.tabGroups.onDidChangeTabs,
        () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label === 'icon.png'),
        'the image has a tab',
      );
      assert.ok(tab.input instanceof vscode.TabInputCustom);
      assert.equal(tab.input.uri.scheme, 'ferry-received');
      const { size } = await vscode.workspace.fs.stat(tab.input.uri);
      assert.equal((await vscode.workspace.fs.readFile(tab.input.uri)).length, size);
    }
  });

  it('asks before the Inbox is cleared of what was not saved', async () => {
    await use('open');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(me(), [memoryItem('only.bin', Buffer.from([0, 1]))]);
    const entry = await entryIn('received');
    await vscode.commands.executeCommand('ferry.inbox.clear');
    assert.equal(scene.api.inbox.find(entry.id)?.state.phase, 'received');
    scene.person.answer(/^Clear the Inbox\?$/, 'Clear and Delete');
    await vscode.commands.executeCommand('ferry.inbox.clear');
    assert.equal(scene.api.inbox.find(entry.id), undefined);
  });

  it('refuses before a byte moves when others can write to the folder', async () => {
    await mkdir(scene.received, { recursive: true });
    await chmod(scene.received, 0o777);
    try {
      scene.person.answer(/wants to send/, 'Accept');
      const outcome = await peer.send(me(), [memoryItem('x.txt', Buffer.from('x'))]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_FOLDER_UNUSABLE');
      await says(/^Other users can write to the folder for received files\. Choose one that only you can write to\.$/);
    } finally {
      await chmod(scene.received, 0o700);
    }
  });

  it('rings once for a burst of requests; the others wait in the Inbox', async () => {
    const stop = new AbortController();
    const count = limits.offersWaitingPerPeer;
    const sendings = Array.from({ length: count }, (_, n) =>
      peer.send(me(), [memoryItem(`${n}.txt`, Buffer.from('x'))], { signal: stop.signal }),
    );
    await eventually(
      scene.api.inbox.onDidChange,
      () => (scene.api.inbox.entries.filter((entry) => entry.state.phase === 'waiting').length === count ? true : undefined),
      'all of them wait',
    );
    assert.equal(scene.person.shown.filter((shown) => /wants to send/.test(shown.text)).length, 1);
    stop.abort();
    await Promise.all(sendings);
  });
});
