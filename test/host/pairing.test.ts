// Pairing in a real editor with a peer on loopback, begun by either side.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Address } from '../../src/core/peers/address.ts';
import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import { type HeadlessOptions, type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('Pairing', () => {
  const scene = setScene();
  const { says } = scene;

  /** A peer whose address is remembered, so that nobody has to find it. */
  const start = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await scene.start(options);
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, addresses: [peer.address] }));
    return peer;
  };
  const address = (): Address => scene.me().addresses[0];
  const row = (peer: HeadlessPeer) => ({ id: peer.identity.peerId, name: peer.name, windows: [], trust: 'unknown' });

  it('begun here shows the code that the peer sees, and pairs when both say so', async () => {
    const peer = await start({ pairing: 'confirm' });
    scene.person.answer(/^Pairing code \d{3} \d{3}$/, 'The Codes Are the Same');
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    await says(/^Paired with neighbour\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
    assert.equal(peer.pairings.entries[0]!.state.phase, 'paired');
  });

  it('begun here pairs nobody when the codes are said to differ', async () => {
    const peer = await start({ pairing: 'confirm' });
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    assert.ok(scene.person.shown.some(({ kind, text }) => kind === 'confirm' && text.startsWith('Pairing code')));
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
    assert.notEqual(peer.pairings.entries[0]!.state.phase, 'paired');
  });

  it('begun here says so when the peer declines', async () => {
    const peer = await start({ pairing: 'decline' });
    scene.person.answer(/^Pairing code \d{3} \d{3}$/, 'The Codes Are the Same');
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    await says(/^neighbour was not paired: the codes were not confirmed\.$/);
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('is offered with the first item that came from a peer, and not with the second', async () => {
    const peer = await start({ pairing: 'confirm', answer: 'save' });
    const saved = (): readonly (readonly string[])[] =>
      scene.person.shown.filter(({ text }) => text.startsWith('Saved')).map(({ actions }) => actions);
    scene.person.answer(/wants to send/, 'Accept');
    for (const name of ['first.txt', 'second.txt']) {
      assert.equal((await peer.send(scene.me(), [memoryItem(name, Buffer.from(name))])).phase, 'delivered');
      await says(new RegExp(`^Saved ${name} from neighbour`));
    }
    assert.deepEqual(saved(), [
      ['Open', 'Reveal', 'Pair…'],
      ['Open', 'Reveal'],
    ]);
  });

  it('is offered with the first item that was sent to a peer, and not with the second', async () => {
    const peer = await start({ answer: 'save' });
    const file = vscode.Uri.file(join(await tempFolder(), 'a.txt'));
    await vscode.workspace.fs.writeFile(file, Buffer.from('a'));
    const told = (): readonly (readonly string[])[] =>
      scene.person.shown.filter(({ text }) => text === 'neighbour received a.txt.').map(({ actions }) => actions);
    for (const count of [1, 2]) {
      await sendTo(scene.api, peer, ['ferry.sendFile', file]);
      await eventually(scene.person.onDidSee, () => told().length === count || undefined, `item ${count} is received`);
    }
    assert.deepEqual(told(), [['Pair…'], []]);
  });

  it('leads from the first item that was received to a peer that is paired', async () => {
    const peer = await scene.start({ pairing: 'confirm' });
    scene.person.answer(/wants to send/, 'Accept');
    scene.person.answer(/^Saved alone\.txt/, 'Pair…');
    scene.person.answer(/^Pairing code \d{3} \d{3}$/, 'The Codes Are the Same');
    await peer.send(scene.me(), [memoryItem('alone.txt', Buffer.from('1'))]);
    await says(/^Paired with neighbour\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('begun by the peer rings once, shows the same code, and pairs', async () => {
    const peer = await start();
    scene.person.answer(/wants to pair/, 'Compare Codes');
    scene.person.answer(/^Pairing code \d{3} \d{3}$/, 'The Codes Are the Same');
    let code = '';
    const outcome = await peer.pair(address(), {
      onCode: (shown) => {
        code = shown;
        return Promise.resolve(true);
      },
    });
    assert.deepEqual(outcome, { phase: 'paired' });
    await says(/^Paired with neighbour\.$/);
    const texts = scene.person.shown.map((shown) => shown.text);
    assert.equal(texts[0], `neighbour wants to pair. Its fingerprint is ${fingerprintOf(peer.identity.peerId)}.`);
    assert.equal(texts[1], `Pairing code ${code.slice(0, 3)} ${code.slice(3)}`);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  for (const [what, end] of [
    ['was cancelled there', (stop: AbortController): void => stop.abort()],
    ['has lost its peer', (_stop: AbortController, peer: HeadlessPeer): void => void peer.stop()],
  ] as const) {
    it(`begun by the peer says that it is over where it ${what} while the codes are compared`, async () => {
      const peer = await start();
      const stop = new AbortController();
      scene.person.answer(/wants to pair/, 'Compare Codes');
      const { current } = scene.api.ui;
      const { pairings } = scene.api;
      scene.api.ui.current = {
        ...current,
        confirm: async () => {
          end(stop, peer);
          const over = () => pairings.entries.every(({ state }) => state.phase !== 'comparing') || undefined;
          await eventually(pairings.onDidChange, over, 'the pairing is over');
          return true;
        },
      };
      await peer.pair(address(), { signal: stop.signal }).catch(() => undefined);
      await says(/^This pairing is over\. Nobody was paired\.$/);
      assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
    });
  }

  it('begun by the peer is declined with one click', async () => {
    const peer = await start();
    scene.person.answer(/wants to pair/, 'Decline');
    assert.deepEqual(await peer.pair(address()), { phase: 'declined' });
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });
});
