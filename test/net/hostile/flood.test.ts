// The hostile network in numbers: thousands of connections that stall, and a flood of offers. Honest peers get through meanwhile.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { mock } from 'node:test';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { met } from '../../../src/core/peers/book.ts';
import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { Gate } from '../../../src/net/listening/gate.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { onEntry } from '../../support/entries.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { sendHonestly } from '../../support/honest.ts';
import { times } from '../../support/longRuns.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { ask, handshakeEnds, jsonRequest, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { skip } from '../../support/skipping.ts';
import { offerAsStranger } from '../../support/strangers.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import type { VictimReady, VictimReport } from '../../support/victim.ts';

const getPeer = requestText('GET', '/v1/peer');
const graceMs = 1_000;
const offers = times(1_000);

describe('A gate that is flooded', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
  afterEach(() => mock.timers.reset());

  it('S5: lets eight windows of one machine in that come together', () => {
    const gate = new Gate();
    const sockets = Array.from({ length: 8 }, (_, port) => fakeSocket('10.0.0.1', port));
    assert.ok(sockets.every((socket) => gate.enter(socket)));
    assert.ok(sockets.every((socket, n) => gate.passed(socket, peerIdOfNobody(n), false)));
    mock.timers.tick(limits.handshakeMs);
    assert.ok(sockets.every((socket) => !socket.destroyed));
  });

  it('S5: leaves four places to an address and 32 to all, once the others had the time that a handshake takes', () => {
    const gate = new Gate();
    const ofOne = Array.from({ length: 12 }, (_, port) => fakeSocket('10.0.0.1', port));
    for (const socket of ofOne) gate.enter(socket);
    mock.timers.tick(graceMs);
    assert.deepEqual(alive(ofOne), ofOne.slice(-limits.preHandshakeSocketsPerAddress));
    const ofMany = Array.from({ length: 40 }, (_, n) => fakeSocket(`10.0.1.${n}`, n));
    for (const socket of ofMany) gate.enter(socket);
    mock.timers.tick(graceMs);
    assert.deepEqual([alive(ofOne), alive(ofMany)], [[], ofMany.slice(-limits.preHandshakeSockets)]);
    mock.timers.tick(limits.handshakeMs);
    assert.deepEqual(alive(ofMany), []);
  });

  it('S5: holds 64 that wait at most, and makes room at the cost of the address that has most of them', () => {
    const gate = new Gate();
    const honest = fakeSocket('10.0.0.1', 1);
    gate.enter(honest);
    const flood = Array.from({ length: 1000 }, (_, n) => fakeSocket(`127.0.0.${n % 20}`, n));
    for (const [n, socket] of flood.entries()) {
      gate.enter(socket);
      assert.ok(alive(flood.slice(0, n + 1)).length < 2 * limits.preHandshakeSockets);
    }
    assert.equal(honest.destroyed, false);
    assert.ok(gate.passed(honest, peerIdOfNobody(1), false));
  });

  it('S5: tells connections apart by both of their ends: one port may be used towards two of our addresses', () => {
    const gate = new Gate();
    const [first, second] = ['10.0.0.9', '10.0.0.10'].map((local) => fakeSocket('10.0.0.1', 1, local));
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(gate.enter(first) && gate.enter(second));
    assert.ok(gate.passed(first, peerIdOfNobody(1), false));
    assert.ok(gate.passed(second, peerIdOfNobody(2), false));
    mock.timers.tick(limits.handshakeMs);
    assert.deepEqual(alive([first, second]), [first, second]);
  });

  it('S5: takes 32 connections from an address of the network at once, then five a second; this machine is not counted', () => {
    let nowMs = 0;
    const clock = mock.method(performance, 'now', () => nowMs);
    try {
      const gate = new Gate();
      const taken = (address: string, times: number): number =>
        Array.from({ length: times }, (_, port) => gate.enter(fakeSocket(address, port))).filter(Boolean).length;
      assert.equal(taken('::ffff:192.168.0.9', 100), 32);
      assert.equal(taken('::ffff:192.168.0.10', 1), 1);
      nowMs = 1_000;
      assert.equal(taken('::ffff:192.168.0.9', 100), 5);
      for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(taken(address, 100), 100);
    } finally {
      clock.mock.restore();
    }
  });

  it('S5: takes places from the peer that has most, and never from one that is known', () => {
    const gate = new Gate();
    const enter = (n: number): Socket => {
      const socket = fakeSocket(`127.0.${n >> 8}.${n & 255}`, n);
      gate.enter(socket);
      return socket;
    };
    const known = enter(0);
    gate.passed(known, peerIdOfNobody(0), true);
    const greedy = Array.from({ length: limits.sockets - 1 }, (_, n) => {
      const socket = enter(n + 1);
      assert.ok(gate.passed(socket, peerIdOfNobody(1), false));
      return socket;
    });
    const newcomers = [enter(1000), enter(1001), enter(1002)];
    for (const [n, socket] of newcomers.entries()) assert.ok(gate.passed(socket, peerIdOfNobody(n + 2), n === 0));
    assert.deepEqual(alive([known, ...newcomers, ...greedy]), [known, ...newcomers, ...greedy.slice(3)]);
  });
});

describe('A listener that is flooded', () => {
  afterEach(async () => {
    await killChildren();
    await removeTempFolders();
  });

  it('S5: goes on taking files of a peer while two thousand connections stall, in bounded memory', async function () {
    if (process.platform !== 'linux') skip(this, 'more than one loopback address, which Linux has');
    const honest = await createIdentity();
    const victim = startChild('victim.ts', await tempFolder(), String(await freeUdpPort()), honest.peerId, 'leave');
    const { port, id } = (await victim.message()) as VictimReady;
    const to = { id: parsePeerId(id), address: { host: '127.0.0.1', port } };
    const send = (): Promise<string> => sendHonestly(honest, to, memoryItem('a.bin', Buffer.alloc(1_000_000)));
    assert.equal(await send(), 'delivered');
    const ask = async (what: string): Promise<unknown> => {
      victim.send(what);
      return victim.message();
    };
    await ask('reset');
    const before = (await ask('report')) as VictimReport;
    await ask('reset');
    const attack = startChild('attacker.ts', 'stall', String(port), '2000', '50');
    let isOver = false;
    const over = attack.ended().then((code) => {
      isOver = true;
      return code;
    });
    const outcomes: string[] = [];
    const goOn = (): boolean => !isOver;
    while (goOn()) outcomes.push(await send());
    assert.equal(await over, 0);
    const during = (await ask('report')) as VictimReport;
    console.log(
      `      ${outcomes.length} sends, memory +${(during.peakMb - before.rssMb).toFixed(0)} MB, loop p99 ${during.loopP99Ms.toFixed(0)} ms`,
    );
    assert.ok(outcomes.length > 0 && outcomes.every((end) => end === 'delivered'), outcomes.join());
    // Without the gate two thousand TLS layers would be there at once.
    assert.ok(during.peakMb - before.rssMb < 100);
    assert.deepEqual(during.uncaught, []);
  });
});

describe('A listener whose guests abuse it', () => {
  let peer: HeadlessPeer;
  let strangers: readonly Identity[];
  let shown: InboxEntry[];
  before(async () => {
    strangers = await Promise.all(Array.from({ length: 40 }, createIdentity));
  });
  beforeEach(async () => {
    peer = await headlessPeer();
    shown = [];
    onEntry(peer.inbox.onDidChange, (entry) => shown.push(entry));
  });
  afterEach(async () => {
    await peer.stop();
    await removeTempFolders();
  });

  const waiting = (): readonly InboxEntry[] => peer.inbox.entries.filter(({ state }) => state.phase === 'waiting');
  /** Makes one offer; gives the status, or undefined while it waits. */
  const offer = async (who: Identity): Promise<number | undefined> => {
    const { socket, status } = await offerAsStranger({ inbox: peer.inbox, port: peer.online.port }, who);
    sockets.push(socket);
    if (status !== undefined) socket.destroy();
    return status;
  };
  const sockets: TLSSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  const meet = (id: Identity['peerId']): Promise<void> => peer.book.change(id, (entry) => met(entry, 'x'));
  for (const { name, keys, known, most } of [
    { name: 'one stranger', keys: 1, known: false, most: limits.offersWaitingPerPeer },
    { name: 'many strangers', keys: 40, known: false, most: limits.offersWaitingOfStrangers },
    { name: 'one peer that was met', keys: 1, known: true, most: limits.offersWaitingPerPeer },
    { name: 'many peers that were met', keys: 40, known: true, most: limits.offersWaiting },
  ]) {
    it(`S7: shows ${most} of ${offers} offers of ${name}, and answers 429 to the others`, async () => {
      if (known) for (const { peerId } of strangers) await meet(peerId);
      const counts = new Map<number | undefined, number>();
      for (let n = 0; n < offers; n += 1) {
        const status = await offer(strangers[n % keys]!);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
      assert.deepEqual(
        [...counts],
        [
          [undefined, most],
          [429, offers - most],
        ],
      );
      assert.deepEqual([waiting().length, shown.length], [most, most]);
    });
  }

  it('S7: has a place for a peer that was met while strangers fill all of theirs', async () => {
    const [friend, ...others] = strangers as readonly [Identity, ...Identity[]];
    await meet(friend.peerId);
    for (const stranger of others) await offer(stranger);
    assert.equal(waiting().length, limits.offersWaitingOfStrangers);
    assert.equal(await offer(friend), undefined);
  });

  it('S7: shows nothing more of a peer after three refusals', async () => {
    const [rude, other] = strangers as readonly [Identity, Identity];
    for (let time = 0; time < limits.refusalsUntilMute; time += 1) {
      assert.equal(await offer(rude), undefined);
      peer.inbox.decline(waiting()[0]!.id);
    }
    const before = shown.length;
    for (let time = 0; time < 100; time += 1) assert.equal(await offer(rude), 403);
    assert.equal(shown.length, before);
    assert.equal(await offer(other), undefined);
  });

  it('S5: lets a peer in that was met while strangers hold every place, and no further stranger', async () => {
    const many = await Promise.all(Array.from({ length: limits.sockets + 2 }, createIdentity));
    const [friend, late, ...holders] = many as [Identity, Identity, ...Identity[]];
    await meet(friend.peerId);
    const asks = async (who: Identity): Promise<number | 'closed'> => {
      const socket = rawTls(peer.online.port, who);
      sockets.push(socket);
      return ask(socket, getPeer).then(
        ({ status }) => status,
        () => 'closed',
      );
    };
    for (const holder of holders) assert.equal(await asks(holder), 200);
    assert.equal(await asks(late), 'closed');
    assert.equal(await asks(friend), 200);
  });

  it('S5: closes a connection on which requests come without waiting for their answers', async () => {
    const socket = rawTls(peer.online.port, strangers[0]);
    assert.ok(await handshakeEnds(socket));
    const closed = untilClosed(socket);
    socket.write(getPeer.repeat(3));
    await once(socket, 'data');
    socket.write(getPeer.repeat(1000));
    const answers = (await closed).toString().split('HTTP/1.1 200').length - 1;
    assert.ok(answers >= 3 && answers <= 10, `${answers} answers`);
  });

  it('S6: waits for no body where none belongs', async () => {
    const socket = rawTls(peer.online.port, strangers[0]);
    const closed = untilClosed(socket);
    const { status, headers } = await ask(socket, requestText('GET', '/v1/peer', { 'Content-Length': '1000000' }));
    assert.deepEqual([status, headers.get('connection')], [400, 'close']);
    await closed;
  });

  const deep = 100_000;
  for (const text of ['['.repeat(deep), '{"a":'.repeat(deep / 4), `{"id":${'['.repeat(deep)}${']'.repeat(deep)}}`]) {
    it(`S6: builds nothing from JSON that nests ${deep} deep: ${text.slice(0, 10)}…`, async () => {
      const parse = mock.method(JSON, 'parse');
      try {
        const socket = rawTls(peer.online.port, strangers[0]);
        assert.equal((await ask(socket, jsonRequest('POST', '/v1/offers', text))).status, 400);
        socket.destroy();
        assert.equal(parse.mock.callCount(), 0);
      } finally {
        parse.mock.restore();
      }
    });
  }
});

function alive(sockets: readonly Socket[]): readonly Socket[] {
  return sockets.filter((socket) => !socket.destroyed);
}

/** A socket as far as the gate is concerned; its end is never told. */
function fakeSocket(remoteAddress: string, remotePort: number, localAddress = '10.0.0.9'): Socket {
  const ends = { remoteAddress, remotePort, localAddress, localPort: 40_000 };
  const socket = Object.assign(new EventEmitter(), { ...ends, bytesRead: 0, destroyed: false });
  return Object.assign(socket, {
    destroy: () => {
      socket.destroyed = true;
    },
  }) as unknown as Socket;
}
