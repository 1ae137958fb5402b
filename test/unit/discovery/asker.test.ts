import assert from 'node:assert/strict';

import { type Ask, Asker } from '../../../src/core/discovery/asker.ts';
import { pointerTo, serviceType } from '../../../src/core/discovery/discoveryRecords.ts';
import type { Query } from '../../../src/core/discovery/dnsAnswers.ts';
import { virtualClock } from '../../support/virtualClock.ts';

const own = 'ABCDEFGH-QRSTUV23';
const theirQuery: Query = {
  id: 0,
  questions: [{ name: '_FERRY._tcp.local', type: 'PTR', unicast: false }],
  known: [],
  isTruncated: false,
  isProbe: false,
};

function scene(random = 0): { asker: Asker; sent: Ask[]; advance: (ms: number) => void; pending: () => number } {
  const clock = virtualClock(random);
  const sent: Ask[] = [];
  return { asker: new Asker(clock, own, (ask) => sent.push(ask)), sent, advance: clock.advance, pending: clock.pending };
}

describe('an asker', () => {
  for (const [random, ms] of [
    [0, 20],
    [1, 120],
  ] as const) {
    it(`asks after a pause of ${ms} ms, where it is ${random} of the longest (RFC 6762 section 5.2)`, () => {
      const { asker, sent, advance } = scene(random);
      asker.ask([]);
      advance(ms - 1);
      assert.equal(sent.length, 0);
      advance(1);
      assert.deepEqual(sent, [
        { questions: [{ name: serviceType, type: 'PTR' }], answers: [pointerTo(own)], isTruncated: false },
      ]);
    });
  }

  it('says what it knows in as many packets as that takes, and in all but the last that more follows (section 7.2)', () => {
    const { asker, sent, advance } = scene();
    const known = Array.from({ length: 33 }, (_, n) => ({
      instance: `ABCDEFGH-AAAAAA${String(n).padStart(2, 'A')}`,
      ttl: 3000 + n,
    }));
    asker.ask(known);
    advance(20);
    assert.deepEqual(
      sent.map(({ questions, answers, isTruncated }) => [questions.length, answers.length, isTruncated]),
      [
        [1, 16, true],
        [0, 16, true],
        [0, 2, false],
      ],
    );
    assert.deepEqual(
      sent.flatMap(({ answers }) => answers),
      [pointerTo(own), ...known.map(({ instance, ttl }) => pointerTo(instance, ttl))],
    );
  });

  it('need not ask what somebody else asks in that pause, who knows nothing that it does not know itself (section 7.3)', () => {
    const { asker, sent, advance } = scene();
    asker.ask([{ instance: 'AAAAAAAA-BBBBBBBB', ttl: 4000 }]);
    asker.overhear({ ...theirQuery, known: [pointerTo('AAAAAAAA-BBBBBBBB')] });
    advance(1000);
    assert.deepEqual(sent, []);
  });

  it('M2: is not kept from asking twice in a row', () => {
    const { asker, sent, advance } = scene();
    const asked = [1, 2, 3, 4].map(() => {
      asker.ask([]);
      asker.overhear(theirQuery);
      advance(1000);
      return sent.splice(0).length;
    });
    assert.deepEqual(asked, [0, 1, 0, 1]);
  });

  for (const [what, query] of [
    ['knows more', { ...theirQuery, known: [pointerTo('AAAAAAAA-BBBBBBBB')] }],
    ['may know more', { ...theirQuery, isTruncated: true }],
    ['wants to be answered alone', { ...theirQuery, questions: [{ name: serviceType, type: 'PTR', unicast: true }] }],
    ['asks for something else', { ...theirQuery, questions: [{ name: '_http._tcp.local', type: 'PTR', unicast: false }] }],
    ['asks for one window', { ...theirQuery, questions: [{ name: serviceType, type: 'SRV', unicast: false }] }],
  ] as const) {
    it(`asks all the same where somebody else ${what}`, () => {
      const { asker, sent, advance } = scene();
      asker.ask([]);
      asker.overhear(query);
      advance(1000);
      assert.equal(sent.length, 1);
    });
  }

  it('asks where somebody else asked before, and not in its pause', () => {
    const { asker, sent, advance } = scene();
    asker.overhear(theirQuery);
    asker.ask([]);
    advance(1000);
    assert.equal(sent.length, 1);
  });

  it('asks after windows by their service and text, eight in a packet, at once', () => {
    const { asker, sent } = scene();
    asker.askAfter(Array.from({ length: 9 }, (_, n) => `AAAAAAAA-BBBBBBB${n}`));
    assert.deepEqual(
      sent.map(({ questions }) => questions.length),
      [16, 2],
    );
    const at = `AAAAAAAA-BBBBBBB8.${serviceType}`;
    assert.deepEqual(sent[1]?.questions, [
      { name: at, type: 'SRV' },
      { name: at, type: 'TXT' },
    ]);
    asker.askAfter([]);
    assert.equal(sent.length, 2);
  });

  it('asks once where it is told to twice, and nothing when it has stopped', () => {
    const { asker, sent, advance, pending } = scene();
    asker.ask([]);
    advance(10);
    asker.ask([]);
    advance(1000);
    assert.equal(sent.length, 1);
    asker.ask([]);
    asker.stop();
    assert.equal(pending(), 0);
  });
});
