// The hostile network, on the wire: what a stranger can read, pretend, talk down and repeat.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

import { type Log, type LogFields, silentLog } from '../../../src/core/base/log.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import { met } from '../../../src/core/peers/book.ts';
import { Directory } from '../../../src/core/peers/directory.ts';
import { namesakeOf } from '../../../src/core/peers/namesake.ts';
import { fingerprintOf, idPrefixOf } from '../../../src/core/peers/peerId.ts';
import type { Sighting } from '../../../src/core/peers/sightings.ts';
import { isAutoAccepted } from '../../../src/core/peers/trust.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { peerIdOf } from '../../../src/net/connection/tlsIdentity.ts';
import { createDialler } from '../../../src/net/dialling/dialler.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { onEntry } from '../../support/entries.ts';
import { filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { hintsOf, startImpostor } from '../../support/impostor.ts';
import { ask, handshakeEnds, jsonRequest, rawTcp, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { allBytes, type RecordingRelay, startRecordingRelay } from '../../support/recordingRelay.ts';
import { removeTempFolders } from '../../support/temp.ts';

const getPeer = requestText('GET', '/v1/peer');
/** TLS alerts (RFC 8446 section 6) as a record that is not encrypted yet. */
const alerts = { protocolVersion: '15030300020246', noApplicationProtocol: '15030300020278' } as const;

describe('A hostile network', () => {
  let identities: readonly Identity[];
  const open: { stop(): Promise<unknown> }[] = [];
  const kept = <T extends { stop(): Promise<unknown> }>(thing: T): T => {
    open.push(thing);
    return thing;
  };
  const start = async (options: Parameters<typeof headlessPeer>[0] & object): Promise<HeadlessPeer> =>
    kept(await headlessPeer(options));
  const relayTo = async (peer: HeadlessPeer): Promise<RecordingRelay> => {
    const relay = await startRecordingRelay(peer.address);
    open.push({ stop: () => relay.close() });
    return relay;
  };
  const identity = (n: number): Identity => identities[n] ?? assert.fail();

  before(async () => {
    identities = await Promise.all([createIdentity(), createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
    await removeTempFolders();
  });

  it('S1: shows no name, path, text, host or ID of a whole session to whoever listens in', async () => {
    const content = 'Die geheime Rezeptur steht im Tresor. '.repeat(200);
    const sender = await start({ identity: identity(0), name: 'Wilhelmine Absender' });
    const receiver = await start({ identity: identity(1), name: 'Ottokar Empfang', answer: 'save', pairing: 'confirm' });
    const relay = await relayTo(receiver);
    const address = { host: 'localhost', port: relay.port };
    const window = await sender.online.directory.greet(address);
    const target = { id: receiver.identity.peerId, addresses: [address] };
    assert.equal((await sender.send(target, [memoryItem('geheimplan.txt', Buffer.from(content))])).phase, 'delivered');
    assert.equal((await sender.pair(address)).phase, 'paired');
    const seen = allBytes(relay);
    assert.ok(seen.length > content.length && seen.includes(Buffer.of(0x16, 3, 1)), 'the session was recorded');
    const texts = [
      ...['Wilhelmine', 'Ottokar', 'geheimplan', 'Rezeptur', receiver.folder, 'received', 'localhost', 'Ferry', 'ferry'],
      ...['/v1/', 'HTTP/1.1', 'sha-256', 'application/', window.window, receiver.inbox.entries[0]?.offerId ?? assert.fail()],
      ...[sender, receiver].flatMap(({ identity: { peerId } }) => [
        peerId.slice(0, 7),
        fingerprintOf(peerId),
        idPrefixOf(peerId),
      ]),
      ...[sender, receiver].flatMap(({ identity: { sealKey } }) => [sealKey.x, sealKey.y]),
    ];
    const secrets = [
      ...texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(base64Core(text))]),
      ...[sender, receiver].flatMap(({ identity: { certificatePem } }) => keyBytes(certificatePem)),
      createHash('sha256').update(content).digest(),
    ];
    assert.deepEqual(
      secrets.filter((secret) => seen.includes(secret)).map((secret) => secret.toString('latin1')),
      [],
    );
  });

  it('S3: gives nothing to another key at the address, under the name and with the window of a known peer, and logs it', async () => {
    const events: LogFields[] = [];
    const log: Log = { ...silentLog, debug: (_, fields = {}) => events.push(fields) };
    const bob = await start({ identity: identity(1), name: 'Bob', answer: 'save' });
    const ada = await start({ identity: identity(0), log });
    const real = await ada.online.directory.greet(bob.address);
    const calls: string[] = [];
    const impostor = kept(await startImpostor(identity(2), real, calls));
    const address = { host: '127.0.0.1', port: impostor.port };
    // Three places to lie in: the address that once was the peer's, the record that names its ID, and what it says of itself.
    await ada.book.change(bob.identity.peerId, (entry) => ({ ...met(entry, 'Bob'), addresses: [address] }));
    const sighting: Sighting = {
      instance: `${idPrefixOf(bob.identity.peerId).slice(0, 8)}-AAAAAAAA`,
      idPrefix: idPrefixOf(bob.identity.peerId),
      address,
      others: [],
      leaving: false,
    };
    const forgotten: string[] = [];
    const dialler = createDialler(ada.identity);
    const directory = new Directory({
      own: ada.identity.peerId,
      hints: hintsOf(sighting, forgotten),
      dial: dialler.dial,
      book: ada.book,
      log,
    });
    open.push({ stop: async () => dialler.close() }, { stop: async () => directory.close() });
    await directory.refresh();
    assert.deepEqual(
      directory.peers.filter(({ windows }) => windows.length > 0).map(({ id, trust }) => [id, trust]),
      [[identity(2).peerId, 'unknown']],
    );
    const outcome = await ada.send({ id: bob.identity.peerId, addresses: await directory.addressesOf(bob.identity.peerId) }, [
      memoryItem('a.txt', Buffer.from('for Bob alone')),
    ]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_MISMATCH');
    assert.deepEqual(await directory.windowsOf(bob.identity.peerId), []);
    assert.deepEqual(forgotten, [sighting.instance]);
    assert.deepEqual([...new Set(calls)], ['info'], 'the impostor was greeted under its own key, and got no more');
    assert.ok(
      events.some(({ code }) => code === 'ERR_PEER_MISMATCH'),
      'the event is in the log',
    );
  });

  it('S3: takes an offer under the name of a paired peer for that of a stranger, and finds its namesake', async () => {
    const ada = await start({ identity: identity(0) });
    const impostor = await start({ identity: identity(2), name: 'Bob' });
    const bob = identity(1).peerId;
    await ada.book.change(bob, (entry) => ({
      ...met(entry, 'Bob'),
      trust: 'paired',
      autoAccept: { kinds: ['file'], maxBytes: 1e9 },
    }));
    const stop = new AbortController();
    const sending = impostor.send(ada, [memoryItem('a.txt', Buffer.from('a'))], { signal: stop.signal });
    const { peer, items } = await ada.entry('waiting');
    assert.equal(peer.id, identity(2).peerId);
    const entry = ada.book.find(peer.id);
    assert.equal(isAutoAccepted(entry?.trust ?? 'unknown', items, entry?.autoAccept), false);
    assert.equal(namesakeOf({ ...peer, addresses: [] }, ada.book.entries())?.id, bob);
    stop.abort();
    await sending;
  });

  type Outcome = keyof typeof alerts | 'closed' | 'answered';
  const downgrades: readonly (readonly [string, Outcome, () => ConnectionOptions | Promise<ConnectionOptions>])[] = [
    ['TLS 1.2', 'protocolVersion', () => ({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })],
    ['h2 alone', 'noApplicationProtocol', () => ({ ALPNProtocols: ['h2'] })],
    ['no ALPN', 'answered', () => ({ ALPNProtocols: [] })],
    ['no certificate', 'closed', () => ({ cert: undefined, key: undefined })],
    ['an Ed25519 certificate', 'closed', () => makeCertificate('Ed25519')],
    ['an RSA certificate', 'closed', () => makeCertificate('RSA')],
    ['a P-521 certificate', 'closed', () => makeCertificate('P-521')],
    ['an expired certificate', 'answered', () => makeCertificate('P-256', 1000)],
  ];
  for (const [name, expected, options] of downgrades) {
    it(`S4: ${name}: ${expected}`, async () => {
      const peer = await start({ identity: identity(1) });
      const relay = await relayTo(peer);
      const socket = rawTls(relay.port, identity(0), await options());
      if (expected === 'answered') {
        assert.equal((await ask(socket, getPeer)).status, 200);
        socket.destroy();
        return;
      }
      const closed = untilClosed(socket);
      const ended = await handshakeEnds(socket);
      if (ended) socket.write(getPeer);
      assert.deepEqual([ended, (await closed).length], [expected === 'closed', 0]);
      if (expected === 'closed') return;
      assert.equal(Buffer.concat(relay.recordings[0]?.down ?? []).toString('hex'), alerts[expected]);
    });
  }

  it('S4: a session that is resumed: none can be, and none would be taken', async () => {
    const peer = await start({ identity: identity(1) });
    const sessions: Buffer[] = [];
    const first = rawTls(peer.online.port, identity(0));
    first.on('session', (session) => sessions.push(session));
    await ask(first, getPeer);
    await ask(first, getPeer);
    first.destroy();
    const last = first.getSession();
    assert.ok(last !== undefined);
    for (const session of [...sessions, last]) {
      const second = rawTls(peer.online.port, identity(0), { session });
      assert.equal((await ask(second, getPeer)).status, 200);
      assert.equal(second.isSessionReused(), false);
      second.destroy();
    }
    const certificate = new X509Certificate(identity(0).certificatePem);
    const resumed = { getPeerX509Certificate: () => certificate, isSessionReused: () => true } as unknown as TLSSocket;
    assert.throws(() => peerIdOf(resumed), { code: 'ERR_PEER_REJECTED' });
  });

  it('S8: takes nothing from the recorded bytes of a session that are sent again', async () => {
    const sender = await start({ identity: identity(0) });
    const receiver = await start({ identity: identity(1), answer: 'save' });
    const relay = await relayTo(receiver);
    const target = { id: receiver.identity.peerId, addresses: [{ host: '127.0.0.1', port: relay.port }] };
    assert.equal((await sender.send(target, [memoryItem('a.txt', Buffer.from('once'))])).phase, 'delivered');
    const shown: InboxEntry[] = [];
    onEntry(receiver.inbox.onDidChange, (entry) => shown.push(entry));
    const up = Buffer.concat(relay.recordings[0]?.up ?? []);
    assert.ok(up.length > 1000);
    for (const cut of [up.length, 600]) {
      const socket = await rawTcp(receiver.online.port);
      const closed = untilClosed(socket);
      socket.write(up.subarray(0, cut));
      if (cut < up.length) socket.end();
      await closed;
    }
    assert.deepEqual([shown, await filesOf(receiver)], [[], ['a.txt']]);
  });

  it('S8: lets a request that comes again join what became of the first, once, and only under the key that made it', async () => {
    const receiver = await start({ identity: identity(1), answer: 'save' });
    const id = randomToken();
    const sha256 = createHash('sha256').update('once').digest('base64');
    const offer = { id, sender: { name: 'x' }, items: [{ kind: 'file', name: 'a.txt', size: 4, mediaType: 'text/plain' }] };
    const put = requestText('PUT', `/v1/offers/${id}/items/0`, { 'Transfer-Encoding': 'chunked', Trailer: 'Repr-Digest' });
    const requests = [
      jsonRequest('POST', '/v1/offers', JSON.stringify(offer)),
      `${put}4\r\nonce\r\n0\r\nRepr-Digest: sha-256=:${sha256}:\r\n\r\n`,
      requestText('DELETE', `/v1/offers/${id}`),
    ];
    const statuses = async (who: Identity, which: readonly string[]): Promise<readonly number[]> => {
      const answers: number[] = [];
      for (const request of which) {
        const socket = rawTls(receiver.online.port, who);
        answers.push((await ask(socket, request)).status);
        socket.destroy();
      }
      return answers;
    };
    assert.deepEqual(await statuses(identity(0), requests), [200, 204, 404]);
    assert.deepEqual(await statuses(identity(0), requests), [200, 404, 404]);
    // The id of an offer is its sender's: under another key it is another offer, and what was accepted of the first is not of it.
    assert.deepEqual(await statuses(identity(2), requests.slice(1)), [404, 404]);
    assert.deepEqual([receiver.inbox.entries.length, await filesOf(receiver)], [1, ['a.txt']]);
  });

  it('S9: the certificate and the answer to a greeting name neither machine nor user', async () => {
    const peer = await start({ identity: identity(1), name: 'chosen' });
    const { subject, issuer, subjectAltName, infoAccess } = new X509Certificate(peer.identity.certificatePem);
    assert.deepEqual([subject, issuer, subjectAltName, infoAccess], ['CN=Ferry', 'CN=Ferry', undefined, undefined]);
    const socket = rawTls(peer.online.port, identity(0));
    const { body, headers } = await ask(socket, getPeer);
    socket.destroy();
    const { window, sealKey, ...rest } = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(Object.keys(rest).toSorted(), ['app', 'capabilities', 'focusedMsAgo', 'name', 'protocol']);
    assert.ok(window !== undefined && sealKey !== undefined && rest['name'] === 'chosen');
    assert.deepEqual([...headers.keys()].toSorted(), ['connection', 'content-length', 'content-type', 'date', 'keep-alive']);
  });
});

/** What of a text is in its base64 form wherever it begins. */
function base64Core(text: string): string {
  return Buffer.from(text.slice(0, text.length - (text.length % 3))).toString('base64');
}

/** The key of a certificate as it would be seen: its point, its hash, and the certificate's own bytes. */
function keyBytes(pem: string): readonly Buffer[] {
  const certificate = new X509Certificate(pem);
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return [
    spki.subarray(-64),
    createHash('sha256').update(spki).digest(),
    certificate.raw.subarray(0, 64),
    Buffer.from('CN=Ferry'),
  ];
}
