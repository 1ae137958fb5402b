// What the Transfers view says of each state, to eyes and to screen readers, and how often it is drawn.

import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { FerryError } from '../../src/core/base/errors.ts';
import { Ledger } from '../../src/core/base/ledger.ts';
import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import { isDone, type OutgoingEntry, type OutgoingState } from '../../src/core/sending/outgoing.ts';
import { activityLines } from '../../src/editor/transfers/activity.ts';
import { TransferRows } from '../../src/editor/transfers/transfersView.ts';
import { peerIdOfNobody } from '../support/peerIds.ts';
import { virtualClock } from '../support/virtualClock.ts';

const grace = { id: peerIdOfNobody(1), name: 'Grace' };
const failed = new FerryError('ERR_SOURCE_CHANGED', 'it changed');

function entryOf(state: OutgoingState, changes: Partial<OutgoingEntry> = {}): OutgoingEntry {
  const item = (name: string) => ({ kind: 'file', name, size: 12_000_000, mediaType: 'text/plain' }) as const;
  const names = changes.items === undefined ? ['a.txt'] : [];
  return {
    ...{ id: 'one', peer: grace, items: names.map(item), files: [undefined], sealing: 'none', createdAt: new Date(0), state },
    ...changes,
  };
}

const two = [...entryOf({ phase: 'queued' }).items, { ...entryOf({ phase: 'queued' }).items[0]!, name: 'b.txt' }];

/** The rows of some entries, on a clock that stands still until it is moved. */
function rowsOf(...entries: readonly OutgoingEntry[]) {
  const ledger = new Ledger<OutgoingEntry>({ kept: 500, isOver: ({ state }) => isDone(state) });
  for (const entry of entries) ledger.put(entry);
  const clock = virtualClock();
  const outbox = {
    get entries() {
      return ledger.entries;
    },
    find: (id: string) => ledger.find(id),
    onDidChange: ledger.onDidChange,
  };
  return { ledger, clock, rows: new TransferRows(outbox, clock.after) };
}

function itemOf(entry: OutgoingEntry): vscode.TreeItem {
  return rowsOf(entry).rows.getTreeItem({ id: entry.id });
}

function tooltipOf(entry: OutgoingEntry): string {
  const { tooltip } = itemOf(entry);
  assert.ok(typeof tooltip === 'string');
  return tooltip;
}

describe('A row of Transfers', () => {
  const states: readonly (readonly [OutgoingState, string, string])[] = [
    [{ phase: 'queued' }, 'queued · Grace · 12 MB', 'clock'],
    [{ phase: 'reaching' }, 'connecting · Grace · 12 MB', 'loading~spin'],
    [{ phase: 'waiting' }, 'waiting for their answer · Grace · 12 MB', 'loading~spin'],
    [{ phase: 'moving', sent: 250_000, total: 12_000_000 }, 'sending 2 % · Grace · 250 kB of 12 MB', 'loading~spin'],
    [{ phase: 'interrupted' }, 'connection lost · Grace · 12 MB', 'debug-disconnect'],
    [{ phase: 'away' }, 'away · Grace · 12 MB', 'clock'],
    [{ phase: 'paused' }, 'paused · Grace · 12 MB', 'debug-pause'],
    [{ phase: 'delivered', bytes: 1, digests: [] }, 'delivered · Grace · 12 MB', 'check'],
    [{ phase: 'declined' }, 'declined · Grace · 12 MB', 'circle-slash'],
    [{ phase: 'expired' }, 'not answered · Grace · 12 MB', 'circle-slash'],
    [{ phase: 'cancelled', by: 'me' }, 'cancelled · Grace · 12 MB', 'circle-slash'],
    [{ phase: 'cancelled', by: 'peer' }, 'cancelled by them · Grace · 12 MB', 'circle-slash'],
    [{ phase: 'failed', error: failed }, 'failed · Grace · 12 MB', 'error'],
  ];
  for (const [state, description, icon] of states) {
    it(`says "${description}"`, () => {
      const item = itemOf(entryOf(state));
      assert.deepEqual([item.label, item.description], ['a.txt', description]);
      assert.equal((item.iconPath as vscode.ThemeIcon).id, icon);
      const [word = '', , amount = ''] = description.split(' · ');
      const spoken = state.phase === 'moving' ? 'sending' : word;
      assert.equal(item.accessibilityInformation?.label, `a.txt, ${spoken}, to Grace, ${amount}`);
    });
  }

  it('has the whole story in its tooltip', () => {
    const lines = tooltipOf(entryOf({ phase: 'failed', error: failed }, { sealing: 'key' })).split('\n');
    assert.deepEqual(lines, [
      'a.txt',
      `To Grace, fingerprint ${fingerprintOf(grace.id)}`,
      'Encrypted for their key',
      `Started ${new Date(0).toLocaleString()}`,
      'It changed before all of it was sent, so it was not kept. Send it again.',
    ]);
    const away = tooltipOf(entryOf({ phase: 'away' }));
    assert.match(away, /\nSent as it is\n.*\nThey cannot be reached now\. It is sent when they are back, within a day\.$/);
  });

  it('says what is sealed, and speaks of it', () => {
    const item = itemOf(entryOf({ phase: 'paused' }, { sealing: 'passphrase' }));
    assert.equal(item.description, 'paused · Grace · 12 MB · encrypted');
    assert.equal(item.accessibilityInformation?.label, 'a.txt, paused, to Grace, 12 MB, encrypted');
  });

  it('has its items below it, and what became of each once it is over', () => {
    const below = (state: OutgoingState): unknown[] => {
      const { rows } = rowsOf(entryOf(state, { items: two }));
      return rows.getChildren({ id: 'one' }).map((row) => {
        const { id, label, description } = rows.getTreeItem(row);
        return [id, label, description];
      });
    };
    assert.deepEqual(below({ phase: 'reaching' }), [
      ['one/0', 'a.txt', '12 MB'],
      ['one/1', 'b.txt', '12 MB'],
    ]);
    assert.deepEqual(below({ phase: 'partly', bytes: 1, arrived: [0], failed: [{ n: 1, error: failed }] }), [
      ['one/0', 'a.txt', 'arrived · 12 MB'],
      ['one/1', 'b.txt', 'did not arrive · It changed before all of it was sent, so it was not kept. Send it again.'],
    ]);
    assert.deepEqual(below({ phase: 'cancelled', by: 'me', arrived: [1] }), [
      ['one/0', 'a.txt', 'did not arrive · 12 MB'],
      ['one/1', 'b.txt', 'arrived · 12 MB'],
    ]);
    const item = itemOf(entryOf({ phase: 'partly', bytes: 1, arrived: [0], failed: [{ n: 1, error: failed }] }, { items: two }));
    assert.deepEqual([item.label, item.description], ['2 files', '1 of 2 delivered · Grace · 24 MB']);
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
  });

  it('stands still whatever its state, the newest in front', () => {
    const { ledger, rows } = rowsOf(entryOf({ phase: 'queued' }), entryOf({ phase: 'queued' }, { id: 'two' }));
    const before = rows.getChildren();
    assert.deepEqual(before, [{ id: 'two' }, { id: 'one' }]);
    ledger.put(entryOf({ phase: 'declined' }, { id: 'two' }));
    assert.deepEqual(rows.getChildren(), before);
    assert.equal(rows.getChildren()[0], before[0]);
  });

  it('is drawn twice a second at most, by itself, and in its last state', () => {
    const { ledger, clock, rows } = rowsOf(entryOf({ phase: 'queued' }), entryOf({ phase: 'queued' }, { id: 'two' }));
    rows.getChildren();
    const drawn: unknown[] = [];
    rows.onDidChangeTreeData((changed) => drawn.push([changed, rows.getTreeItem({ id: 'one' }).description]));
    for (let sent = 0; sent < 100; sent += 1) {
      ledger.put(entryOf({ phase: 'moving', sent, total: 12_000_000 }));
      clock.advance(6);
    }
    ledger.put(entryOf({ phase: 'paused' }));
    clock.advance(10_000);
    const row = [{ id: 'one' }];
    assert.deepEqual(drawn, [
      [row, 'sending 0 % · Grace · 0 B of 12 MB'],
      [row, 'sending 0 % · Grace · 83 B of 12 MB'],
      [row, 'paused · Grace · 12 MB'],
    ]);
    assert.equal(clock.pending(), 0);
    drawn.length = 0;
    ledger.put(entryOf({ phase: 'queued' }, { id: 'three' }));
    assert.deepEqual(drawn, [[undefined, 'paused · Grace · 12 MB']]);
  });
});

describe('The item of transfers in the status bar', () => {
  it('names what runs, and nothing that waits for somebody', () => {
    const lines = activityLines(
      [
        entryOf({ phase: 'moving', sent: 5_400_000, total: 12_000_000 }),
        entryOf({ phase: 'waiting' }, { items: two }),
        ...(['queued', 'away', 'paused', 'declined'] as const).map((phase) => entryOf({ phase })),
      ],
      [],
    );
    assert.deepEqual(lines, ['a.txt to Grace: 45 %', '2 files to Grace: waiting for their answer']);
  });
});
