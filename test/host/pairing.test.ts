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

  /** The digits alone, as they are read out. */
  const shownCode = /^(?:\d\s*){6}$/;
  /** What the person who reads the code out says of the other screen. */
  const theyPicked = (): void => scene.person.answer(shownCode, /They Picked/);

  const numberIn = ({ label }: { readonly label: string }): string => label.replaceAll(/\D/g, '');

  /** Picks one of the numbers that are on screen once the peer asks; '' stands for none of them. */
  const picks = (which: (numbers: readonly string[], code: string) => string | undefined): void => {
    scene.person.answer(/wants to pair/, 'Compare Codes');
    const { current } = scene.api.ui;
    scene.api.ui.current = {
      ...current,
      pick: async (items, options, signal) => {
        await current.pick(items, options, signal);
        const state = scene.api.pairings.entries[0]?.state;
        const code = state?.phase === 'comparing' ? state.code : '';
        const number = which(items.map(numberIn), code);
        return items.find((item) => numberIn(item) === number);
      },
    };
  };

  it('begun here shows the code that the peer sees, and pairs when both say so', async () => {
    const peer = await start({ pairing: 'confirm' });
    theyPicked();
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    await says(/^Paired with neighbour\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
    assert.equal(peer.pairings.entries[0]!.state.phase, 'paired');
  });

  it('begun here pairs nobody when the codes are said to differ', async () => {
    const peer = await start({ pairing: 'confirm' });
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    const dialog = scene.person.shown.find(({ text }) => shownCode.test(text));
    // Whoever presses Enter alone has refused.
    assert.match(dialog!.actions[0]!, /They Do Not See This Number/);
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
    assert.notEqual(peer.pairings.entries[0]!.state.phase, 'paired');
  });

  it('begun here says so when the peer declines', async () => {
    const peer = await start({ pairing: 'decline' });
    theyPicked();
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    await says(/^neighbour was not paired: the codes were not confirmed\.$/);
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('begun here closes its list and says so when the peer declines while the code is read out', async () => {
    const peer = await start();
    scene.api.ui.current = {
      ...scene.api.ui.current,
      pick: async (_items, _options, signal) => {
        peer.pairings.decline(peer.pairings.entries[0]?.id ?? '');
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        return undefined;
      },
    };
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    await says(/^neighbour was not paired: the codes were not confirmed\.$/);
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
    theyPicked();
    await peer.send(scene.me(), [memoryItem('alone.txt', Buffer.from('1'))]);
    await says(/^Paired with neighbour\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('begun by the peer rings once, shows its code among three, and pairs with whoever finds it', async () => {
    const peer = await start();
    picks((_numbers, code) => code);
    let code = '';
    const outcome = await peer.pair(address(), {
      onCode: (shown) => {
        code = shown;
        return Promise.resolve(true);
      },
    });
    assert.deepEqual(outcome, { phase: 'paired' });
    await says(/^Paired with neighbour\.$/);
    const [asked, dialog] = scene.person.shown;
    assert.equal(asked!.text, `neighbour wants to pair. Its fingerprint is ${fingerprintOf(peer.identity.peerId)}.`);
    assert.equal(dialog!.text, 'Which number does neighbour read out?');
    const [refusal, ...numbers] = dialog!.actions;
    assert.match(refusal!, /None of These/);
    assert.equal(numbers.length, 3);
    assert.ok(numbers.some((label) => numberIn({ label }) === code));
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('begun by the peer pairs nobody, and says that the numbers differ, where another one is picked', async () => {
    const peer = await start();
    picks((numbers, code) => numbers.find((number) => number !== '' && number !== code));
    assert.deepEqual(await peer.pair(address()), { phase: 'declined' });
    await says(/^neighbour was not paired: this is not the number of their pairing\./);
    assert.notEqual(scene.api.book.find(peer.identity.peerId)?.trust, 'paired');
  });

  it('begun by the peer pairs nobody where the list is left', async () => {
    const peer = await start();
    picks(() => undefined);
    assert.deepEqual(await peer.pair(address()), { phase: 'declined' });
  });

  it('begun by the peer goes on with Pair with Peer… where its notification is gone', async () => {
    const peer = await start();
    const running = peer.pair(address());
    await says(/^neighbour wants to pair\./);
    picks((_numbers, code) => code);
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    assert.deepEqual(await running, { phase: 'paired' });
    await says(/^Paired with neighbour\.$/);
  });

  for (const [what, end] of [
    ['was cancelled there', (stop: AbortController): void => stop.abort()],
    ['has lost its peer', (_stop: AbortController, peer: HeadlessPeer): void => void peer.stop()],
  ] as const) {
    it(`begun by the peer closes its list and says that it is over where it ${what} while the codes are compared`, async () => {
      const peer = await start();
      const stop = new AbortController();
      scene.person.answer(/wants to pair/, 'Compare Codes');
      const { current } = scene.api.ui;
      const closed = Promise.withResolvers<undefined>();
      scene.api.ui.current = {
        ...current,
        pick: async (_items, _options, signal) => {
          signal?.addEventListener('abort', () => closed.resolve(undefined));
          end(stop, peer);
          await closed.promise;
          return undefined;
        },
      };
      await peer.pair(address(), { signal: stop.signal }).catch(() => undefined);
      await closed.promise;
      await says(/^neighbour ended the pairing\.$/);
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
