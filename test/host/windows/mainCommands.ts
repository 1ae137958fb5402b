// What a person does with Ferry in any window. A window says what there is in it; what cannot work there says why, and nothing is
// ever unexpected.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Peer } from '../../../src/core/peers/peers.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { type ItemContext, type OutgoingItem, offeredName } from '../../../src/core/wire/item.ts';
import { type HeadlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually } from '../../support/temp.ts';
import type { Scene } from '../scene.ts';
import { sendTo } from '../sendTo.ts';

export type Place = {
  /** A file of this window, and what peers are told of where it lies. */
  readonly file: vscode.Uri;
  readonly path: string | undefined;
  /** The folder of that file. */
  readonly folder: vscode.Uri;
};

export const run = (command: string, ...args: readonly unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

/** An item of a peer: text of a kind, that lies somewhere over there. */
export function textItem(
  kind: 'file' | 'snippet' | 'dictionary',
  name: string,
  text: string,
  context: ItemContext = {},
): OutgoingItem {
  const item = memoryItem(name, Buffer.from(text));
  const mediaType = kind === 'dictionary' ? 'application/json' : 'text/plain';
  return { ...item, offered: { kind, name, size: item.offered.size, mediaType, context } };
}

/** Lets a peer send, and the person accept; gives the row that stands in the Inbox then. */
export async function take(scene: Scene, peer: HeadlessPeer, item: OutgoingItem): Promise<{ readonly entry: InboxEntry }> {
  scene.person.answer(/wants to send/, 'Accept');
  assert.equal((await peer.send(scene.me(), [item])).phase, 'delivered');
  return { entry: await scene.entryIn('received', peer) };
}

/** Lets a peer offer, which nobody answers yet. */
export async function offered(
  scene: Scene,
  peer: HeadlessPeer,
  item: OutgoingItem,
): Promise<{ readonly entry: InboxEntry; readonly outcome: ReturnType<HeadlessPeer['send']> }> {
  const outcome = peer.send(scene.me(), [item]);
  return { entry: await scene.entryIn('waiting', peer), outcome };
}

/** What was said, in words. */
export function saidTo({ person }: Scene): readonly string[] {
  return person.shown.map(({ text }) => text);
}

/** Every failure so far has a sentence of its own. */
export function nothingUnexpected(scene: Scene): void {
  assert.deepEqual(
    saidTo(scene).filter((text) => /unexpected/.test(text)),
    [],
  );
}

/** Defines the tests of what goes out, for the suite in which it is called. */
export function sends(scene: Scene, place: () => Place | Promise<Place>): void {
  let peer: HeadlessPeer;
  let here: Place;
  beforeEach(async () => {
    peer = await scene.start({ answer: 'save' });
    here = await place();
  });
  afterEach(() => nothingUnexpected(scene));

  const sent = async (...[command, ...args]: readonly [string, ...unknown[]]): Promise<InboxEntry> => {
    await sendTo(scene.api, peer, [command, ...args]);
    const entry = await peer.entry('received');
    peer.inbox.remove(entry.id);
    return entry;
  };
  const open = async (): Promise<vscode.TextEditor> => vscode.window.showTextDocument(here.file);
  const isOnDisk = (): boolean => here.file.scheme === 'file';

  for (const [way, args] of [
    ['the palette', () => []],
    ['its title', () => [here.file]],
    ['the Explorer', () => [here.file, [here.file]]],
  ] as const) {
    it(`sends a file by ${way}`, async () => {
      await open();
      const { items, received } = await sent('ferry.sendFile', ...args());
      assert.deepEqual(await readFile(received[0]!.path), Buffer.from(await vscode.workspace.fs.readFile(here.file)));
      assert.equal(items[0]!.kind === 'file' ? items[0]!.context?.path : 'no file', here.path);
    });
  }

  it('sends a folder of this computer, and says why none of another place', async () => {
    if (isOnDisk()) {
      const [folder] = (await sent('ferry.sendFolder', here.folder)).items;
      assert.deepEqual([folder?.kind, folder && offeredName(folder)], ['folder', here.folder.path.split('/').at(-1)]);
      return;
    }
    await run('ferry.sendFolder', here.folder);
    assert.deepEqual(saidTo(scene), ['This folder is not on this computer, so it cannot be sent as one. Send its files.']);
  });

  it('sends what is selected, as a snippet that knows its place and as a dictionary', async () => {
    (await open()).selection = new vscode.Selection(0, 0, 0, 3);
    const [snippet] = (await sent('ferry.sendSelection')).items;
    const { path, lines } = snippet?.kind === 'snippet' ? (snippet.context ?? {}) : {};
    assert.deepEqual([path, lines], [here.path, '1']);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: '{"a":1}', language: 'json' }));
    scene.person.answer(/^Understood as$/, /^JSON/);
    const entry = await sent('ferry.sendDictionary');
    assert.deepEqual([entry.items[0]?.kind, await readFile(entry.received[0]!.path, 'utf8')], ['dictionary', '{"a":1}']);
  });
}

/** Defines the test of what is shared, for the suite in which it is called. */
export function shares(scene: Scene, place: () => Place | Promise<Place>): void {
  it('shares a folder of this computer, and says why none of another place', async () => {
    const { folder } = await place();
    const isOnDisk = folder.scheme === 'file';
    await run('ferry.shareFolder', folder);
    const shares = await scene.api.shares();
    assert.equal(shares.entries().length, isOnDisk ? 1 : 0);
    await scene.says(isOnDisk ? / is shared with all paired peers\./ : /^Only folders on this computer can be shared\.$/);
    await shares.change(() => []);
  });
}

/** Defines the tests of what comes in and of what is only looked at, for the suite in which it is called. */
export function receives(scene: Scene): void {
  let peer: HeadlessPeer;
  beforeEach(async () => {
    peer = await scene.start();
  });
  afterEach(() => nothingUnexpected(scene));

  it('inserts a dictionary that came', async () => {
    const row = await take(scene, peer, textItem('dictionary', 'd.json', '{"a":[1]}'));
    const editor = await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ content: '', language: 'python' }),
    );
    await run('ferry.inbox.insert', row);
    assert.equal(editor.document.getText(), '{\n    "a": [\n        1,\n    ],\n}');
  });

  for (const action of ['save', 'open', 'print'] as const) {
    it(`takes what comes, to ${action} it`, async () => {
      await scene.set('ferry.receive.action', action);
      const { entry } = await take(scene, peer, textItem('file', 'new.txt', 'new\n'));
      const at = entry.received[0]!.path;
      assert.equal(await readFile(at, 'utf8'), 'new\n');
      assert.equal(at.startsWith(join(scene.received, '/')), action === 'save');
      if (action === 'open') assert.equal((await scene.opened()).getText(), 'new\n');
    });
  }

  it('looks at what a peer shares, writes to it, and looks for what keeps it away', async () => {
    await run('ferry.browsePeer', await rowOf(scene, peer));
    await scene.says(/^neighbour (shares nothing|takes items)/);
    scene.person.type(/^Message to neighbour$/, () => 'Lunch?');
    await run('ferry.sendMessage', await rowOf(scene, peer));
    await eventually(
      peer.messages.onDidChange,
      () => peer.messages.threads.find(({ messages }) => messages.some(({ text }) => text === 'Lunch?')),
      'the message is there',
    );
    await run('ferry.diagnose', { id: peer.identity.peerId, name: 'neighbour' });
    assert.match((await scene.opened()).getText(), /Own port at <address 1>: reached/);
  });
}

/** The peer as a row of the Peers view, once it answers. */
export async function rowOf(scene: Scene, peer: HeadlessPeer): Promise<Peer> {
  const { directory } = await scene.online();
  await directory.greet(peer.address);
  return eventually(
    directory.onDidChange,
    () => directory.peers.find(({ id, windows }) => id === peer.identity.peerId && windows.length > 0),
    'the peer answers',
  );
}
