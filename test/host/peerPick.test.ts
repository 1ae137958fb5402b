// The list of peers in a real editor, while peers come and go: Enter takes whoever was in front when the person looked.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import * as vscode from 'vscode';

import { createEmitter } from '../../src/core/base/event.ts';
import { silentLog } from '../../src/core/base/log.ts';
import type { Peer } from '../../src/core/peers/peers.ts';
import { type PickOptions, type PickResult, pickPeers } from '../../src/editor/peers/peerPick.ts';
import { peerIdOfNobody } from '../support/peerIds.ts';

type Change = Partial<Pick<Peer, 'trust' | 'lastUsed'>> & { readonly away?: true };

describe('The list of peers', () => {
  const peer = (n: number, { away, ...change }: Change = {}): Peer => {
    const id = peerIdOfNobody(n);
    const window = { window: `w${n}`, peerId: id, address: { host: '127.0.0.1', port: 40_000 + n }, name: `p${n}`, focusedAt: 0 };
    return { id, name: `p${n}`, trust: 'known', lastUsed: 0, windows: away ? [] : [window], ...change };
  };

  /** Peers that are there one after the other, and what Enter takes then. */
  const taken = async (states: readonly (readonly Peer[])[], options: PickOptions = {}): Promise<PickResult> => {
    const changed = createEmitter<undefined>();
    let peers = states[0] ?? [];
    const source = {
      get peers() {
        return peers;
      },
      ...{ onDidChange: changed.event, refresh: () => Promise.resolve(), greetNew: () => Promise.resolve() },
    };
    const picking = pickPeers(source, 'Pick', silentLog, options);
    for (const next of states.slice(1)) {
      peers = next;
      changed.fire(undefined);
    }
    let result: PickResult | undefined;
    void picking.then((picked) => (result = picked));
    // Nothing tells when a quick pick is on screen, so Enter is pressed until it was taken.
    while (result === undefined) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await Promise.race([picking, delay(50)]);
    }
    return picking;
  };
  const nameOf = (result: PickResult): string =>
    result.kind === 'peers' ? result.peers.map(({ name }) => name).join() : result.kind;

  for (const [what, states, expected] of [
    ['the one who is there', [[peer(1)]], 'p1'],
    ['whoever was used last', [[peer(1), peer(2, { lastUsed: 5 })]], 'p2'],
    ['a paired one before others', [[peer(1), peer(2, { trust: 'paired' })]], 'p2'],
    ['the first who appears in an empty list', [[], [peer(1)]], 'p1'],
    ['whoever was in front before one that was used later appeared', [[peer(1)], [peer(2, { lastUsed: 5 }), peer(1)]], 'p1'],
    [
      'whoever answers, though somebody remembered stood there first',
      [[peer(1, { away: true })], [peer(2), peer(1, { away: true })]],
      'p2',
    ],
    ['nobody who is blocked', [[peer(1, { trust: 'blocked' }), peer(2)]], 'p2'],
  ] as const) {
    it(`gives ${what}`, async () => {
      assert.equal(nameOf(await taken(states)), expected);
    });
  }

  it('acts at once on what can be done where nobody is', async () => {
    assert.equal(nameOf(await taken([[]])), 'add');
    assert.equal(nameOf(await taken([[]], { notice: 'Only this computer can see you. Change…' })), 'visibility');
    assert.equal(nameOf(await taken([[peer(1)]], { notice: 'Only this computer can see you. Change…' })), 'p1');
  });

  it('gives nobody where it is left', async () => {
    const leaving = setInterval(() => void vscode.commands.executeCommand('workbench.action.closeQuickOpen'), 50);
    try {
      const source = { peers: [], onDidChange: createEmitter<undefined>().event };
      const nothing = (): Promise<void> => Promise.resolve();
      const picked = await pickPeers({ ...source, refresh: nothing, greetNew: nothing }, 'Pick', silentLog);
      assert.deepEqual(picked, { kind: 'none' });
    } finally {
      clearInterval(leaving);
    }
  });
});
