// PBES2-HS512+A256KW with A256GCM (RFC 7518 sections 4.8 and 5.3) for hosts without AES-KW: byte for byte the same kind of
// compact JWE that `jose` makes and opens, from PBKDF2, the key wrap of aesKeyWrap.ts and AES-GCM.

import { base64url } from 'jose';

import { contentEncryption, passphraseAlgorithm, type SealedTypes, saltBytes } from '../format.ts';
import { unwrapAesKey, wrapAesKey } from './aesKeyWrap.ts';

/** How a key comes of a passphrase: salt input (RFC 7518 section 4.8.1.1) and rounds of PBKDF2. */
type Derivation = { readonly passphrase: string; readonly p2s: Uint8Array<ArrayBuffer>; readonly p2c: number };

const keyBytes = 32;
const tagBytes = 16;
const encoder = new TextEncoder();

/** A passphrase as key material: UTF-8 of its composed form (NFC), so that it is the same from every keyboard. */
export function passphraseBytes(passphrase: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(passphrase.normalize('NFC'));
}

/** Seals bytes into a compact JWE, with that many rounds of PBKDF2 and a fresh salt. */
export async function sealWithPassphrase(
  plaintext: Uint8Array<ArrayBuffer>,
  { typ, cty }: SealedTypes,
  { passphrase, p2c }: { readonly passphrase: string; readonly p2c: number },
  subtle: SubtleCrypto,
): Promise<string> {
  const p2s = crypto.getRandomValues(new Uint8Array(saltBytes));
  const names = { alg: passphraseAlgorithm, enc: contentEncryption, typ, cty };
  const header = base64url.encode(JSON.stringify({ ...names, p2c, p2s: base64url.encode(p2s) }));
  const contentKey = crypto.getRandomValues(new Uint8Array(keyBytes));
  const encryptedKey = await wrapAesKey(await deriveKey({ passphrase, p2s, p2c }, subtle), contentKey, subtle);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt']);
  const sealed = new Uint8Array(
    await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: encoder.encode(header) }, key, plaintext),
  );
  const parts = [encryptedKey, iv, sealed.subarray(0, -tagBytes), sealed.subarray(-tagBytes)];
  return [header, ...parts.map((part) => base64url.encode(part))].join('.');
}

/** Opens a compact JWE whose header was checked before. Throws whatever goes wrong; the caller makes one error of it. */
export async function openWithPassphrase(token: string, passphrase: string, subtle: SubtleCrypto): Promise<Uint8Array> {
  const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = token.split('.');
  const { p2s, p2c } = derivationOf(JSON.parse(new TextDecoder().decode(base64url.decode(header))));
  const wrapping = await deriveKey({ passphrase, p2s, p2c }, subtle);
  // RFC 7516 section 11.5: with a random key in place of one that cannot be unwrapped, every failure is the same failure.
  const unwrapped = await unwrapAesKey(wrapping, base64url.decode(encryptedKey), subtle);
  const contentKey = unwrapped ?? crypto.getRandomValues(new Uint8Array(keyBytes));
  const key = await subtle.importKey('raw', contentKey, 'AES-GCM', false, ['decrypt']);
  const sealed = join(base64url.decode(ciphertext), base64url.decode(tag));
  const cipher = { name: 'AES-GCM', iv: new Uint8Array(base64url.decode(iv)), additionalData: encoder.encode(header) };
  return new Uint8Array(await subtle.decrypt(cipher, key, sealed));
}

function derivationOf(header: unknown): { readonly p2s: Uint8Array<ArrayBuffer>; readonly p2c: number } {
  if (header instanceof Object && 'p2s' in header && 'p2c' in header) {
    const { p2s, p2c } = header;
    if (typeof p2s === 'string' && typeof p2c === 'number') return { p2s: new Uint8Array(base64url.decode(p2s)), p2c };
  }
  throw new TypeError('the header has no derivation');
}

/** RFC 7518 section 4.8.1.1: the salt is the name of the algorithm, a zero byte and the salt input. */
async function deriveKey({ passphrase, p2s, p2c }: Derivation, subtle: SubtleCrypto): Promise<Uint8Array<ArrayBuffer>> {
  const material = await subtle.importKey('raw', passphraseBytes(passphrase), 'PBKDF2', false, ['deriveBits']);
  const salt = join(encoder.encode(`${passphraseAlgorithm}\0`), p2s);
  const bits = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt, iterations: p2c }, material, keyBytes * 8);
  return new Uint8Array(bits);
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
