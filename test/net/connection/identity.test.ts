// The identity: what its certificate says, what becomes of a damaged one, and that windows which start together end with one.

import assert from 'node:assert/strict';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isPeerId, peerIdFromHash } from '../../../src/core/peers/peerId.ts';
import {
  createIdentity,
  type Identity,
  parseIdentity,
  peerIdOfCertificate,
  serialiseIdentity,
} from '../../../src/net/connection/identity.ts';
import { inOtherForm, makeCertificate, otherKeyForms } from '../../support/certificates.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools, runTool } from '../../support/tools.ts';

const dayMs = 86_400_000;

describe('An identity', () => {
  let identity: Identity;
  let other: Identity;
  const made = { fromMs: 0, toMs: 0 };
  before(async () => {
    made.fromMs = Date.now();
    [identity, other] = await Promise.all([createIdentity(), createIdentity()]);
    made.toMs = Date.now();
  });
  afterEach(async () => {
    await killChildren();
    await removeTempFolders();
  });

  it('has the SHA-256 of its public key as its peer ID, and no two have the same', () => {
    const spki = new X509Certificate(identity.certificatePem).publicKey.export({ type: 'spki', format: 'der' });
    assert.equal(identity.peerId, peerIdFromHash(createHash('sha256').update(spki).digest()));
    assert.ok(isPeerId(identity.peerId));
    assert.notEqual(identity.peerId, other.peerId);
    assert.notEqual(identity.sealKey.x, other.sealKey.x);
  });

  it('has a self-signed certificate that names nobody', () => {
    const certificate = new X509Certificate(identity.certificatePem);
    assert.deepEqual(
      [certificate.subject, certificate.issuer, certificate.subjectAltName, certificate.ca],
      ['CN=Ferry', 'CN=Ferry', undefined, false],
    );
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(identity.privateKeyPem)));
    assert.notEqual(certificate.serialNumber, new X509Certificate(other.certificatePem).serialNumber);
    const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    // A certificate has whole seconds.
    assert.ok(from + dayMs > made.fromMs - 1_000 && from + dayMs <= made.toMs + 1_000);
    assert.ok(Math.abs((to - from) / dayMs - 1 - 30 * 365) < 1);
  });

  it('has the certificate that both kinds of TLS library want, in the words of openssl (skipped where it is missing)', async function () {
    needsTools(this, 'openssl');
    const folder = await tempFolder();
    await writeFile(join(folder, 'cert.pem'), identity.certificatePem);
    const { code, stdout } = await runTool('openssl', ['x509', '-in', 'cert.pem', '-noout', '-text'], { cwd: folder });
    assert.equal(code, 0);
    for (const words of [
      /Version: 3 /,
      /Signature Algorithm: ecdsa-with-SHA256/,
      /Subject: CN ?= ?Ferry\n/,
      /NIST CURVE: P-256/,
      /X509v3 Basic Constraints: critical\s+CA:FALSE\n/,
      /X509v3 Key Usage: critical\s+Digital Signature\n/,
      /X509v3 Extended Key Usage: *\n\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
    ]) {
      assert.match(stdout, words);
    }
    const verified = await runTool('openssl', ['verify', '-CAfile', 'cert.pem', '-purpose', 'sslserver', 'cert.pem'], {
      cwd: folder,
    });
    assert.equal(verified.code, 0, verified.stderr);
  });

  it('is read back as it was stored', () => {
    assert.deepEqual(parseIdentity(serialiseIdentity(identity)), identity);
  });

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['that is empty', () => ''],
    ['cut in half', (text) => text.slice(0, text.length / 2)],
    ['of a later version', (text) => text.replace('"version":1', '"version":2')],
    ['without its private key', (text) => text.replace('privateKey', 'otherKey')],
    ['with a damaged certificate', (text) => text.replace(/(BEGIN CERTIFICATE-----\\n.{20})./, '$1!')],
    ['with a damaged private key', (text) => text.replace(/(BEGIN PRIVATE KEY-----\\n.{20})../, '$1')],
    ['with the private key of another', (text) => withEntry(text, { privateKey: other.privateKeyPem })],
    ['with the certificate of another', (text) => withEntry(text, { certificate: other.certificatePem })],
    ['with a seal key of the wrong form', (text) => text.replace('"P-256"', '"P-384"')],
    [
      'with a seal key whose parts are of two',
      (text) => withEntry(text, { sealKey: { ...identity.sealKey, d: other.sealKey.d } }),
    ],
    ['with a seal key off the curve', (text) => withEntry(text, { sealKey: { ...identity.sealKey, y: identity.sealKey.x } })],
  ];
  for (const [name, damage] of damages) {
    it(`is refused ${name}`, () => {
      const text = serialiseIdentity(identity);
      const damaged = damage(text);
      assert.notEqual(damaged, text);
      assert.throws(() => parseIdentity(damaged), { code: 'ERR_IDENTITY_UNREADABLE' });
    });
  }

  for (const kind of ['RSA', 'P-384', 'P-521', 'Ed25519'] as const) {
    it(`is none with a key of ${kind}`, async () => {
      const { cert, key } = await makeCertificate(kind);
      assert.throws(() => peerIdOfCertificate(cert), { code: 'ERR_PEER_REJECTED' });
      const text = withEntry(serialiseIdentity(identity), { certificate: cert, privateKey: key });
      assert.throws(() => parseIdentity(text), { code: 'ERR_IDENTITY_UNREADABLE' });
    });
  }

  for (const form of otherKeyForms) {
    it(`is one key with one ID: its own key as ${form} is no peer`, () => {
      const cert = inOtherForm(identity.certificatePem, form);
      const { publicKey } = new X509Certificate(cert);
      assert.equal(
        publicKey.export({ format: 'jwk' }).x,
        new X509Certificate(identity.certificatePem).publicKey.export({ format: 'jwk' }).x,
      );
      assert.throws(() => peerIdOfCertificate(cert), { code: 'ERR_PEER_REJECTED' });
      const text = withEntry(serialiseIdentity(identity), { certificate: cert });
      assert.throws(() => parseIdentity(text), { code: 'ERR_IDENTITY_UNREADABLE' });
    });
  }

  it('is the hash of the 91 bytes that stand in the certificate, wherever its other fields end', async () => {
    const { cert } = await makeCertificate('P-256');
    for (const pem of [identity.certificatePem, cert]) {
      const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
      assert.equal(peerIdOfCertificate(pem), peerIdFromHash(createHash('sha256').update(spki).digest()));
    }
  });

  it('is one for eight windows that start together, made by one of them', async () => {
    const folder = await tempFolder();
    const windows = Array.from({ length: 8 }, () => startChild('identityChild.ts', folder));
    for (const window of windows) assert.equal(await window.message(), 'ready');
    for (const window of windows) window.send('go');
    const found = (await Promise.all(windows.map((window) => window.message()))) as readonly {
      readonly peerId: string;
      readonly made: boolean;
    }[];
    assert.deepEqual(
      await Promise.all(windows.map((window) => window.ended())),
      Array.from({ length: 8 }, () => 0),
    );
    assert.equal(new Set(found.map(({ peerId }) => peerId)).size, 1);
    assert.equal(found.filter(({ made }) => made).length, 1);
    assert.deepEqual(await readdir(folder), ['secrets']);
  });

  it('is made after all where the window that began to make it was killed', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'identity.lock'), '1\n');
    await utimes(join(folder, 'identity.lock'), 1, 1);
    const window = startChild('identityChild.ts', folder);
    await window.message();
    window.send('go');
    assert.equal(((await window.message()) as { made: boolean }).made, true);
  });
});

function withEntry(text: string, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), ...changes });
}
