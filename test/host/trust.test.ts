// Trust in a real editor: policies, blocking, names that clash, and the book of peers.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('Trust', () => {
  const scene = setScene();
  const { me, says, set, start } = scene;
  const hello = () => [memoryItem('hello.txt', Buffer.from('hello'))];
  const row = (peer: HeadlessPeer) => ({ id: peer.identity.peerId, name: peer.name, windows: [], trust: 'unknown' });

  for (const [policy, code] of [
    ['pairFirst', 'ERR_NOT_PAIRED'],
    ['refuse', 'ERR_PEER_REJECTED'],
  ] as const) {
    it(`shows nothing of an unknown peer when the policy is ${policy}`, async () => {
      await set('ferry.trust.unknownPeers', policy);
      const peer = await start();
      const outcome = await peer.send(me(), hello());
      assert.equal(outcome.phase === 'failed' && outcome.error.code, code);
      assert.deepEqual(scene.person.shown, []);
      assert.deepEqual(scene.api.inbox.entries, []);
    });
  }

  it('closes the connection of a blocked peer after its handshake', async () => {
    const peer = await start();
    scene.person.answer(/^Block neighbour\?$/, 'Block');
    await vscode.commands.executeCommand('ferry.blockPeer', row(peer));
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'blocked');
    const outcome = await peer.send(me(), hello());
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    assert.deepEqual(scene.api.inbox.entries, []);
    await vscode.commands.executeCommand('ferry.unblockPeer', row(peer));
    scene.person.answer(/wants to send/, 'Decline');
    assert.deepEqual(await peer.send(me(), hello()), { phase: 'declined' });
  });

  it('ends what a peer is sending when it is blocked', async () => {
    const peer = await start();
    const sending = peer.send(me(), hello());
    await scene.entryIn('waiting');
    scene.person.answer(/^Block neighbour\?$/, 'Block');
    await vscode.commands.executeCommand('ferry.blockPeer', row(peer));
    const outcome = await sending;
    assert.ok(outcome.phase === 'cancelled' || outcome.phase === 'failed', outcome.phase);
    assert.deepEqual(scene.api.inbox.entries[0]!.state, { phase: 'cancelled', by: 'me' });
  });

  it('accepts unasked what the person allowed for a paired peer, and asks for more', async () => {
    const peer = await start();
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, trust: 'paired' }));
    await set('ferry.trust.autoAccept', { '*': { kinds: ['file'], maxMegabytes: 0.001 } });
    assert.equal((await peer.send(me(), hello())).phase, 'delivered');
    assert.ok(!scene.person.shown.some((shown) => /wants to send/.test(shown.text)));
    await says(/^Saved hello.* from neighbour\.$/);
    for (let time = 0; time < 5; time += 1) assert.equal((await peer.send(me(), hello())).phase, 'delivered');
    assert.equal(scene.person.shown.filter(({ text }) => text.startsWith('Saved')).length, 1, 'what nobody asked for rings once');
    scene.person.answer(/wants to send/, 'Decline');
    assert.deepEqual(await peer.send(me(), [memoryItem('big', Buffer.alloc(1001))]), { phase: 'declined' });
  });

  it('never opens by itself what it accepts unasked', async () => {
    const peer = await start();
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, trust: 'paired' }));
    await set('ferry.trust.autoAccept', { '*': { kinds: ['file'], maxMegabytes: 1 } });
    await set('ferry.receive.action', 'open');
    assert.equal((await peer.send(me(), hello())).phase, 'delivered');
    assert.equal(scene.api.inbox.entries[0]!.state.phase === 'received' && scene.api.inbox.entries[0]!.state.action, 'save');
  });

  it('warns when somebody has the name of a known peer but another key', async () => {
    const known = await start({ name: 'Grace' });
    await scene.api.book.change(known.identity.peerId, (entry) => ({ ...entry, name: 'Grace', trust: 'known' }));
    const stranger = await start({ name: 'GRACE\u200b' });
    scene.person.answer(/wants to send/, 'Decline');
    assert.deepEqual(await stranger.send(me(), hello()), { phase: 'declined' });
    const [warning] = scene.person.shown;
    assert.equal(warning!.kind, 'warn');
    const [now, before] = [stranger, known].map((peer) => fingerprintOf(peer.identity.peerId));
    assert.ok(warning!.text.includes(`Fingerprint now: ${now}. Fingerprint before: ${before}.`), warning!.text);
  });

  it('sends nothing to such a peer before the person has agreed', async () => {
    const stranger = await start({ name: 'Ada', answer: 'save' });
    const { peerId } = await createIdentity();
    await scene.api.book.change(peerId, (entry) => ({ ...entry, name: 'Ada', trust: 'paired' }));
    const path = join(await tempFolder(), 'x.txt');
    await writeFile(path, 'x');
    const asked = eventually(
      scene.person.onDidSee,
      () => scene.person.shown.find(({ kind }) => kind === 'confirm'),
      'the person is asked',
    );
    await sendTo(scene.api, stranger, ['ferry.sendFile', vscode.Uri.file(path)], asked);
    assert.match((await asked).text, /^This is not the Ada that you know: its key has changed/);
    assert.deepEqual(stranger.inbox.entries, []);
  });

  it('trusts a peer by its pasted invite, and names the group that is mistyped', async () => {
    const peer = await start();
    const id = peer.identity.peerId;
    const wrong = `${id.slice(0, 8)}${id[8] === 'A' ? 'B' : 'A'}${id.slice(9)}`;
    scene.person.type(/^Trust a peer by its ID$/, () => wrong);
    await vscode.commands.executeCommand('ferry.trustById');
    await says(/^Group 2 of this peer ID is mistyped\.$/);
    scene.replacePerson();
    scene.person.type(/^Trust a peer by its ID$/, () => `ferry:${id}?at=127.0.0.1%3A${peer.address.port}`);
    await vscode.commands.executeCommand('ferry.trustById');
    assert.equal(scene.api.book.find(id)?.trust, 'paired');
    assert.deepEqual(scene.api.book.find(id)?.addresses, [peer.address]);
  });

  it('copies an invite that leads to this window', async () => {
    await vscode.commands.executeCommand('ferry.copyInvite');
    const invite = await vscode.env.clipboard.readText();
    assert.ok(invite.startsWith(`ferry:${scene.api.own()!}?at=`), invite);
    assert.ok(invite.includes(`%3A${scene.api.presence.session!.port}`), invite);
  });

  it('exports peers without secrets, and imports those that are new', async () => {
    const peer = await start();
    const file = vscode.Uri.file(join(await tempFolder(), 'peers.json'));
    await scene.api.book.change(peer.identity.peerId, (entry) => ({
      ...entry,
      name: 'neighbour',
      trust: 'paired',
      nickname: 'Nell',
    }));
    scene.person.saveTo(file);
    await vscode.commands.executeCommand('ferry.exportPeers');
    assert.ok(!/PRIVATE|"d"/.test(await readFile(file.fsPath, 'utf8')));
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, nickname: 'Other' }));
    scene.person.open(file);
    await vscode.commands.executeCommand('ferry.importPeers');
    await says(/^0 peers imported, \d+ were known already\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.nickname, 'Other');
  });

  it('forgets a peer as if it had never been met, and leaves no row without a name', async () => {
    const peer = await start();
    const { peerId } = peer.identity;
    const { directory } = scene.api.presence.session!;
    await scene.api.book.change(peerId, (entry) => ({
      ...{ ...entry, name: 'Old name', nickname: 'Nell', trust: 'paired', addresses: [peer.address] },
    }));
    await directory.refresh();
    const listed = () => directory.peers.filter(({ id }) => id === peerId).map(({ name, trust }) => [name, trust]);
    const seen = () => directory.peers.find(({ id, windows }) => id === peerId && windows.length > 0);
    await eventually(directory.onDidChange, seen, 'the peer answers');
    assert.deepEqual(listed(), [['Nell', 'paired']]);
    scene.person.answer(/^Forget Nell\?$/, 'Forget');
    await vscode.commands.executeCommand('ferry.forgetPeer', { ...row(peer), name: 'Nell' });
    assert.equal(
      scene.api.book.entries().find(({ id }) => id === peerId),
      undefined,
    );
    assert.deepEqual(listed(), [['neighbour', 'unknown']]);
    await peer.stop();
    await directory.refresh();
    const gone = () => listed().length === 0 || undefined;
    await eventually(directory.onDidChange, gone, 'nothing is left of it');
  });

  for (const end of ['declined', 'cancelled'] as const) {
    it(`keeps the name of a peer to whom a transfer was ${end}`, async () => {
      const peer = await start(end === 'declined' ? { answer: 'decline' } : {});
      const path = join(await tempFolder(), 'x.txt');
      await writeFile(path, 'x');
      const offered = peer.entry('waiting').then(() => scene.person.cancel());
      await sendTo(scene.api, peer, ['ferry.sendFile', vscode.Uri.file(path)]);
      if (end === 'cancelled') await offered;
      const { peerId } = peer.identity;
      const named = () => scene.api.book.find(peerId)?.name || undefined;
      assert.equal(await eventually(scene.api.book.onDidChange, named, 'the peer has a name'), 'neighbour');
      assert.equal(scene.api.book.trustOf(peerId), 'unknown');
      await peer.stop();
      const { directory } = scene.api.presence.session!;
      await directory.refresh();
      const left = () => directory.peers.find(({ id, windows }) => id === peerId && windows.length === 0);
      assert.equal((await eventually(directory.onDidChange, left, 'the peer is not there')).name, 'neighbour');
    });
  }

  it('calls a peer as the person does', async () => {
    const peer = await start();
    scene.person.type(/^Your name for neighbour$/, () => 'Nell');
    await vscode.commands.executeCommand('ferry.renamePeer', row(peer));
    assert.equal(scene.api.book.find(peer.identity.peerId)?.nickname, 'Nell');
  });
});
