// Who gets past the handshake of a listener, and what the others get: nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { inOtherForm, type KeyKind, makeCertificate, otherKeyForms } from '../../support/certificates.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ask, handshakeEnds, rawTcp, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

const getPeer = requestText('GET', '/v1/peer');

describe('A listener, before it hears a request', () => {
  let peer: HeadlessPeer;
  let port = 0;
  let stranger: Identity;
  before(async () => {
    stranger = await createIdentity();
    peer = await headlessPeer();
    ({ port } = peer.online);
  });
  afterEach(() => assert.deepEqual(peer.inbox.entries, []));
  after(async () => {
    await peer.stop();
    await removeTempFolders();
  });

  it('answers a stranger with a P-256 certificate, and shows its own', async () => {
    const socket = rawTls(port, stranger);
    const { status } = await ask(socket, getPeer);
    assert.equal(status, 200);
    assert.equal(socket.getProtocol(), 'TLSv1.3');
    assert.equal(socket.alpnProtocol, 'http/1.1');
    assert.equal(socket.getPeerX509Certificate()?.toString(), peer.identity.certificatePem.trimEnd() + '\n');
    socket.destroy();
  });

  it('answers a hello that comes byte by byte, and all that follows it', async () => {
    const slicer = createServer({ noDelay: true }, (client) => {
      const listener = connect({ host: '127.0.0.1', port, noDelay: true });
      listener.pipe(client);
      const forward = async (): Promise<void> => {
        for await (const chunk of client as AsyncIterable<Buffer>) {
          for (const byte of chunk) await new Promise((done) => listener.write(Uint8Array.of(byte), done));
        }
      };
      forward().catch(() => undefined);
      client.once('close', () => listener.destroy());
    }).listen(0, '127.0.0.1');
    await once(slicer, 'listening');
    const socket = rawTls((slicer.address() as AddressInfo).port, stranger);
    assert.equal((await ask(socket, getPeer)).status, 200);
    socket.destroy();
    slicer.close();
  });

  it('closes a connection whose hello ends in the middle', async () => {
    const socket = await rawTcp(port);
    const closed = untilClosed(socket);
    socket.end(Uint8Array.of(0x16, 3, 1, 2, 0, 1));
    assert.equal((await closed).length, 0);
  });

  it('answers without ALPN', async () => {
    const socket = rawTls(port, stranger, { ALPNProtocols: [] });
    assert.equal((await ask(socket, getPeer)).status, 200);
    assert.equal(socket.alpnProtocol, false);
    socket.destroy();
  });

  it('answers a certificate whose dates are past: nobody checks them', async () => {
    const socket = rawTls(port, undefined, await makeCertificate('P-256', 1000));
    assert.equal((await ask(socket, getPeer)).status, 200);
    socket.destroy();
  });

  it('resumes no session', async () => {
    const sessions: Buffer[] = [];
    const first = rawTls(port, stranger);
    first.on('session', (session) => sessions.push(session));
    await ask(first, getPeer);
    first.destroy();
    const known = first.getSession();
    assert.ok(known !== undefined);
    for (const session of [...sessions, known]) {
      const second = rawTls(port, stranger, { session });
      assert.equal((await ask(second, getPeer)).status, 200);
      assert.equal(second.isSessionReused(), false);
      second.destroy();
    }
  });

  const noHandshake: readonly (readonly [string, ConnectionOptions])[] = [
    ['TLS 1.2', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }],
    ['h2 alone', { ALPNProtocols: ['h2'] }],
    ['another protocol of its own', { ALPNProtocols: ['ferry/2'] }],
  ];
  for (const [name, options] of noHandshake) {
    it(`ends no handshake with ${name}`, async () => {
      const socket = rawTls(port, stranger, options);
      const closed = untilClosed(socket);
      assert.equal(await handshakeEnds(socket), false);
      assert.equal((await closed).length, 0);
    });
  }

  const refused: readonly (readonly [string, () => Promise<ConnectionOptions>])[] = [
    ['no certificate', () => Promise.resolve({})],
    ...(['RSA', 'P-384', 'P-521', 'Ed25519'] as const).map(
      (kind: KeyKind) => [`a certificate with a key of ${kind}`, () => makeCertificate(kind)] as const,
    ),
    ...otherKeyForms.map(
      (form) =>
        [
          `a P-256 key as ${form}`,
          () => Promise.resolve({ cert: inOtherForm(stranger.certificatePem, form), key: stranger.privateKeyPem }),
        ] as const,
    ),
  ];
  for (const [name, options] of refused) {
    it(`closes a connection that shows ${name} after the handshake, without one byte of an answer`, async () => {
      const socket = rawTls(port, undefined, await options());
      const closed = untilClosed(socket);
      socket.write(getPeer);
      assert.equal((await closed).length, 0);
    });
  }

  const probes: readonly (readonly [string, string | Uint8Array])[] = [
    ['plain HTTP', getPeer],
    ['plain HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['zeros', new Uint8Array(4096)],
    ['an empty hello', Uint8Array.of(0x16, 3, 1, 0, 4, 1, 0, 0, 0)],
    ['a TLS record of the largest length', Buffer.concat([Uint8Array.of(0x16, 3, 1, 0xff, 0xff), Buffer.alloc(65_535)])],
    ['an alert', Uint8Array.of(0x15, 3, 3, 0, 2, 2, 40)],
  ];
  for (const [name, bytes] of probes) {
    it(`closes a connection that begins with ${name}, with an alert of TLS at most`, async () => {
      const socket = await rawTcp(port);
      const closed = untilClosed(socket);
      socket.write(bytes);
      const answer = await closed;
      assert.ok(answer.length === 0 || (answer.length === 7 && answer[0] === 0x15), answer.toString('hex'));
    });
  }

  it('is there for the next peer after all of that', async () => {
    const socket = rawTls(port, stranger);
    assert.equal((await ask(socket, getPeer)).status, 200);
    socket.destroy();
  });
});
