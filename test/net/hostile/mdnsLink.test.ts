// A hostile network over multicast, against one link: packets that arrive as the test says, from any address.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { Heard } from '../../../src/core/discovery/discoveryRecords.ts';
import type { LinkOptions } from '../../../src/net/discovery/guardedSocket.ts';
import { loopback } from '../../../src/net/discovery/interfaces.ts';
import { type Link, loadMdns } from '../../../src/net/discovery/mdns.ts';
import { realSystem } from '../../../src/net/discovery/system.ts';
import { announcement, falseService, message, nameBytes, query, serviceRecords, serviceType } from '../../support/mdnsFlood.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';

const fuzzPackets = Number(process.env['FERRY_FUZZ_MDNS'] ?? 20_000);

describe('one link to a hostile network', () => {
  const links: Link[] = [];
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.destroy()));
  });

  it('M1: takes in so many packets of one address and of all in a second, and more in the next', async () => {
    const { heard, push, tick } = await openTestLink();
    for (let n = 0; n < 1000; n += 1) push(announcement(falseService(n)), '127.0.0.5');
    assert.equal(heard.length, limits.mdnsPacketsPerLoopbackSource);
    for (let n = 0; n < 1000; n += 1) push(announcement(falseService(n)), `127.0.9.${n % 250}`);
    assert.equal(heard.length, limits.mdnsPacketsInAll);
    tick();
    push(announcement(falseService(1)), '127.0.0.5');
    assert.equal(heard.length, limits.mdnsPacketsInAll + 1);
  });

  it('M1: does not count packets that are none of its business', async () => {
    const { heard, push } = await openTestLink();
    const printer = message([{ name: '_ipp._tcp.local', type: 'PTR', ttl: 120, data: nameBytes('Printer._ipp._tcp.local') }]);
    for (let n = 0; n < 1000; n += 1) push(printer, '127.0.0.5');
    push(announcement(falseService(1)), '127.0.0.5');
    assert.equal(heard.length, 1);
  });

  for (const [what, host, port] of [
    ['an address off the link', '192.0.2.7', undefined],
    ['a public address', '8.8.8.8', undefined],
    ['a port other than that of mDNS', '127.0.0.5', 4000],
  ] as const) {
    it(`M3: hears nothing from ${what}`, async () => {
      const { heard, push } = await openTestLink();
      push(announcement(falseService(1)), host, port);
      assert.deepEqual(heard, []);
    });
  }

  it('M4: answers a storm of questions once to everybody, and 20 times a second to plain resolvers', async () => {
    const { push, socket, mdnsPort, tick } = await openTestLink();
    const sent: number[] = [];
    const said = Promise.withResolvers<undefined>();
    const send = socket.send.bind(socket) as (...given: readonly unknown[]) => void;
    socket.send = (...given: readonly unknown[]) => {
      sent.push(Number(given[3]));
      if (given[3] === mdnsPort) said.resolve(undefined);
      send(...given);
    };
    tick();
    for (let n = 0; n < 100; n += 1) {
      push(query(16), '127.0.0.5');
      push(query(16), '127.0.0.5', 4000);
    }
    // More than the pause before an answer to everybody.
    tick(200);
    await said.promise;
    assert.equal(sent.filter((port) => port === mdnsPort).length, 1);
    assert.equal(sent.filter((port) => port === 4000).length, limits.mdnsAnswers);
  });

  it(`M6: ${fuzzPackets} mutated packets raise nothing and give nothing that is not in form`, async () => {
    const failures: string[] = [];
    const debug = (text: string): void => {
      if (text === 'mdns handler failed') failures.push(text);
    };
    const log = { ...silentLog, debug };
    const { heard, push, tick } = await openTestLink({ log });
    const seeds = [
      announcement(falseService(1)),
      announcement({ ...falseService(2), ttl: 0 }),
      query(3),
      message(serviceRecords(falseService(3)), [serviceType], 0),
    ];
    for (let n = 0; n < fuzzPackets; n += 1) {
      if (n % limits.mdnsPacketsPerLoopbackSource === 0) tick();
      push(mutate(seeds[n % seeds.length] ?? Buffer.alloc(12)), '127.0.0.5');
    }
    assert.deepEqual(failures, []);
    for (const one of heard) {
      assert.match(one.instance, /^[A-Z2-7]{8}-[A-Z2-7]{8}$/);
      if (one.kind === 'alive') assert.ok(one.address.port >= 1024 && one.idPrefix.startsWith(one.instance.slice(0, 8)));
    }
    assert.ok(heard.length > fuzzPackets / 100, 'some mutants are still in form, or nothing was tested');
  });

  it('M6: a packet that its reader fails on is logged, and the next one is read', async () => {
    const failures: string[] = [];
    const heard: string[] = [];
    const { push } = await openTestLink({
      log: { ...silentLog, debug: (text) => failures.push(text) },
      onHeard: ({ instance }) => {
        if (instance === falseService(1).instance) throw new Error('the reader fails');
        heard.push(instance);
      },
    });
    push(announcement(falseService(1)), '127.0.0.5');
    push(announcement(falseService(2)), '127.0.0.5');
    assert.deepEqual([failures, heard], [['mdns handler failed'], [falseService(2).instance]]);
  });

  type TestLink = {
    readonly mdnsPort: number;
    readonly heard: readonly Heard[];
    /** Lets a packet arrive from this address. */
    readonly push: (packet: Buffer, host: string, port?: number) => void;
    /** Lets a second pass, or as much as is said. */
    readonly tick: (ms?: number) => void;
    readonly socket: Socket;
  };

  async function openTestLink(options: Partial<LinkOptions> = {}): Promise<TestLink> {
    const mdnsPort = await freeUdpPort();
    const heard: Heard[] = [];
    let nowMs = 5000;
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const openLink = await loadMdns();
    const link = await new Promise<Link>((resolve, reject) => {
      const made = openLink({
        at: loopback,
        advert: { instance: 'AAAAAAAA-BBBBBBBB', idPrefix: 'AAAAAAAABBBBBBBB', port: 5000, host: 'cccccccc' },
        port: mdnsPort,
        log: silentLog,
        onHeard: (one) => heard.push(one),
        onTrouble: ({ systemCode }) => reject(new Error(systemCode)),
        onSent: () => resolve(made),
        nowMs: () => nowMs,
        after: realSystem.after,
        random: realSystem.random,
        socket,
        ...options,
      });
    });
    links.push(link);
    const push = (packet: Buffer, host: string, port = mdnsPort): void => {
      const from: RemoteInfo = { address: host, family: 'IPv4', port, size: packet.length };
      socket.emit('message', packet, from);
    };
    const tick = (ms = 1000): void => {
      nowMs += ms;
    };
    return { mdnsPort, heard, push, tick, socket };
  }
});

/** Changes a few bytes, cuts, repeats or swaps a part. */
function mutate(seed: Buffer): Buffer {
  let bytes = Buffer.from(seed);
  for (let changes = randomInt(1, 5); changes > 0; changes -= 1) {
    const [from, to] = [randomInt(bytes.length + 1), randomInt(bytes.length + 1)].sort((a, b) => a - b) as [number, number];
    const kind = randomInt(6);
    if (kind === 0) bytes = bytes.subarray(0, Math.max(12, to));
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else if (from < bytes.length)
      bytes[from] = kind === 2 ? randomInt(256) : kind === 3 ? 0xc0 : (bytes[from] ?? 0) ^ (1 << randomInt(8));
  }
  return bytes;
}
