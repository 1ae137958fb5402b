// The ledger: what it tells of every change, and what gives way.

import assert from 'node:assert/strict';

import { type Change, Ledger } from '../../../src/core/base/ledger.ts';

type Entry = { readonly id: string; readonly over: boolean };

describe('A ledger', () => {
  const open = (kept = 3): { readonly ledger: Ledger<Entry>; readonly told: Change<Entry>[] } => {
    const ledger = new Ledger<Entry>({ kept, isOver: ({ over }) => over });
    const told: Change<Entry>[] = [];
    ledger.onDidChange((change) => told.push(change));
    return { ledger, told };
  };

  it('tells what comes, moves on and goes, with what was there before', () => {
    const { ledger, told } = open();
    const [waiting, done] = [
      { id: 'a', over: false },
      { id: 'a', over: true },
    ];
    ledger.put(waiting);
    ledger.put(done);
    assert.equal(ledger.remove('a'), true);
    assert.deepEqual(told, [
      { before: undefined, entry: waiting },
      { before: waiting, entry: done },
      { before: done, entry: undefined },
    ]);
    assert.deepEqual([ledger.entries, ledger.find('a')], [[], undefined]);
  });

  it('shows the newest first, and leaves an entry that moves on in its place', () => {
    const { ledger } = open();
    for (const id of ['a', 'b', 'c']) ledger.put({ id, over: false });
    ledger.put({ id: 'a', over: true });
    assert.deepEqual(
      ledger.entries.map(({ id }) => id),
      ['c', 'b', 'a'],
    );
  });

  it('removes nothing that is not over, and nothing that is not there', () => {
    const { ledger, told } = open();
    ledger.put({ id: 'a', over: false });
    assert.deepEqual([ledger.remove('a'), ledger.remove('b'), told.length], [false, false, 1]);
  });

  it('lets the oldest that is over give way, and says so; what is not over stays, however many there are', () => {
    const { ledger, told } = open(2);
    ledger.put({ id: 'a', over: false });
    ledger.put({ id: 'b', over: true });
    ledger.put({ id: 'c', over: false });
    assert.deepEqual(told.at(-1), { before: { id: 'b', over: true }, entry: undefined });
    ledger.put({ id: 'd', over: false });
    assert.deepEqual(
      ledger.entries.map(({ id }) => id),
      ['d', 'c', 'a'],
    );
  });
});
