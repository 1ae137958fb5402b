// Messages between whole peers: they arrive, are kept by both sides, wait for whoever is away, and are there once.

import assert from 'node:assert/strict';

import { FerryError } from '../../../src/core/base/errors.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { Message, MessageState } from '../../../src/core/messages/message.ts';
import type { Messages } from '../../../src/core/messages/messages.ts';
import { met } from '../../../src/core/peers/book.ts';
import type { PeerLink } from '../../../src/core/peers/link.ts';
import { messageCall } from '../../../src/core/wire/calls.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

type Options = NonNullable<Parameters<typeof headlessPeer>[0]>;

describe('Messages', () => {
  const started: HeadlessPeer[] = [];
  let mdnsPort = 0;
  const start = async (options: Options = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ mdnsPort, ...options });
    started.push(peer);
    return peer;
  };
  const stop = async (peer: HeadlessPeer): Promise<void> => {
    started.splice(started.indexOf(peer), 1);
    await peer.stop();
  };
  before(async () => {
    mdnsPort = await ownMdnsPort();
  });
  afterEach(() => Promise.all(started.splice(0).map((peer) => peer.stop())));
  after(removeTempFolders);

  const to = ({ identity, name }: HeadlessPeer) => ({ id: identity.peerId, name });
  const textsIn = (peer: HeadlessPeer): readonly string[] =>
    peer.messages.threads.flatMap(({ messages }) => messages.map(({ text }) => text));
  const ends = async (messages: Messages, sent: Message): Promise<MessageState> => {
    const end = (): MessageState | undefined => {
      const state = messages.find(sent)?.state;
      return state?.phase === 'waiting' ? undefined : state;
    };
    return eventually(messages.onDidChange, end, 'the message is not waiting any more');
  };
  const arrives = (peer: HeadlessPeer, text: string): Promise<string> =>
    eventually(peer.messages.onDidChange, () => textsIn(peer).find((one) => one === text), `${text} arrives`);
  const linkTo = (from: HeadlessPeer, other: HeadlessPeer): Promise<PeerLink> =>
    from.online.dial(other.address, other.identity.peerId, AbortSignal.timeout(20_000));
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'taken',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'no code'),
    );

  it('arrive at once, are delivered, and stand in a thread on both sides', async () => {
    const [ada, grace] = [await start({ name: 'Ada' }), await start({ name: 'Grace' })];
    const sent = await ada.messages.send(to(grace), 'Lunch at *one*?\nhttps://example.org');
    assert.deepEqual(await ends(ada.messages, sent), { phase: 'delivered' });
    const thread = grace.messages.thread(ada.identity.peerId);
    assert.deepEqual(
      [thread?.peer.name, thread?.unread, thread?.messages.map(({ text, state }) => [text, state.phase])],
      ['Ada', 1, [['Lunch at *one*?\nhttps://example.org', 'received']]],
    );
    await grace.messages.look(ada.identity.peerId);
    assert.equal(grace.messages.thread(ada.identity.peerId)?.unread, 0);
    assert.equal(ada.messages.thread(grace.identity.peerId)?.unread, 0);
    assert.equal(ada.book.trustOf(grace.identity.peerId), 'known');
    assert.equal(grace.book.trustOf(ada.identity.peerId), 'unknown');
  });

  it('are there after both sides were closed, with what has become of them and what was read', async () => {
    const storages = [await tempFolder(), await tempFolder()] as const;
    const identities = [await createIdentity(), await createIdentity()] as const;
    const startBoth = () =>
      Promise.all(
        storages.map((storage, n) => start({ storage, identity: identities[n] ?? assert.fail(), name: `person ${n}` })),
      );
    const [ada, grace] = await startBoth();
    assert.ok(ada !== undefined && grace !== undefined);
    for (const text of ['one', 'two']) await ends(ada.messages, await ada.messages.send(to(grace), text));
    await grace.messages.look(ada.identity.peerId);
    await ends(ada.messages, await ada.messages.send(to(grace), 'three'));
    await Promise.all([stop(ada), stop(grace)]);
    const [again, other] = await startBoth();
    assert.ok(again !== undefined && other !== undefined);
    assert.deepEqual(
      [textsIn(again), textsIn(other)],
      [
        ['one', 'two', 'three'],
        ['one', 'two', 'three'],
      ],
    );
    const kept = again.messages.thread(identities[1].peerId)?.messages.map(({ state }) => state.phase);
    assert.deepEqual(kept, ['delivered', 'delivered', 'delivered']);
    assert.equal(other.messages.thread(identities[0].peerId)?.unread, 1);
    await other.messages.remove(identities[0].peerId);
    assert.deepEqual(textsIn(other), []);
  });

  it('wait for a known peer who is away, over a restart of their sender, and arrive once and in order', async () => {
    const [storage, identity, away] = [await tempFolder(), await createIdentity(), await createIdentity()];
    const first = await start({ storage, identity });
    await first.book.change(away.peerId, (entry) => met(entry, 'Grace'));
    const sent = await first.messages.send({ id: away.peerId, name: 'Grace' }, 'one');
    await first.messages.send({ id: away.peerId, name: 'Grace' }, 'two');
    assert.deepEqual(first.messages.find(sent)?.state, { phase: 'waiting' });
    await stop(first);
    const sender = await start({ storage, identity });
    const receiver = await start({ identity: away });
    await arrives(receiver, 'two');
    assert.deepEqual(textsIn(receiver), ['one', 'two']);
    assert.deepEqual(await ends(sender.messages, sent), { phase: 'delivered' });
  });

  it('are taken once under their id, and another one under the same id is refused', async () => {
    const [ada, grace] = [await start(), await start()];
    const message = { id: randomToken(), sender: { name: 'Ada' }, text: 'once', sentAt: '2026-01-02T03:04:05.678Z' };
    const link = await linkTo(ada, grace);
    const tell = (changes: object) => codeOf(link.call(messageCall({ ...message, ...changes }), AbortSignal.timeout(20_000)));
    const answers = [await tell({}), await tell({}), await tell({ text: 'other' }), await tell({ later: { member: true } })];
    link.close();
    assert.deepEqual(answers, ['taken', 'taken', 'ERR_MESSAGE_UNEXPECTED', 'taken']);
    assert.deepEqual(textsIn(grace), ['once']);
  });

  it('are taken once although the same comes on several connections at once', async () => {
    const [ada, grace] = [await start(), await start()];
    const message = { id: randomToken(), sender: { name: 'Ada' }, text: 'once' };
    const links = await Promise.all([1, 2, 3].map(() => linkTo(ada, grace)));
    const calls = links.map((link) => codeOf(link.call(messageCall(message), AbortSignal.timeout(20_000))));
    assert.deepEqual(await Promise.all(calls), ['taken', 'taken', 'taken']);
    assert.deepEqual(textsIn(grace), ['once']);
    for (const link of links) link.close();
  });

  it('arrive once although the answer to one was lost, and its sender comes back with it', async () => {
    const [ada, grace] = [await start(), await start()];
    const receive = grace.messages.receive.bind(grace.messages);
    let taken = 0;
    grace.messages.receive = async (peer, message) => {
      await receive(peer, message);
      taken += 1;
      // As it is where the connection ends before the answer.
      if (taken === 1) throw new FerryError('ERR_CONNECTION_LOST', 'the answer is lost');
    };
    const sent = await ada.messages.send(to(grace), 'once');
    assert.deepEqual(await ends(ada.messages, sent), { phase: 'delivered' });
    assert.deepEqual([taken, textsIn(grace)], [2, ['once']]);
  });

  it('wait where their receiver has too much to do, or no room, and arrive later', async () => {
    const [ada, grace] = [await start(), await start()];
    const receive = grace.messages.receive.bind(grace.messages);
    const troubles = ['ERR_BUSY', 'ERR_NO_SPACE'] as const;
    let tries = 0;
    grace.messages.receive = async (peer, message) => {
      const trouble = troubles[tries];
      tries += 1;
      if (trouble !== undefined) throw new FerryError(trouble, 'not now');
      await receive(peer, message);
    };
    const sent = await ada.messages.send(to(grace), 'later');
    assert.deepEqual(await ends(ada.messages, sent), { phase: 'delivered' });
    assert.deepEqual([tries, textsIn(grace)], [3, ['later']]);
  });

  it('to a peer whose version has none are refused with that reason', async () => {
    const [ada, grace] = [await start(), await start()];
    grace.messages.receive = () => Promise.reject(new FerryError('ERR_NOT_FOUND', 'there is no such path'));
    const sent = await ada.messages.send(to(grace), 'hello');
    assert.deepEqual(await ends(ada.messages, sent), { phase: 'refused', code: 'ERR_NOT_SUPPORTED' });
  });

  it('that wait for longer than a day have expired, and are not sent', async () => {
    const [ada, grace] = [await start(), await start()];
    const { messages } = ada;
    const now = Date.now;
    let sent: Message | undefined;
    try {
      Date.now = () => now() - 25 * 60 * 60_000;
      sent = await messages.send(to(grace), 'too late');
    } finally {
      Date.now = now;
    }
    assert.deepEqual(await ends(messages, sent), { phase: 'expired' });
    assert.deepEqual(textsIn(grace), []);
  });

  it('of strangers are refused where the person says so, and their sender is told', async () => {
    const ada = await start();
    for (const [unknownPeers, code] of [
      ['refuse', 'ERR_PEER_REJECTED'],
      ['pairFirst', 'ERR_NOT_PAIRED'],
    ] as const) {
      const grace = await start({ unknownPeers });
      const sent = await ada.messages.send(to(grace), 'hello');
      assert.deepEqual(await ends(ada.messages, sent), { phase: 'refused', code });
      assert.deepEqual(textsIn(grace), []);
    }
  });

  it('show in every window of a person, and go from every window', async () => {
    const [storage, identity] = [await tempFolder(), await createIdentity()];
    const ada = await start();
    const [first, second] = [await start({ storage, identity }), await start({ storage, identity })];
    const rung: string[] = [];
    for (const window of [first, second]) window.messages.onDidArrive(({ text }) => rung.push(text));
    const link = await linkTo(ada, first);
    await link.call(messageCall({ id: randomToken(), sender: { name: 'Ada' }, text: 'here' }), AbortSignal.timeout(20_000));
    link.close();
    await arrives(second, 'here');
    assert.deepEqual(rung, ['here', 'here']);
    await second.messages.look(ada.identity.peerId);
    await eventually(
      first.messages.onDidChange,
      () => (first.messages.thread(ada.identity.peerId)?.unread === 0 ? true : undefined),
      'it is read in both',
    );
    await second.messages.remove(ada.identity.peerId);
    await eventually(first.messages.onDidChange, () => (textsIn(first).length === 0 ? true : undefined), 'it goes from both');
  });

  it('go out from another window of the person where the one that wrote them has closed', async () => {
    const [storage, identity, away] = [await tempFolder(), await createIdentity(), await createIdentity()];
    const [first, second] = [await start({ storage, identity }), await start({ storage, identity })];
    await first.messages.send({ id: away.peerId, name: 'Grace' }, 'from the other window');
    await arrives(second, 'from the other window');
    await stop(first);
    const receiver = await start({ identity: away });
    await arrives(receiver, 'from the other window');
    assert.deepEqual(textsIn(receiver), ['from the other window']);
  });
});
