// The rules of RFC 6762 and RFC 6763 on the wire: real packets over loopback, ten times as fast as they are.

import assert from 'node:assert/strict';

import { silentLog } from '../../../src/core/base/log.ts';
import { type Discovery, startDiscovery } from '../../../src/net/discovery/discovery.ts';
import { type DiscoverySystem, realSystem } from '../../../src/net/discovery/system.ts';
import { ids, sees, start, stopAll } from '../../support/discovering.ts';
import { announcement, falseService, serviceType } from '../../support/mdnsFlood.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { type Asked, type Message, openProgram, type Program, queryBytes } from '../../support/mdnsWire.ts';
import { eventually } from '../../support/temp.ts';

const typesName = '_services._dns-sd._udp.local';
const quIn = 0x8001;
const speed = 10;
const fast: DiscoverySystem = {
  ...realSystem,
  monotonicMs: () => realSystem.monotonicMs() * speed,
  after: (ms, work) => realSystem.after(ms / speed, work),
};

const typesOf = (list: Message['answers']): readonly string[] => list.map(({ type }) => type);
const isPointed = (message: Message): boolean => message.answers.some(({ name, type }) => name === serviceType && type === 'PTR');
const saysTypes = (message: Message): boolean => message.answers.some(({ name }) => name === typesName);

describe('a window that is asked over multicast DNS', () => {
  let program: Program;
  let window: Discovery;
  let instance = '';
  let host = '';
  let mdnsPort = 0;

  /** One window for all tests, which has said all of its announcements. */
  before(async () => {
    mdnsPort = await freeUdpPort();
    program = await openProgram(mdnsPort);
    window = startDiscovery({
      self: { idPrefix: ids[0], port: 5000 },
      scope: 'loopback',
      log: silentLog,
      mdnsPort,
      system: fast,
    });
    const announced = (): true | undefined => (program.responses.length >= 4 ? true : undefined);
    await eventually(program.onPacket, announced, 'four announcements');
    const [pointer, , , address] = program.responses[0]?.answers ?? [];
    instance = String(pointer?.data);
    host = address?.name ?? '';
  });
  after(async () => {
    await window.stop();
    program.close();
  });

  /** Sends questions, and then asks for the type of service; gives what was said up to the answer to that, which comes last. */
  async function saidTo(...packets: readonly Asked[]): Promise<readonly Message[]> {
    await program.send(queryBytes({ questions: [['PTR', typesName]] }));
    const before = program.responses.length;
    await program.hears((message) => saysTypes(message) && program.responses.indexOf(message) >= before, 'the first answer');
    const from = program.responses.length;
    for (const asked of packets) await program.send(queryBytes(asked));
    await program.send(queryBytes({ questions: [['PTR', typesName]] }));
    await program.hears((message) => saysTypes(message) && program.responses.indexOf(message) >= from, 'the last answer');
    return program.responses.slice(from);
  }

  it('announces pointer, service, text and address, with their lives and flush bits (sections 8.3, 10 and 10.2)', () => {
    const [first] = program.responses;
    assert.deepEqual([first?.id, first?.flag_aa, first?.questions.length], [0, true, 0]);
    assert.deepEqual(typesOf(first?.additionals ?? []), ['NSEC']);
    assert.deepEqual(
      first?.answers.map(({ type, ttl, flush }) => [type, ttl, flush]),
      [
        ['PTR', 4500, false],
        ['SRV', 120, true],
        ['TXT', 4500, true],
        ['A', 120, true],
      ],
    );
  });

  it('answers a pointer with service, text and address, so that nobody has to ask on (RFC 6763 section 12.1)', async () => {
    const said = await saidTo({ questions: [['PTR', serviceType]] });
    const answer = said.find(isPointed);
    assert.deepEqual(typesOf(answer?.additionals ?? []), ['SRV', 'TXT', 'A', 'NSEC']);
    assert.deepEqual([answer?.id, answer?.flag_aa, answer?.questions.length], [0, true, 0]);
  });

  it('knows no case in names (section 16)', async () => {
    assert.ok((await saidTo({ questions: [['PTR', '_FERRY._TCP.LOCAL']] })).some(isPointed));
  });

  it('says nothing that whoever asks knows (section 7.1)', async () => {
    const questions = [['PTR', serviceType]] as const;
    assert.ok(!(await saidTo({ questions, known: [[serviceType, instance, 4500]] })).some(isPointed));
    assert.ok(!(await saidTo({ questions, known: [[serviceType, instance, 2250]] })).some(isPointed));
    assert.ok((await saidTo({ questions, known: [[serviceType, instance, 2000]] })).some(isPointed));
    assert.ok((await saidTo({ questions, known: [[serviceType, `other.${serviceType}`, 4500]] })).some(isPointed));
  });

  it('waits for the known answers of a second packet (section 7.2)', async () => {
    const [first, second] = [{ questions: [['PTR', serviceType]], flags: 0x200 }, { questions: [] }] as const;
    assert.ok(!(await saidTo(first, { ...second, known: [[serviceType, instance, 4500]] })).some(isPointed));
    assert.ok((await saidTo(first, { ...second, known: [[serviceType, `other.${serviceType}`, 4500]] })).some(isPointed));
  });

  for (const [what, flags] of [
    ['another kind of request', 0x2800],
    ['an error', 0x0003],
  ] as const) {
    it(`does not answer ${what} (sections 18.3 and 18.11)`, async () => {
      assert.ok(!(await saidTo({ questions: [['PTR', serviceType]], flags })).some(isPointed));
    });
  }

  it('answers whatever the bits say that have no meaning here (sections 18.1 and 18.4 to 18.10)', async () => {
    assert.ok((await saidTo({ questions: [['PTR', serviceType]], flags: 0x05f0, id: 77 })).some(isPointed));
  });

  it('answers questions of class ANY, and none of a class that is not the Internet’s', async () => {
    assert.ok((await saidTo({ questions: [['PTR', serviceType, 255]] })).some(isPointed));
    assert.ok(!(await saidTo({ questions: [['PTR', serviceType, 3]] })).some(isPointed));
  });

  it('says that there is a service of this type (RFC 6763 section 9)', async () => {
    await program.send(queryBytes({ questions: [['PTR', typesName]] }));
    const { answers } = await program.hears(saysTypes, 'the types of service');
    const about = answers.filter(({ name }) => name === typesName);
    assert.deepEqual(about, [{ ...about[0], type: 'PTR', data: serviceType, flush: false, ttl: 4500 }]);
  });

  it('says that its names have no other records (section 6.1)', async () => {
    await saidTo({ questions: [['AAAA', host]] });
    const { answers } = await program.hears(
      (message) => message.answers.some(({ type }) => type === 'NSEC'),
      'a negative answer',
    );
    const negative = answers.find(({ type }) => type === 'NSEC');
    assert.deepEqual([negative?.name, negative?.flush, negative?.data], [host, true, { nextDomain: host, rrtypes: ['A'] }]);
  });

  it('answers a plain resolver alone, with its id and question, short lives and no flush bits (section 6.7)', async () => {
    const answer = await program.resolve({ questions: [['SRV', instance.toLowerCase()]], id: 4711 });
    assert.deepEqual(
      [answer.id, answer.flag_aa, answer.questions],
      [4711, true, [{ name: instance.toLowerCase(), type: 'SRV', class: 'IN' }]],
    );
    assert.deepEqual(typesOf(answer.answers), ['SRV']);
    for (const { ttl, flush } of [...answer.answers, ...answer.additionals]) assert.deepEqual([ttl, flush], [10, false]);
  });

  it('does not say to everybody what one wants to be told alone and all have heard (section 5.4)', async () => {
    await saidTo({ questions: [['PTR', serviceType]] });
    assert.ok(!(await saidTo({ questions: [['PTR', serviceType, quIn]] })).some(isPointed));
  });

  it('refutes whoever says something else of its name, and keeps it (section 9)', async () => {
    const forged = announcement({
      instance: instance.slice(0, -serviceType.length - 1),
      port: 6666,
      text: ['v=1', `id=${ids[0]}`],
    });
    const from = program.responses.length;
    await program.send(forged);
    const isRefuted = (message: Message): boolean =>
      program.responses.indexOf(message) >= from &&
      message.answers.some(({ type, data }) => type === 'SRV' && portOf(data) === 5000);
    await program.hears(isRefuted, 'an answer to the forged announcement');
  });

  it('asks with what it knows, itself included, and does not ask what another has asked (sections 7.1 and 7.3)', async () => {
    const other = falseService(1);
    await program.send(announcement(other));
    await sees(window, other.text[1]?.slice(3) ?? '');
    const asksKnowing = (): Message | undefined =>
      program.queries.findLast(
        ({ questions, answers }) =>
          questions.length === 1 && answers.some(({ data }) => data === `${other.instance}.${serviceType}`),
      );
    const query = await eventually(program.onPacket, asksKnowing, 'a question that says what is known');
    assert.deepEqual(query.questions, [{ name: serviceType, type: 'PTR', class: 'IN' }]);
    assert.ok(query.answers.some(({ data, flush, ttl }) => data === instance && !flush && ttl === 4500));
  });
});

describe('a window that leaves', () => {
  afterEach(stopAll);

  it('says goodbye for its own records and not for the type of service (section 10.1)', async () => {
    const mdnsPort = await freeUdpPort();
    const program = await openProgram(mdnsPort);
    const window = start({ self: { idPrefix: ids[1], port: 5001 }, mdnsPort });
    await program.hears(isPointed, 'an announcement');
    await window.stop();
    const goodbye = await program.hears(({ answers }) => answers.every(({ ttl }) => ttl === 0), 'a goodbye');
    program.close();
    assert.deepEqual(typesOf(goodbye.answers), ['PTR', 'SRV', 'TXT', 'A']);
    assert.ok(goodbye.answers.every(({ name }) => name !== typesName));
  });
});

function portOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'port' in data ? data.port : undefined;
}
