// The responder with a clock that the test moves: what it says, when, and to whom.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { type Advert, type OwnRecord, ownRecords, serviceType, typesName } from '../../../src/core/discovery/discoveryRecords.ts';
import type { Query, Question } from '../../../src/core/discovery/dnsAnswers.ts';
import { type Answer, Responder, type Source } from '../../../src/core/discovery/responder.ts';
import { type VirtualClock, virtualClock } from '../../support/virtualClock.ts';

const advert: Advert = { instance: 'ABCDEFGH-QRSTUV23', idPrefix: 'ABCDEFGHIJKLMNOP', port: 4711, host: 'k3j4h5g6' };
const name = `${advert.instance}.${serviceType}`;
const host = `${advert.host}.local`;
const made = [
  { name: serviceType, type: 'PTR', ttl: 1, data: name },
  { name, type: 'SRV', ttl: 1, data: { port: advert.port, target: host } },
  { name, type: 'TXT', ttl: 1, data: ['v=1', `id=${advert.idPrefix}`].map((text) => new TextEncoder().encode(text)) },
];
const asker: Source = { address: '192.0.2.9', port: 5353 };

type Scene = {
  readonly responder: Responder;
  readonly clock: VirtualClock;
  readonly records: readonly OwnRecord[];
  /** What went to everybody since this was called last: when, the types of the answers, and of what went along. */
  readonly toAll: () => readonly string[];
  readonly toOne: { readonly answer: Answer; readonly to: Source }[];
  readonly ask: (question: Partial<Question>, more?: Partial<Query>, from?: Source) => void;
};

/** A responder that has announced itself long ago. */
function scene({ random = 0, addresses = ['192.0.2.7', 'fe80::7'], isNew = false } = {}): Scene {
  const clock = virtualClock(random);
  const records = ownRecords(made, advert, addresses) ?? [];
  const said: string[] = [];
  const toOne: Scene['toOne'] = [];
  const types = (list: readonly { readonly type: string }[]): string => list.map(({ type }) => type).join(' ');
  const responder = new Responder({
    ...clock,
    records,
    port: 5353,
    multicast: ({ answers, additionals }) => said.push(`${clock.nowMs() - startMs}: ${types(answers)} + ${types(additionals)}`),
    unicast: (answer, to) => toOne.push({ answer, to }),
  });
  let startMs = clock.nowMs();
  responder.announce();
  if (!isNew) clock.advance(10 * 3_600_000);
  startMs = clock.nowMs();
  if (!isNew) said.length = 0;
  const query = { id: 0, known: [], isTruncated: false, isProbe: false };
  return {
    responder,
    clock,
    records,
    toAll: () => said.splice(0),
    toOne,
    ask: (question, more = {}, from = asker) => {
      const questions = [{ name: serviceType, type: 'PTR', unicast: false, ...question }];
      responder.hear({ ...query, questions, ...more }, from);
    },
  };
}

const all = 'PTR SRV TXT A AAAA + ';
const pointerFirst = 'PTR + SRV TXT A AAAA';

describe('a responder', () => {
  it('announces itself at once and 1, 3 and 7 s later (RFC 6762 section 8.3)', () => {
    const { clock, toAll } = scene({ isNew: true });
    clock.advance(60_000);
    assert.deepEqual(toAll(), [`0: ${all}`, `1000: ${all}`, `3000: ${all}`, `7000: ${all}`]);
  });

  for (const [random, ms] of [
    [0, 20],
    [0.5, 70],
    [1, 120],
  ] as const) {
    it(`answers what others may answer too after ${ms} ms, where the pause is ${random} of the longest (section 6)`, () => {
      const { clock, toAll, ask } = scene({ random });
      ask({});
      clock.advance(5000);
      assert.deepEqual(toAll(), [`${ms}: ${pointerFirst}`]);
    });
  }

  it('answers at once what it alone can answer (section 6)', () => {
    const { toAll, ask } = scene({ random: 1 });
    ask({ name, type: 'SRV' });
    assert.deepEqual(toAll(), ['0: SRV + A AAAA']);
  });

  for (const [type, of, expected] of [
    ['PTR', serviceType, pointerFirst],
    ['PTR', serviceType.toUpperCase(), pointerFirst],
    ['ANY', serviceType, pointerFirst],
    ['PTR', typesName, 'PTR + '],
    ['PTR', '_Services._DNS-SD._udp.LOCAL', 'PTR + '],
    ['SRV', name, 'SRV + A AAAA'],
    ['SRV', name.toLowerCase(), 'SRV + A AAAA'],
    ['TXT', name, 'TXT + '],
    ['ANY', name, 'SRV TXT + A AAAA'],
    ['A', host, 'A + AAAA'],
    ['AAAA', host.toUpperCase(), 'AAAA + A'],
    ['ANY', host, 'A AAAA + '],
    ['SRV', host, 'NSEC + '],
    ['A', name, 'NSEC + '],
    ['HINFO', host, 'NSEC + '],
  ] as const) {
    it(`answers ${type} ${of.toLowerCase() === of ? '' : 'in other letters '}of ${of} with ${expected}`, () => {
      const { clock, toAll, ask } = scene();
      ask({ name: of, type });
      clock.advance(500);
      assert.deepEqual(
        toAll().map((text) => text.replace(/^\d+: /, '')),
        [expected],
      );
    });
  }

  for (const [type, of] of [
    ['PTR', '_http._tcp.local'],
    ['SRV', serviceType],
    ['A', 'other.local'],
    ['PTR', `sub.${serviceType}`],
    ['PTR', '_ferry'],
    ['PTR', '_ferry\u212a._tcp.local'],
    ['SRV', `ABCDEFGH-OTHERONE.${serviceType}`],
  ] as const) {
    it(`is silent about ${type} of ${of}`, () => {
      const { clock, toAll, ask } = scene();
      ask({ name: of, type });
      clock.advance(5000);
      assert.deepEqual(toAll(), []);
    });
  }

  it('says along with an address that there is none of the other family (section 6.2)', () => {
    const { toAll, ask } = scene({ addresses: ['192.0.2.7'] });
    ask({ name: host, type: 'A' });
    ask({ name: host, type: 'AAAA' });
    assert.deepEqual(toAll(), ['0: A + NSEC']);
  });

  it('says nothing twice in a second, and then what was asked meanwhile, once (section 6)', () => {
    const { clock, toAll, ask } = scene();
    for (let n = 0; n < 100; n += 1) {
      ask({});
      ask({ name, type: 'TXT' });
      clock.advance(10);
    }
    clock.advance(5000);
    // What is said at once takes along what would have waited: one packet instead of two (section 6.4).
    assert.deepEqual(toAll(), ['0: PTR TXT + SRV A AAAA', '1000: PTR TXT + SRV A AAAA']);
  });

  it('refutes a claim to its name at once, though it said the same 250 ms ago, but not sooner (sections 6 and 8.1)', () => {
    const { clock, toAll, ask } = scene();
    ask({ name, type: 'ANY' }, { isProbe: true });
    clock.advance(100);
    ask({ name, type: 'ANY' }, { isProbe: true });
    clock.advance(5000);
    assert.deepEqual(toAll(), ['0: SRV TXT + A AAAA', '250: SRV TXT + A AAAA']);
  });

  it('does not say what whoever asks knows for more than half of its life, and says what they know less well (section 7.1)', () => {
    const { clock, toAll, ask } = scene();
    const knows = (ttl: number): Partial<Query> => ({
      known: [{ name: serviceType, type: 'PTR', ttl, data: name.toLowerCase() }],
    });
    ask({}, knows(2250));
    clock.advance(5000);
    assert.deepEqual(toAll(), []);
    ask({}, knows(2249));
    ask({}, { known: [{ name: serviceType, type: 'PTR', ttl: 4500, data: `other.${serviceType}` }] });
    clock.advance(5000);
    assert.deepEqual(toAll(), [`5020: ${pointerFirst}`]);
  });

  it('compares what is known with the data of service, text and address', () => {
    const { clock, toAll, ask, records } = scene();
    const codec = records.map((record) =>
      record.type === 'SRV' ? { ...record, data: { priority: 0, weight: 0, port: 4711, target: host.toUpperCase() } } : record,
    );
    for (const asked of [name, host]) ask({ name: asked, type: 'ANY' }, { known: codec });
    clock.advance(5000);
    assert.deepEqual(toAll(), []);
    const others = [
      { ...codec[1], data: { priority: 0, weight: 0, port: 4712, target: host } },
      { ...codec[2], data: [new TextEncoder().encode('V=1')] },
    ] as OwnRecord[];
    ask({ name, type: 'ANY' }, { known: others });
    assert.deepEqual(toAll(), ['5000: SRV TXT + A AAAA']);
  });

  it('waits 400 to 500 ms for the rest of what is known where the question says that more follows (section 7.2)', () => {
    const { clock, toAll, ask, records } = scene();
    ask({}, { isTruncated: true });
    clock.advance(399);
    assert.deepEqual(toAll(), []);
    clock.advance(5000);
    assert.deepEqual(toAll(), [`400: ${pointerFirst}`]);
    ask({}, { isTruncated: true });
    ask({}, { questions: [], known: records }, { ...asker, address: '192.0.2.10' });
    clock.advance(300);
    ask({}, { questions: [], isTruncated: true });
    clock.advance(300);
    ask({}, { questions: [], known: records });
    clock.advance(5000);
    assert.deepEqual(toAll(), []);
  });

  it('keeps so many questions that wait for more, one of each address, and answers further ones at once', () => {
    const { clock, toAll, ask } = scene();
    for (let n = 0; n < limits.mdnsHeldQuestions; n += 1) ask({}, { isTruncated: true }, { ...asker, address: `10.0.0.${n}` });
    clock.advance(100);
    assert.deepEqual([toAll(), clock.pending()], [[], limits.mdnsHeldQuestions]);
    ask({}, { isTruncated: true }, { ...asker, address: '10.0.1.1' });
    clock.advance(20);
    assert.deepEqual(toAll(), [`120: ${pointerFirst}`]);
  });

  it('answers whoever wants it alone, after the same pause, where everybody has heard the record lately (section 5.4)', () => {
    const { clock, toAll, toOne, ask } = scene();
    ask({});
    clock.advance(2000);
    assert.deepEqual(toAll(), [`20: ${pointerFirst}`]);
    ask({ unicast: true });
    clock.advance(19);
    assert.equal(toOne.length, 0);
    clock.advance(1);
    assert.deepEqual(toAll(), []);
    assert.deepEqual(
      toOne.map(({ answer, to }) => [answer.id, answer.questions, answer.answers.map(({ type }) => type), to]),
      [[undefined, undefined, ['PTR'], asker]],
    );
  });

  it('answers everybody, though one wants it alone, where nobody has heard the record for a quarter of its life (section 5.4)', () => {
    const { clock, toAll, toOne, ask } = scene();
    ask({ unicast: true });
    clock.advance(1000);
    assert.deepEqual([toAll(), toOne], [[`20: ${pointerFirst}`], []]);
    clock.advance(1_124_000);
    ask({ unicast: true });
    clock.advance(1000);
    assert.deepEqual([toAll(), toOne.length], [[], 1]);
    clock.advance(1000);
    ask({ unicast: true });
    clock.advance(1000);
    assert.deepEqual([toAll().length, toOne.length], [1, 1]);
  });

  it('refutes a claim both ways where that is wanted', () => {
    const { clock, toAll, toOne, ask } = scene();
    ask({ name, type: 'ANY', unicast: true }, { isProbe: true });
    clock.advance(1);
    assert.deepEqual([toAll().length, toOne.length], [1, 1]);
  });

  it('answers a plain resolver at once and alone: with its id and question, lives of 10 s, no flush bit, no NSEC (section 6.7)', () => {
    const { clock, toAll, toOne, ask, records } = scene({ addresses: ['192.0.2.7'] });
    const plain = { address: '192.0.2.9', port: 40_000 };
    ask({ name: name.toLowerCase(), type: 'SRV' }, { id: 4711, known: records }, plain);
    ask({ name, type: 'AAAA' }, { id: 4712 }, plain);
    ask({ name: 'other.local', type: 'A' }, { id: 4713 }, plain);
    clock.advance(5000);
    assert.deepEqual(toAll(), []);
    const life = { ttl: 10, flush: false };
    assert.deepEqual(toOne, [
      {
        to: plain,
        answer: {
          id: 4711,
          questions: [{ name: name.toLowerCase(), type: 'SRV' }],
          answers: [{ ...records[1], ...life }],
          additionals: [{ ...records[3], ...life }],
        },
      },
    ]);
  });

  it('repeats nothing to a plain resolver but the questions that it answers', () => {
    const { toOne, ask } = scene();
    const questions = ['other.local', name, '\ufffd'.repeat(63)].map((of) => ({ name: of, type: 'TXT', unicast: false }));
    ask({}, { questions }, { address: '192.0.2.9', port: 40_000 });
    assert.deepEqual(
      toOne.map(({ answer }) => answer.questions),
      [[{ name, type: 'TXT' }]],
    );
  });

  it('answers alone so many times a second', () => {
    const { clock, toOne, ask } = scene();
    for (let n = 0; n < 100; n += 1) ask({}, {}, { address: `192.0.2.${n}`, port: 40_000 });
    assert.equal(toOne.length, limits.mdnsAnswers);
    clock.advance(1000);
    ask({}, {}, { address: '192.0.2.1', port: 40_000 });
    assert.equal(toOne.length, limits.mdnsAnswers + 1);
  });

  it('leaves the type of service to others who have said it, but is not made silent by who repeats its records (section 7.4)', () => {
    const { clock, toAll, ask, responder, records } = scene();
    ask({ name: typesName });
    ask({});
    responder.overhear([...records, { name: typesName, type: 'PTR', ttl: 4500, data: serviceType }]);
    clock.advance(5000);
    assert.deepEqual(toAll(), [`20: ${pointerFirst}`]);
  });

  for (const [what, change] of [
    ['another port for its service', (r: OwnRecord) => (r.type === 'SRV' ? { ...r, data: { port: 6666, target: host } } : r)],
    ['another text, in other letters', (r: OwnRecord) => (r.type === 'TXT' ? { ...r, name: name.toUpperCase(), data: [] } : r)],
    ['that it goes', (r: OwnRecord) => ({ ...r, ttl: 0 })],
    ['less than half of a life', (r: OwnRecord) => (r.type === 'PTR' ? { ...r, ttl: 2249 } : r)],
  ] as const) {
    it(`announces itself again, under its name, when somebody says ${what}, but not more than every 5 s (sections 6.6 and 9)`, () => {
      const { clock, toAll, responder, records } = scene();
      for (let n = 0; n < 100; n += 1) {
        responder.overhear(records.map(change));
        clock.advance(100);
      }
      assert.deepEqual(toAll(), [`0: ${all}`, `5000: ${all}`]);
    });
  }

  it('is not moved by what it says itself, by other windows, nor by addresses of its name on other links', () => {
    const { clock, toAll, responder, records } = scene();
    responder.overhear(records);
    responder.overhear([{ name: serviceType, type: 'PTR', ttl: 0, data: `other.${serviceType}` }]);
    responder.overhear([{ name: host, type: 'A', ttl: 120, data: '198.51.100.1' }]);
    responder.overhear([{ name, type: 'SRV', ttl: 0, data: { port: 1, target: host } }]);
    clock.advance(5000);
    assert.deepEqual(toAll(), []);
  });

  it('says goodbye for its own records, and not for the type of service, which others have too (section 10.1)', () => {
    const { responder, records } = scene();
    assert.deepEqual(responder.goodbye(), { answers: records.map((record) => ({ ...record, ttl: 0 })), additionals: [] });
  });

  it('says nothing more when it has stopped, and leaves no timer', () => {
    const { clock, toAll, toOne, ask, responder } = scene({ isNew: true });
    toAll();
    ask({});
    ask({ unicast: true });
    ask({}, { isTruncated: true });
    responder.stop();
    assert.equal(clock.pending(), 0);
    clock.advance(60_000);
    assert.deepEqual([toAll(), toOne], [[], []]);
  });
});
