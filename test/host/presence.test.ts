// Ferry's presence in a real editor: activation, going offline and online, settings, commands.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { FerryError } from '../../src/core/base/errors.ts';
import { Presence } from '../../src/core/presence.ts';
import { errorWords } from '../../src/editor/asking/errorWords.ts';
import { onlineSession } from '../../src/editor/peers/choosePeers.ts';
import { memoryItem } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { say } from './lib/suite.ts';
import { setScene } from './scene.ts';

describe('Presence', () => {
  const scene = setScene();
  const { online, set } = scene;

  afterEach(async () => {
    await vscode.commands.executeCommand('ferry.goOnline');
    await online();
  });

  it('comes up by itself, on loopback, with one identity', () => {
    assert.equal(vscode.extensions.getExtension('ferry.vscode-ferry')?.isActive, true);
    const { state } = scene.api.presence;
    assert.equal(state.phase === 'online' && state.visibility, 'thisMachine');
    assert.match(scene.api.own() ?? '', /^([A-Z2-7]{7}-){8}[A-Z2-7]{5}$/);
    say(`  activated in ${scene.api.activationMs.toFixed(1)} ms, waiting included`);
  });

  it('has a handler for every contributed command', async () => {
    const manifest = vscode.extensions.getExtension('ferry.vscode-ferry')!.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('goes offline gracefully: what waits is left to its sender, who may come back with it, and nobody answers any more', async () => {
    const peer = await scene.start();
    const to = scene.me();
    const sending = peer.send(to, [memoryItem('x', Buffer.from('x'))]);
    await scene.entryIn('waiting');
    await vscode.commands.executeCommand('ferry.goOffline');
    const outcome = await sending;
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    assert.ok(scene.api.inbox.entries.every(({ state }) => state.phase !== 'waiting'));
    const again = await peer.send(to, [memoryItem('x', Buffer.from('x'))]);
    assert.equal(again.phase === 'failed' && again.error.code, 'ERR_PEER_UNREACHABLE');
  });

  it('stays offline when the person says so, whatever settings change, until they end it', async () => {
    await vscode.commands.executeCommand('ferry.goOffline');
    for (const [key, value] of [
      ['ferry.network.discovery', 'hidden'],
      ['ferry.visibility', 'network'],
      ['ferry.visibility', 'thisMachine'],
    ] as const) {
      const heard = new Promise<void>((resolve) => {
        const following = vscode.workspace.onDidChangeConfiguration((event) => {
          if (!event.affectsConfiguration(key)) return;
          following.dispose();
          resolve();
        });
      });
      await set(key, value);
      await heard;
      await scene.api.presence.apply({ visibility: 'thisMachine', discovery: 'on', port: 0, interfaces: [] });
      assert.deepEqual(scene.api.presence.state, { phase: 'offline', by: 'person' });
    }
    // What needs others asks before it goes online.
    await vscode.commands.executeCommand('ferry.addPeer');
    assert.deepEqual(scene.api.presence.state, { phase: 'offline', by: 'person' });
    assert.deepEqual(
      scene.person.shown.map(({ text, actions }) => [text, actions]),
      [['Ferry is offline, so nobody can be reached.', ['Go Online']]],
    );
    await vscode.commands.executeCommand('ferry.goOnline');
    await online();
  });

  it('does what it is asked for while it is still going online, once it is there', async () => {
    await scene.api.presence.goOffline();
    const starting = eventually(
      scene.api.presence.onDidChange,
      () => (scene.api.presence.state.phase === 'starting' ? true : undefined),
      'Ferry is going online',
    );
    const gone = vscode.commands.executeCommand('ferry.goOnline');
    await starting;
    await vscode.commands.executeCommand('ferry.copyInvite');
    assert.match(await vscode.env.clipboard.readText(), /^ferry:/);
    await gone;
    assert.deepEqual(
      scene.person.shown.map(({ text }) => text).filter((text) => /offline/.test(text)),
      [],
    );
  });

  it('says why it could not start to whoever needs others then, and again where it still cannot', async () => {
    const presence = new Presence(() => Promise.reject(new FerryError('ERR_LISTEN_FAILED', 'no port')));
    const config = { visibility: 'thisMachine', discovery: 'off', port: 0, interfaces: [] } as const;
    await presence.apply(config);
    const goOnline = (): Promise<void> => presence.goOnline(config);
    scene.person.answer(/./, 'Go Online');
    assert.equal(await onlineSession({ ui: scene.api.ui.current, presence, goOnline }, 'Ferry is offline.'), undefined);
    const words = errorWords(new FerryError('ERR_LISTEN_FAILED', ''));
    assert.deepEqual(
      scene.person.shown.map(({ kind, text, actions }) => [kind, text, actions]),
      [
        ['error', words, ['Go Online']],
        ['error', words, ['Diagnose…', 'Show Log']],
      ],
    );
  });

  it('is offline when the visibility is off, and says how to send all the same', async () => {
    await set('ferry.visibility', 'off');
    await eventually(
      scene.api.presence.onDidChange,
      () => (scene.api.presence.state.phase === 'offline' ? true : undefined),
      'Ferry is offline',
    );
    const file = vscode.Uri.file(join(await tempFolder(), 'a.txt'));
    await vscode.workspace.fs.writeFile(file, Buffer.from('a'));
    await vscode.commands.executeCommand('ferry.sendFile', file);
    assert.deepEqual(
      scene.person.shown.map(({ kind, text, actions }) => [kind, text, actions]),
      [['info', 'Ferry is offline, so nothing can be sent.', ['Go Online']]],
    );
  });

  it('asks who may reach it, and does so', async () => {
    await set('ferry.visibility', 'off');
    scene.person.answer(/^Who can reach this editor\?/, '$(device-desktop) this machine');
    await vscode.commands.executeCommand('ferry.setVisibility');
    await online();
    assert.equal(vscode.workspace.getConfiguration().get('ferry.visibility'), 'thisMachine');
  });

  it('keeps its identity when it comes back', async () => {
    const before = scene.api.own();
    await vscode.commands.executeCommand('ferry.goOffline');
    await vscode.commands.executeCommand('ferry.goOnline');
    await online();
    assert.equal(scene.api.own(), before);
  });

  it('uses a free port when the one in its configuration is taken, without a toast', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await scene.api.presence.apply({ visibility: 'thisMachine', discovery: 'on', port, interfaces: [] });
    const session = await online();
    assert.equal(session.fellForward, true);
    assert.notEqual(session.port, port);
    assert.deepEqual(scene.person.shown, []);
    taken.close();
    await once(taken, 'close');
  });

  it('copies the peer ID', async () => {
    await vscode.commands.executeCommand('ferry.copyPeerId');
    assert.equal(await vscode.env.clipboard.readText(), scene.api.own());
  });
});
