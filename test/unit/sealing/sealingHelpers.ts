// What the tests of sealing share: keys, streams, and JWEs made by hand with node:crypto, so that ours are held against
// something that has no code in common with them.

import assert from 'node:assert/strict';
import { createCipheriv, createECDH, createHash, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import type { Opener, Recipient } from '../../../src/core/sealing/jwe/compactJwe.ts';
import type { Manifest } from '../../../src/core/sealing/manifest.ts';
import { type SealOptions, sealItem } from '../../../src/core/sealing/seal.ts';
import { type UnsealOptions, unsealItem } from '../../../src/core/sealing/unseal.ts';
import type { SealKeyJwk, SealKeyPairJwk } from '../../../src/core/wire/sealKey.ts';

export const vectors = join(import.meta.dirname, '../../vectors/sealing');

/** A vector file in JSON. */
export function readVector(name: string): unknown {
  return JSON.parse(readFileSync(join(vectors, name), 'utf8'));
}

type SealKeyPair = { readonly publicKey: SealKeyJwk; readonly privateKey: SealKeyPairJwk };

/** A key pair that is always the same, from RFC 7518 appendix C. */
export const keyPair: SealKeyPair = {
  publicKey: {
    kty: 'EC',
    crv: 'P-256',
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  },
  privateKey: {
    kty: 'EC',
    crv: 'P-256',
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
    d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
  },
};

/** A key pair of somebody else, new each time. */
export function newKeyPair(): SealKeyPair {
  const pair = createECDH('prime256v1');
  const point = pair.generateKeys();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url')) as [string, string];
  // A small number comes without its leading zeroes.
  const d = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
  const publicKey = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { publicKey, privateKey: { ...publicKey, d } };
}

export const forKey: Recipient = { kind: 'key', key: keyPair.publicKey };
export const withKey: Opener = { kind: 'key', keys: [keyPair.privateKey] };
export const forPassphrase: Recipient = { kind: 'passphrase', passphrase: 'unit-test-passphrase', generated: true };
export const withPassphrase: Opener = { kind: 'passphrase', passphrase: 'unit-test-passphrase' };

/** Lays even an empty item out in records, and short ones at that. */
export const tinyRecords = { compactBytes: -1, recordBytes: 50 };

export function manifestOf(size: number, overrides: Partial<Manifest> = {}): Manifest {
  return { kind: 'file', name: 'notes.txt', size, mediaType: 'text/plain', ...overrides };
}

/** Bytes that are the same in every run and have no pattern that a mistake in the order could hide behind. */
export function someBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = 0x9e3779b9;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** The bytes in chunks of the given sizes, again and again from the first; sizes of 0 give empty chunks. */
export async function* inChunks(bytes: Uint8Array, ...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const lengths = sizes.some((size) => size > 0) ? sizes : [Math.max(1, bytes.length)];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

export async function sealToBytes(
  content: Uint8Array,
  recipient: Recipient,
  options: SealOptions = {},
  overrides: Partial<Manifest> = {},
): Promise<Buffer> {
  const sealed = await sealItem(manifestOf(content.length, overrides), inChunks(content), recipient, options);
  const bytes = await collect(sealed.bytes);
  assert.equal(bytes.length, sealed.size);
  return bytes;
}

export async function unsealToBytes(
  sealed: Uint8Array,
  opener: Opener,
  options: UnsealOptions = {},
): Promise<{ readonly manifest: Manifest; readonly content: Buffer }> {
  const { manifest, content } = await unsealItem(inChunks(sealed), opener, options);
  return { manifest, content: await collect(content) };
}

/** Asserts that something fails with one of these codes, and gives the error. */
export async function failsWith(work: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<Error> {
  let failure: unknown;
  try {
    await work;
  } catch (error) {
    failure = error;
  }
  if (!(failure instanceof Error) || !('code' in failure)) assert.fail(`it did not fail with a code: ${String(failure)}`);
  assert.ok(
    codes.some((code) => code === failure.code),
    `it failed with ${String(failure.code)}`,
  );
  return failure;
}

/** A WebCrypto without AES-KW, as Electron had it before Node 24.18: keys import, but wrapping fails. */
export const subtleWithoutAesKw: SubtleCrypto = new Proxy(crypto.subtle, {
  get(target, property) {
    if (property === 'wrapKey' || property === 'unwrapKey') {
      return () => Promise.reject(new DOMException('Unsupported algorithm', 'NotSupportedError'));
    }
    const value: unknown = Reflect.get(target, property);
    return typeof value === 'function' ? (...parameters: unknown[]): unknown => Reflect.apply(value, target, parameters) : value;
  },
});

export function base64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url');
}

/** RFC 7518 section 4.6.2: the key that ECDH-ES agrees on, by node:crypto. */
export function concatKdf(options: {
  readonly privateKey: string;
  readonly publicKey: { readonly x: string; readonly y: string };
  readonly enc: string;
  readonly bits: number;
  readonly apu?: string;
  readonly apv?: string;
}): Buffer {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(options.privateKey, 'base64url'));
  const { x, y } = options.publicKey;
  const shared = ecdh.computeSecret(Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]));
  const lengthAndBytes = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes]);
  const party = (text = ''): Buffer => lengthAndBytes(Buffer.from(text, 'base64url'));
  const info = Buffer.concat([
    lengthAndBytes(Buffer.from(options.enc)),
    party(options.apu),
    party(options.apv),
    uint32(options.bits),
  ]);
  return createHash('sha256')
    .update(Buffer.concat([uint32(1), shared, info]))
    .digest()
    .subarray(0, options.bits / 8);
}

/** RFC 7518 section 4.8: the key that wraps the content key, by node:crypto. */
export function pbes2Key(password: string, p2s: string, p2c: number): Buffer {
  const salt = Buffer.concat([Buffer.from('PBES2-HS512+A256KW\0'), Buffer.from(p2s, 'base64url')]);
  return pbkdf2Sync(password, salt, p2c, 32, 'sha512');
}

/** RFC 3394 by OpenSSL. */
export function aesWrap(kek: Uint8Array, keyData: Uint8Array): Buffer {
  const cipher = createCipheriv('aes256-wrap', kek, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(keyData), cipher.final()]);
}

/** A compact JWE with A256GCM from its parts, by node:crypto. */
export function handmadeJwe(header: unknown, encryptedKey: Uint8Array, cek: Uint8Array, plaintext: Uint8Array | string): Buffer {
  const protectedHeader = base64url(typeof header === 'string' ? header : JSON.stringify(header));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(protectedHeader));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.from(
    [protectedHeader, base64url(encryptedKey), base64url(iv), base64url(ciphertext), base64url(cipher.getAuthTag())].join('.'),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The RFC 7638 thumbprint of `keyPair`, computed from the definition. */
export const keyThumbprint = createHash('sha256')
  .update(`{"crv":"P-256","kty":"EC","x":"${keyPair.publicKey.x}","y":"${keyPair.publicKey.y}"}`)
  .digest('base64url');

const ephemeral = {
  kty: 'EC',
  crv: 'P-256',
  x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
  y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
};
const ephemeralSecret = '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo';

/** A header that is right for `keyPair`, with changes; a member set to undefined is left out. */
export function keyHeader(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const header = {
    alg: 'ECDH-ES',
    enc: 'A256GCM',
    typ: 'ferry-sealed+jwe',
    cty: 'ferry-item',
    kid: keyThumbprint,
    epk: ephemeral,
  };
  return { ...header, ...changes };
}

/** A JWE for `keyPair` that is right in all but what the header changes, made by node:crypto alone. */
export function handmadeForKey(header: Readonly<Record<string, unknown>> | string, plaintext: Uint8Array | string): Buffer {
  const cek = concatKdf({ privateKey: ephemeralSecret, publicKey: keyPair.publicKey, enc: 'A256GCM', bits: 256 });
  return handmadeJwe(header, new Uint8Array(), cek, plaintext);
}

/** A JWE for a passphrase that is right in all but what the header changes. */
export function handmadeForPassphrase(
  password: string,
  changes: Readonly<Record<string, unknown>>,
  plaintext: Uint8Array | string,
): Buffer {
  const p2s = 'AAECAwQFBgcICQoLDA0ODw';
  const header = {
    alg: 'PBES2-HS512+A256KW',
    enc: 'A256GCM',
    typ: 'ferry-sealed+jwe',
    cty: 'ferry-item',
    p2s,
    p2c: 1000,
    ...changes,
  };
  const cek = Buffer.alloc(32, 7);
  return handmadeJwe(header, aesWrap(pbes2Key(password, p2s, 1000), cek), cek, plaintext);
}

/** The plaintext of a small item. */
export function plaintextOf(content: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const manifest = {
    v: 1,
    kind: 'file',
    name: 'notes.txt',
    size: Buffer.byteLength(content),
    mediaType: 'text/plain',
    ...changes,
  };
  return `${JSON.stringify(manifest)}\n${content}`;
}
