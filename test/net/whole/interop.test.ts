// A peer that was written from PROTOCOL.md alone, in another language, with a real one: what it makes of the page is what the
// page says.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Address } from '../../../src/core/peers/address.ts';
import { withAddress } from '../../../src/core/peers/book.ts';
import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import { sealOutgoing } from '../../../src/core/sealing/items.ts';
import type { ItemSource, OutgoingItem } from '../../../src/core/wire/item.ts';
import { parsePeerInfo, parseTextMessage } from '../../../src/core/wire/messages.ts';
import { startCuttingProxy } from '../../support/cuttingProxy.ts';
import {
  endlessItem,
  filesOf,
  type HeadlessOptions,
  type HeadlessPeer,
  headlessPeer,
  memoryItem,
} from '../../support/headlessPeer.ts';
import { findPython, type PythonPeer, startPythonPeer } from '../../support/pythonPeer.ts';
import { ask, rawTls, requestText } from '../../support/rawTls.ts';
import { skip } from '../../support/skipping.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A peer written from the page alone (skipped where its Python is missing)', function () {
  this.timeout(60_000);
  let python = '';
  let folder: string;
  const open: { stop(): unknown }[] = [];
  before(function () {
    const found = findPython();
    if ('missing' in found) skip(this, found.missing);
    ({ python } = found);
  });
  beforeEach(async () => {
    folder = await tempFolder();
  });
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.stop();
    await removeTempFolders();
  });

  const start = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer(options);
    open.push(peer);
    return peer;
  };
  const run = (...command: readonly string[]): PythonPeer => {
    const peer = startPythonPeer(python, folder, ...command);
    open.push(peer);
    return peer;
  };
  const to = (peer: HeadlessPeer): readonly string[] => [String(peer.online.port), peer.identity.peerId];
  const file = async (bytes: Uint8Array): Promise<string> => {
    const path = join(folder, 'a.bin');
    await writeFile(path, bytes);
    return path;
  };
  const listening = async (
    answer: string,
  ): Promise<{ peer: PythonPeer; id: HeadlessPeer['identity']['peerId']; addresses: Address[] }> => {
    const peer = run('receive', answer);
    const { port, id } = await peer.told('port');
    return { peer, id: parsePeerId(String(id)), addresses: [{ host: '127.0.0.1', port: Number(port) }] };
  };

  it('is told who is there, under the peer ID that both make of the key', async () => {
    const peer = await start({ name: 'Grace' });
    const told = await run('who', String(peer.online.port)).told('peer');
    assert.equal(told['peer'], peer.identity.peerId);
    assert.equal(parsePeerInfo(told['info']).name, 'Grace');
  });

  for (const size of [0, 1, 1_000_000]) {
    it(`sends ${size} bytes`, async () => {
      const receiver = await start({ answer: 'save' });
      const bytes = randomBytes(size);
      assert.deepEqual(await run('send', ...to(receiver), await file(bytes)).told('ended'), { ended: 'delivered' });
      assert.deepEqual(await readFile(join(receiver.folder, 'a.bin')), bytes);
    });

    it(`receives ${size} bytes`, async () => {
      const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
      const bytes = randomBytes(size);
      assert.equal((await sender.send({ id, addresses }, [memoryItem('a.bin', bytes)])).phase, 'delivered');
      assert.equal((await peer.told('peer'))['peer'], sender.identity.peerId);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      assert.deepEqual(await peer.told('received'), { received: 'a.bin', sha256 });
    });
  }

  for (const seal of ['', 'compact']) {
    const place = { path: 'src/a.bin', lines: '3-7,12' };

    it(`sends a snippet with its place${seal === '' ? '' : ', sealed'}`, async () => {
      const receiver = await start({ answer: 'save' });
      await run('send', ...to(receiver), await file(Buffer.from('text\n')), seal, place.lines).told('ended');
      const [received] = (await receiver.entry('received')).received;
      assert.deepEqual([received?.item.kind, received?.item.context], ['snippet', place]);
    });

    it(`receives a snippet with its place${seal === '' ? '' : ', sealed'}`, async () => {
      const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
      const offered = { kind: 'snippet', name: 'a.3.ts', size: 5, mediaType: 'text/plain', context: place } as const;
      const item = { ...memoryItem('a.3.ts', Buffer.from('text\n')), offered };
      const { sealKey } = await sender.online.directory.greet(addresses[0] ?? assert.fail(), { expect: id });
      const recipient = { kind: 'key', key: sealKey ?? assert.fail('there is no seal key') } as const;
      const leaving = seal === '' ? item : await sealOutgoing(item, recipient, new AbortController().signal);
      assert.equal((await sender.send({ id, addresses }, [leaving])).phase, 'delivered');
      const { path, lines } = await peer.told('received');
      assert.deepEqual({ path, lines }, place);
    });
  }

  it('receives several items of one offer', async () => {
    const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
    const items = ['a', 'b', 'c'].map((name) => memoryItem(name, Buffer.from(name)));
    assert.equal((await sender.send({ id, addresses }, items)).phase, 'delivered');
    for (const name of ['a', 'b', 'c']) assert.equal((await peer.told('received'))['received'], name);
  });

  for (const form of ['compact', 'records'] as const) {
    it(`seals for a peer as ${form}`, async () => {
      const receiver = await start({ answer: 'save' });
      const bytes = randomBytes(300_000);
      assert.deepEqual(await run('send', ...to(receiver), await file(bytes), form).told('ended'), { ended: 'delivered' });
      assert.deepEqual(await readFile(join(receiver.folder, 'a.bin')), bytes);
      assert.equal((await receiver.entry('received')).received[0]?.wasSealed, true);
    });
  }

  for (const [form, size] of [
    ['compact', 10_000],
    ['records', 9_000_000],
  ] as const) {
    it(`is sealed to as ${form}`, async () => {
      const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
      const { sealKey } = await sender.online.directory.greet(addresses[0] ?? assert.fail(), { expect: id });
      const bytes = randomBytes(size);
      const source = memoryItem('secret.bin', bytes) as ItemSource;
      const { signal } = new AbortController();
      const sealed = await sealOutgoing(source, { kind: 'key', key: sealKey ?? assert.fail('there is no seal key') }, signal);
      assert.equal(sealed.offered.kind === 'sealed' && sealed.offered.form, form);
      assert.equal((await sender.send({ id, addresses }, [sealed])).phase, 'delivered');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      assert.deepEqual(await peer.told('received'), { received: 'secret.bin', sha256 });
    });
  }

  const size = 3_000_000;
  for (const by of ['reset', 'farewell'] as const) {
    it(`sends the rest of an item after a ${by}`, async () => {
      const receiver = await start({ answer: 'save' });
      const proxy = await startCuttingProxy(receiver.address, { direction: 'up', afterBytes: size / 2, by });
      open.push({ stop: () => proxy.close() });
      const bytes = randomBytes(size);
      const peer = run('send', String(proxy.address.port), receiver.identity.peerId, await file(bytes));
      const resumed = Number((await peer.told('resumed'))['resumed']);
      assert.ok(resumed > 0 && resumed < size, String(resumed));
      assert.deepEqual(await peer.told('ended'), { ended: 'delivered' });
      assert.deepEqual(await filesOf(receiver), ['a.bin']);
      assert.deepEqual(await readFile(join(receiver.folder, 'a.bin')), bytes);
      assert.equal(receiver.inbox.entries.length, 1);
    });

    it(`receives the rest of an item after a ${by}, and says how far it is`, async () => {
      const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
      const [address = assert.fail()] = addresses;
      const proxy = await startCuttingProxy(address, { direction: 'up', afterBytes: size / 2, by });
      open.push({ stop: () => proxy.close() });
      const bytes = randomBytes(size);
      let read = 0;
      const item: OutgoingItem = {
        ...memoryItem('a.bin', bytes),
        open: async function* (_, from = 0) {
          read += size - from;
          yield bytes.subarray(from);
        },
      };
      const outcome = await sender.send({ id, addresses: [proxy.address] }, [item], { reconnect: () => Promise.resolve(true) });
      assert.equal(outcome.phase, 'delivered');
      const resumed = Number((await peer.told('resumed'))['resumed']);
      assert.ok(resumed > 0 && read === size + (size - resumed), `${resumed} ${read}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      assert.deepEqual(await peer.told('received'), { received: 'a.bin', sha256 });
      const offer = (await peer.told('offer'))['offer'] as { id: string };
      const socket = rawTls(address.port, sender.identity);
      open.push({ stop: () => socket.destroy() });
      const { status, headers } = await ask(socket, requestText('HEAD', `/v1/offers/${offer.id}/items/0`));
      const fields = ['upload-offset', 'upload-complete', 'upload-length', 'cache-control'].map((name) => headers.get(name));
      assert.deepEqual([status, ...fields], [204, String(size), '?1', String(size), 'no-store']);
    });
  }

  it('receives an item once, wherever on the way back an answer is lost', async () => {
    for (let afterBytes = 0; ; afterBytes += 300) {
      const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
      const proxy = await startCuttingProxy(addresses[0] ?? assert.fail(), { direction: 'down', afterBytes, by: 'reset' });
      open.push({ stop: () => proxy.close() });
      const to = { id, addresses: [proxy.address] };
      const outcome = await sender.send(to, [memoryItem('a', Buffer.from('a'))], { reconnect: () => Promise.resolve(true) });
      // Before its end, a handshake is tried again by the dialler itself.
      assert.equal(outcome.phase, 'delivered', String(afterBytes));
      await peer.told('received');
      peer.stop();
      await assert.rejects(peer.told('received'), /ended before it told/);
      if (!proxy.wasCut) return;
    }
  });

  it('pairs: both sides have the same code', async () => {
    const responder = await start();
    const peer = run('pair', ...to(responder));
    const { code } = await peer.told('code');
    const [entry] = responder.pairings.entries;
    assert.equal(entry?.state.phase === 'comparing' && entry.state.code, code);
    responder.pairings.confirm(entry?.id ?? '');
    assert.deepEqual(await peer.told('ended'), { ended: 'paired' });
  });

  it('hears that the person does not see the same code', async () => {
    const peer = run('pair', ...to(await start({ pairing: 'decline' })));
    await peer.told('code');
    assert.deepEqual(await peer.told('ended'), { ended: 'refused', status: 403, type: 'pairing-declined' });
  });

  it('writes to the person, once however often it has to, and nothing else under the same id', async () => {
    const receiver = await start();
    const peer = run('write', ...to(receiver), 'Lunch at one? \u{1f35c}');
    const { written } = await peer.told('written');
    assert.deepEqual(await peer.told('ended'), { ended: 'refused', status: 409, type: 'message-unexpected' });
    const kept = receiver.messages.threads.flatMap(({ peer: { name }, messages }) =>
      messages.map(({ id, text }) => [name, id, text]),
    );
    assert.deepEqual(kept, [['python', written, 'Lunch at one? \u{1f35c}']]);
  });

  it('is written to', async () => {
    const [sender, { peer, id, addresses }] = [await start(), await listening('accept')];
    await sender.book.change(id, (entry) => addresses.reduce(withAddress, entry));
    await sender.messages.send({ id, name: 'python' }, 'Lunch at one?');
    const { message } = await peer.told('message');
    assert.equal(parseTextMessage(message).text, 'Lunch at one?');
    await eventually(
      sender.messages.onDidChange,
      () => sender.messages.thread(id)?.messages[0]?.state.phase === 'delivered' || undefined,
      'it is delivered',
    );
  });

  it('takes its offer back', async () => {
    const receiver = await start();
    const peer = run('cancel', ...to(receiver));
    const { offered } = await peer.told('offered');
    assert.equal((await receiver.entry('waiting')).offerId, offered);
    peer.goOn();
    assert.deepEqual(await peer.told('ended'), { ended: 'refused', status: 410, type: 'cancelled' });
    // A stranger's offer that is withdrawn leaves no row.
    const { inbox } = receiver;
    await eventually(inbox.onDidChange, () => inbox.entries.length === 0 || undefined, 'the offer is gone');
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('cancels in the middle of an item', async () => {
    const [sender, { peer, id, addresses }] = [await start(), await listening('cancel')];
    const outcome = await sender.send({ id, addresses }, [endlessItem('a.bin', 1 << 30)]);
    assert.deepEqual(outcome, { phase: 'cancelled', by: 'peer' });
    assert.equal((await peer.told('ended'))['ended'], 'cancelled');
  });

  it('declines', async () => {
    const [sender, { id, addresses }] = [await start(), await listening('decline')];
    assert.deepEqual(await sender.send({ id, addresses }, [memoryItem('a', Buffer.from('a'))]), { phase: 'declined' });
  });

  const refusals: readonly (readonly [string, HeadlessOptions, number, string])[] = [
    ['declines', { answer: 'decline' }, 403, 'offer-declined'],
    ['takes nothing from strangers', { unknownPeers: 'refuse' }, 403, 'peer-rejected'],
    ['asks strangers to pair first', { unknownPeers: 'pairFirst' }, 403, 'not-paired'],
    ['does not answer', { offerLifeMs: 50 }, 408, 'offer-expired'],
    ['has no room', { answer: 'save', keepFreeBytes: Number.MAX_SAFE_INTEGER }, 507, 'no-space'],
  ];
  for (const [name, options, status, type] of refusals) {
    it(`is refused by one that ${name}`, async () => {
      const peer = run('send', ...to(await start(options)), await file(Buffer.from('abc')));
      assert.deepEqual(await peer.told('ended'), { ended: 'refused', status, type });
    });
  }
});
