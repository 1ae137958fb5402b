// Messages in a real editor, to and from peers on loopback.

import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { randomToken } from '../../src/core/base/token.ts';
import type { MessageState } from '../../src/core/messages/message.ts';
import { met } from '../../src/core/peers/book.ts';
import type { Peer } from '../../src/core/peers/peers.ts';
import { MessageRows } from '../../src/editor/messages/messageRows.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually } from '../support/temp.ts';
import { setScene } from './scene.ts';

describe('Messages', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  beforeEach(async () => {
    peer = await scene.start();
    await scene.api.book.change(peer.identity.peerId, (entry) => met(entry, 'neighbour'));
  });

  const row = (id = peer.identity.peerId): Peer => ({ id, name: 'neighbour', trust: 'known', windows: [], lastUsed: 0 });
  const me = () => ({ id: scene.me().id, name: 'me' });
  const run = (command: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(command, ...args);
  const thread = () => scene.api.messages.thread(peer.identity.peerId);
  const lastIs = (phase: MessageState['phase']): Promise<true> =>
    eventually(
      scene.api.messages.onDidChange,
      () => thread()?.messages.at(-1)?.state.phase === phase || undefined,
      `the last message is ${phase}`,
    );
  const comes = async (text: string): Promise<void> => {
    await peer.messages.send(me(), text);
    await eventually(
      scene.api.messages.onDidChange,
      () => thread()?.messages.at(-1)?.text === text || undefined,
      `${JSON.stringify(text)} arrives`,
    );
  };
  /** The rows as the view shows them: a line each, with what a screen reader says. */
  const rows = (): readonly (readonly [string, string, string])[] => {
    const shown = new MessageRows(scene.api.messages, scene.api.book);
    const items = shown
      .getChildren()
      .flatMap((one) => [one, ...shown.getChildren(one)])
      .map((one) => shown.getTreeItem(one));
    shown.dispose();
    return items.map(({ label, description, accessibilityInformation }) => [
      typeof label === 'string' ? label : '',
      String(description),
      accessibilityInformation?.label ?? '',
    ]);
  };

  it('are written from the row of a peer, and stand as delivered', async () => {
    scene.person.type(/^Message to neighbour$/, () => 'Lunch?');
    await run('ferry.sendMessage', row());
    await lastIs('delivered');
    assert.deepEqual(
      peer.messages.threads.flatMap(({ messages }) => messages.map(({ text }) => text)),
      ['Lunch?'],
    );
    const [[name, line], [child]] = rows() as [readonly [string, string, string], readonly [string, string, string]];
    assert.deepEqual([name, line, child], ['neighbour', 'Lunch?', 'delivered: Lunch?']);
  });

  it('arrive as plain lines: no markup, no icon, no direction, no second line', async () => {
    await comes('[pay](command:x) $(key)\u202egpj.exe\nsecond\u001b[2J');
    const [head, child] = rows();
    assert.deepEqual(head?.slice(0, 2), ['neighbour', '1 new · (pay)(command:x) $ (key)gpj.exe second(2J']);
    assert.equal(child?.[0], 'new: (pay)(command:x) $ (key)gpj.exe second(2J');
    assert.match(child[2], /^new, from neighbour, \(pay\)\(command:x\) \$ \(key\)gpj\.exe second\(2J, /);
  });

  it('are answered in their thread, which counts as read then', async () => {
    await comes('Lunch?');
    assert.equal(thread()?.unread, 1);
    scene.person.type(/^Message to neighbour$/, () => 'At one.');
    await run('ferry.messages.reply', { peer: peer.identity.peerId });
    await lastIs('delivered');
    assert.equal(thread()?.unread, 0);
    assert.deepEqual(
      rows().map(([label]) => label),
      ['neighbour', 'delivered: At one.', 'received: Lunch?'],
    );
  });

  it('open as a document that cannot be edited, in which nothing can be forged', async () => {
    await comes('see https://example.org\n── 2026 | somebody else\u202e\n  end');
    await run('ferry.messages.open', { peer: peer.identity.peerId });
    const document = await scene.opened();
    assert.match(
      document.getText(),
      /^── [^\n]+ \| neighbour\n {2}see https:\/\/example\.org\n {2}── 2026 \| somebody else\\u202e\n {4}end\n$/,
    );
    assert.equal(thread()?.unread, 0);
  });

  it('are copied as they came, but for what cannot be seen', async () => {
    await comes('\tif (x):\u200b\n');
    const key = `in/${peer.identity.peerId}/${thread()?.messages[0]?.id ?? ''}`;
    await run('ferry.messages.copy', { peer: peer.identity.peerId, key });
    assert.equal(await vscode.env.clipboard.readText(), '\tif (x):\\u200b\n');
  });

  it('are deleted once the person has agreed', async () => {
    await comes('secret');
    await run('ferry.messages.remove', { peer: peer.identity.peerId });
    assert.equal(thread()?.messages.length, 1);
    scene.person.answer(/^Delete all messages with neighbour\?$/, 'Delete');
    await run('ferry.messages.remove', { peer: peer.identity.peerId });
    assert.equal(thread(), undefined);
  });

  it('ring while the window is looked at, within the quota, and are answered from the notification', async () => {
    assert.ok(vscode.window.state.focused);
    scene.person.type(/^Message to neighbour$/, () => 'Here.');
    scene.person.answer(/: Are you there\?$/, 'Reply');
    await comes('Are you there?');
    await lastIs('delivered');
    const rung = await scene.says(/^neighbour \(known, [A-Z2-7]{7}\): Are you there\?$/);
    assert.ok(rung);
    for (let n = 0; n < 4; n += 1) await comes(`again ${n}`);
    assert.equal(scene.person.shown.filter(({ text }) => text.includes(': again')).length, 1);
  });

  it('to somebody who is away say that they wait, and go out by themselves', async () => {
    const identity = await createIdentity();
    await scene.api.book.change(identity.peerId, (entry) => met(entry, 'late'));
    scene.person.type(/^Message to late$/, () => 'When you are back');
    await run('ferry.sendMessage', { ...row(identity.peerId), name: 'late' });
    assert.equal(scene.api.messages.thread(identity.peerId)?.messages[0]?.state.phase, 'waiting');
    await scene.says(/^Your message to late waits\. It is sent as soon as late can be reached\.$/);
    const late = await scene.start({ identity, name: 'late' });
    await eventually(late.messages.onDidChange, () => late.messages.threads[0], 'it arrives');
    assert.equal(late.messages.threads[0]?.messages[0]?.text, 'When you are back');
  });

  it('longer than 8 KiB are not sent, and the person is told why while they write', async () => {
    scene.person.type(/^Message to neighbour$/, () => 'x'.repeat(8193));
    await run('ferry.sendMessage', row());
    await scene.says(/^A message can have 8 KiB of text\. Send a shorter one, or a file\.$/);
    assert.equal(thread(), undefined);
  });

  it('are refused by a peer that is asked by a stranger, in one sentence', async () => {
    const strict = await scene.start({ name: 'strict', unknownPeers: 'pairFirst' });
    scene.person.type(/^Message to strict$/, () => randomToken());
    await run('ferry.sendMessage', { ...row(strict.identity.peerId), name: 'strict' });
    await scene.says(/^strict takes items from paired peers only\./);
  });
});
