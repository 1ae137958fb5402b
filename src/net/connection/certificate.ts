// Makes the self-signed certificate of a new identity, loaded on demand: it is needed once in an identity's life. All
// certificates are the same but for serial number, dates and key, so they are written here, element by element, in DER (ITU-T
// X.690); Node signs.

import { randomBytes, sign, webcrypto } from 'node:crypto';

const dayMs = 86_400_000;
const lifeYears = 30;

export type SigningKeys = { readonly privateKeyPem: string; readonly certificatePem: string };

/**
 * A new P-256 signing key with a certificate that both BoringSSL and OpenSSL take for a TLS client and a TLS server. Its subject
 * is the same for everybody; it is backdated a day for clocks that are behind, and nobody checks its dates.
 */
export async function makeSigningKeys(): Promise<SigningKeys> {
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const privateKeyPem = pem('PRIVATE KEY', Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)));
  const signed = toBeSigned(Buffer.from(await subtle.exportKey('spki', keys.publicKey)));
  const signature = element(0x03, hex('00'), sign('sha256', signed, privateKeyPem));
  return { privateKeyPem, certificatePem: pem('CERTIFICATE', sequence(signed, ecdsaWithSha256, signature)) };
}

/** An element of DER: its tag, its length, what is in it. */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(0x30, ...contents);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** ECDSA with SHA-256 (RFC 5758 section 3.2). */
const ecdsaWithSha256 = sequence(hex('06 08 2a8648ce3d040302'));
/** One common name, `Ferry`. */
const name = sequence(element(0x31, sequence(hex('06 03 550403'), element(0x13, Buffer.from('Ferry')))));
const critical = hex('01 01 ff');

/** RFC 5280 section 4.2.1: no authority; signs; for servers and clients. Without the second BoringSSL takes none. */
const extensions = [
  sequence(hex('06 03 551d13'), critical, element(0x04, sequence())),
  sequence(hex('06 03 551d0f'), critical, element(0x04, hex('03 02 0780'))),
  sequence(hex('06 03 551d25'), element(0x04, sequence(hex('06 08 2b06010505070301'), hex('06 08 2b06010505070302')))),
];

/** The TBSCertificate of RFC 5280 section 4.1, of version 3, for a public key as a SubjectPublicKeyInfo. */
function toBeSigned(publicKey: Uint8Array): Buffer {
  const now = Date.now();
  const validity = sequence(time(new Date(now - dayMs)), time(new Date(now + lifeYears * 365 * dayMs)));
  return sequence(
    ...[element(0xa0, hex('02 01 02')), element(0x02, newSerial()), ecdsaWithSha256, name, validity, name, publicKey],
    element(0xa3, sequence(...extensions)),
  );
}

/** Years have two digits before 2050, and four from then on (RFC 5280 section 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}

/** A positive number of 16 bytes (RFC 5280 section 4.1.2.2). */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
