// Messages of a person: what is taken, what is kept, and how much of it, whatever peers send.

import assert from 'node:assert/strict';
import { mock } from 'node:test';

import { FerryError } from '../../../src/core/base/errors.ts';
import { createEmitter } from '../../../src/core/base/event.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import { Messages } from '../../../src/core/messages/messages.ts';
import { blankEntry } from '../../../src/core/peers/book.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { bookOf } from '../../support/fakeBook.ts';
import { journalOf, noRecords } from '../../support/fakeJournal.ts';
import { times } from '../../support/longRuns.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const known = peerIdOfNobody(1);
const stranger = (n: number): PeerId => peerIdOfNobody(100 + n);
const message = (text: string, id = randomToken()) => ({ id, sender: { name: 'Ada' }, text });
const codeOf = (call: Promise<unknown> | (() => void)): Promise<string> =>
  (typeof call === 'function' ? Promise.resolve().then(call) : call).then(
    () => 'taken',
    (error: unknown) => (error instanceof FerryError ? error.code : String(error)),
  );

describe('Messages', () => {
  let shared = noRecords();
  let nowMs = 0;
  const open = (journal = journalOf(shared)): Messages =>
    new Messages({
      ...{ journal, log: silentLog, now: () => nowMs },
      ...{ session: () => undefined, onSession: createEmitter<unknown>().event, senderName: () => 'me' },
      book: bookOf([{ ...blankEntry(known), trust: 'known', name: 'Ada' }]),
    });
  let messages = open();
  beforeEach(() => {
    [shared, nowMs] = [noRecords(), 0];
    messages = open();
  });
  const texts = (of: Messages, peer: PeerId = known): readonly string[] =>
    of.thread(peer)?.messages.map(({ text }) => text) ?? [];

  it('P13: takes ten of a peer in ten seconds, and five of all strangers, however many keys they have', async () => {
    const ask = (peer: PeerId): Promise<string> => codeOf(() => messages.expectPlace(peer));
    const ofKnown = await Promise.all(Array.from({ length: 12 }, () => ask(known)));
    assert.deepEqual(ofKnown.lastIndexOf('taken'), limits.messagesPerPeer - 1);
    assert.deepEqual(ofKnown.slice(limits.messagesPerPeer), ['ERR_BUSY', 'ERR_BUSY']);
    const ofStrangers = await Promise.all(Array.from({ length: 7 }, (_, n) => ask(stranger(n))));
    assert.deepEqual(ofStrangers.slice(limits.messagesOfStrangers), ['ERR_BUSY', 'ERR_BUSY']);
    assert.equal(await ask(known), 'ERR_BUSY');
    nowMs = limits.messagesCountedMs;
    assert.deepEqual([await ask(known), await ask(stranger(9))], ['taken', 'taken']);
  });

  it('P13: keeps so many of strangers that nobody has looked at, of one and of all, and takes more once they were', async () => {
    const writes = (n: number): Promise<string> => codeOf(messages.receive(stranger(n), message('hello')));
    const ofOne: string[] = [];
    for (let n = 0; n <= limits.messagesUnreadPerStranger; n += 1) ofOne.push(await writes(0));
    assert.equal(ofOne.indexOf('ERR_BUSY'), limits.messagesUnreadPerStranger);
    const ofAll: string[] = [];
    for (let n = 1; n <= limits.messagesUnreadOfStrangers; n += 1) ofAll.push(await writes(n));
    assert.equal(ofAll.indexOf('ERR_BUSY'), limits.messagesUnreadOfStrangers - limits.messagesUnreadPerStranger);
    assert.equal(await codeOf(messages.receive(known, message('hello'))), 'taken');
    await messages.look(stranger(0));
    assert.equal(await writes(0), 'taken');
  });

  it('P13: holds no more of a peer than it should, whatever number of ids it uses', async function () {
    this.timeout(60 * 60_000);
    const count = times(1_000_000, process.env, { byDefault: 3_000 });
    for (let n = 0; n < count; n += 1) await messages.receive(known, message(String(n)));
    const kept = texts(messages);
    assert.ok(kept.length > limits.messagesKeptPerPeer - 51 && kept.length <= limits.messagesKeptPerPeer, String(kept.length));
    assert.equal(kept.at(-1), String(count - 1));
    assert.ok(shared.records.size <= 11, `${shared.records.size} records`);
  });

  it('P13: makes no record that is too large, of texts that take most when they are written', async () => {
    const worst = '\u0001'.repeat(limits.messageBytes);
    for (let n = 0; n < 30; n += 1) await messages.receive(known, message(worst));
    for (const record of shared.records.values()) assert.ok(JSON.stringify(record).length < 512 * 1024);
    assert.equal(texts(open()).length, 30);
  });

  it('are read back as they were by another window, and each is told of once', async () => {
    const other = open();
    const told: string[] = [];
    for (const window of [messages, other]) window.onDidArrive(({ text }) => told.push(text));
    await messages.receive(known, message('one'));
    await other.receive(known, message('two'));
    assert.deepEqual(
      [texts(messages), texts(other), texts(open())],
      [
        ['one', 'two'],
        ['one', 'two'],
        ['one', 'two'],
      ],
    );
    assert.deepEqual(told.toSorted(), ['one', 'one', 'two', 'two']);
  });

  it('are kept that come to a window which has not heard yet that another one removed their thread', async () => {
    const late = open({ ...journalOf(shared), onDidChange: () => ({ dispose: () => undefined }) });
    await late.receive(known, message('one'));
    await open().remove(known);
    await late.receive(known, message('two'));
    assert.deepEqual([texts(late), texts(open())], [['two'], ['two']]);
  });

  it('are read for good in another window where the disk took nothing of it in the first', async () => {
    const other = open();
    await messages.receive(known, message('one'));
    shared.failure = new FerryError('ERR_NO_SPACE', 'full');
    await messages.look(known);
    shared.failure = undefined;
    await other.look(known);
    assert.equal(open().thread(known)?.unread, 0);
  });

  it('that two windows were sent under one id stand once', async () => {
    const other = open();
    const same = message('same');
    await Promise.all([messages.receive(known, same), other.receive(known, same)]);
    assert.deepEqual([texts(messages), texts(other)], [['same'], ['same']]);
  });

  it('that could not be kept are not shown, and their sender may come back with them', async () => {
    const same = message('same');
    shared.failure = new FerryError('ERR_NO_SPACE', 'the disk is full');
    assert.equal(await codeOf(messages.receive(known, same)), 'ERR_NO_SPACE');
    assert.deepEqual(texts(messages), []);
    shared.failure = undefined;
    assert.equal(await codeOf(messages.receive(known, same)), 'taken');
    assert.deepEqual(texts(messages), ['same']);
  });

  it('that were removed do not come back with a sender who has not heard that they came', async () => {
    const same = message('same');
    await messages.receive(known, same);
    await messages.remove(known);
    assert.equal(await codeOf(messages.receive(known, same)), 'taken');
    assert.deepEqual(texts(messages), []);
    await messages.receive(known, message('new'));
    assert.deepEqual(texts(open()), ['new']);
  });

  it('P13: of strangers count as unread after their thread was removed, whatever the clock said when it was read', async () => {
    const ahead = Date.now() + 24 * 60 * 60_000;
    const clock = mock.method(Date, 'now', () => ahead);
    await messages.receive(stranger(0), message('early'));
    clock.mock.restore();
    await messages.look(stranger(0));
    await messages.remove(stranger(0));
    const taken: string[] = [];
    for (let n = 0; n <= limits.messagesUnreadPerStranger; n += 1) {
      taken.push(await codeOf(messages.receive(stranger(0), message('hello'))));
    }
    assert.equal(messages.thread(stranger(0))?.unread, limits.messagesUnreadPerStranger);
    assert.equal(taken.indexOf('ERR_BUSY'), limits.messagesUnreadPerStranger);
  });

  it('are passed over where the journal has something else under their keys', async () => {
    await messages.receive(known, message('good'));
    for (const [n, record] of [
      null,
      5,
      {},
      { peer: { id: known, name: 'x' }, messages: [{}] },
      { peer: known, at: -1 },
    ].entries())
      shared.records.set(`messages/${known}/${n}`, record);
    shared.records.set(`messages/${stranger(1)}/a`, [...shared.records.values()][0]);
    assert.deepEqual(texts(open()), ['good']);
    assert.equal(open().threads.length, 1);
  });

  it('cannot be written longer than they may be, or empty', async () => {
    const peer = { id: known, name: 'Ada' };
    assert.equal(await codeOf(messages.send(peer, 'ü'.repeat(limits.messageBytes / 2))), 'taken');
    assert.equal(await codeOf(messages.send(peer, `${'ü'.repeat(limits.messageBytes / 2)}x`)), 'ERR_BODY_TOO_LARGE');
    assert.equal(await codeOf(messages.send(peer, ' \n')), 'ERR_MESSAGE_INVALID');
    assert.equal((await messages.send(peer, 'half \ud800')).text, 'half \ufffd');
  });

  it('older than the days of the history go, and the newer stay', async () => {
    await messages.receive(known, message('old'));
    const [key = '', record] = [...shared.records][0] ?? [];
    const aged = JSON.stringify(record).replace(/"at":\d+/, `"at":${Date.now() - 31 * 24 * 60 * 60_000}`);
    shared.records.set(key, JSON.parse(aged) as unknown);
    shared.holders.clear();
    const next = open();
    await next.receive(stranger(1), message('new'));
    await next.restore(30);
    assert.deepEqual([texts(next), texts(next, stranger(1))], [[], ['new']]);
    next.rest();
  });
});
