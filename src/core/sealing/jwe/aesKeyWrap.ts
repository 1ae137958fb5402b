// AES key wrap (RFC 3394) for hosts whose WebCrypto has none, built from single AES blocks in CBC mode. Electron had no AES-KW
// before Node 24.18, and WebCrypto has no way to a bare block anywhere.

const blockLength = 16;
const semiblock = 8;
const rounds = 6;
/** RFC 3394 section 2.2.3.1. */
const defaultInitialValue = 0xa6;

/** Whether the host's WebCrypto can wrap a key with AES-KW; importing one can work where wrapping does not, so it wraps one. */
export async function hasAesKw(subtle: SubtleCrypto = crypto.subtle): Promise<boolean> {
  try {
    const wrapping = await subtle.importKey('raw', new Uint8Array(32), 'AES-KW', false, ['wrapKey']);
    const wrapped = await subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
    return (await subtle.wrapKey('raw', wrapped, wrapping, 'AES-KW')).byteLength === 40;
  } catch {
    return false;
  }
}

/** Wraps key data of a multiple of 8 bytes, at least 16, with an AES key (RFC 3394 section 2.2.1): 8 bytes more come out. */
export async function wrapAesKey(
  wrapping: Uint8Array<ArrayBuffer>,
  keyData: Uint8Array,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = semiblocks(keyData.length);
  const aes = await importBlockKey(wrapping, subtle);
  const wrapped = new Uint8Array(keyData.length + semiblock).fill(defaultInitialValue, 0, semiblock);
  wrapped.set(keyData, semiblock);
  const block = new Uint8Array(blockLength);
  for (let step = 1; step <= rounds * count; step += 1) {
    const place = semiblock * (((step - 1) % count) + 1);
    block.set(wrapped.subarray(0, semiblock));
    block.set(wrapped.subarray(place, place + semiblock), semiblock);
    const mixed = await encryptBlock(aes, block, subtle);
    mixStep(mixed, step);
    wrapped.set(mixed.subarray(0, semiblock));
    wrapped.set(mixed.subarray(semiblock), place);
  }
  return wrapped;
}

/** Unwraps what wrapAesKey gives (RFC 3394 section 2.2.2); undefined where the key is not the one or a byte was changed. */
export async function unwrapAesKey(
  wrapping: Uint8Array<ArrayBuffer>,
  wrapped: Uint8Array,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const count = semiblocks(wrapped.length - semiblock);
  const aes = await importBlockKey(wrapping, subtle);
  const plain = new Uint8Array(wrapped);
  const block = new Uint8Array(blockLength);
  for (let step = rounds * count; step >= 1; step -= 1) {
    const place = semiblock * (((step - 1) % count) + 1);
    block.set(plain.subarray(0, semiblock));
    mixStep(block, step);
    block.set(plain.subarray(place, place + semiblock), semiblock);
    const mixed = await decryptBlock(aes, block, subtle);
    plain.set(mixed.subarray(0, semiblock));
    plain.set(mixed.subarray(semiblock), place);
  }
  // All eight bytes are looked at, so that the time says nothing about the first that differs.
  const difference = plain.subarray(0, semiblock).reduce((sum, byte) => sum | (byte ^ defaultInitialValue), 0);
  return difference === 0 ? plain.slice(semiblock) : undefined;
}

function semiblocks(bytes: number): number {
  if (bytes < 2 * semiblock || bytes % semiblock !== 0) throw new TypeError('key data has at least 16 bytes, in groups of 8');
  return bytes / semiblock;
}

function importBlockKey(key: Uint8Array<ArrayBuffer>, subtle: SubtleCrypto): Promise<CryptoKey> {
  return subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt', 'decrypt']);
}

/** Exclusive-ors the number of the step into the first semiblock; 32 bits of it hold any key. */
function mixStep(block: Uint8Array<ArrayBuffer>, step: number): void {
  const view = new DataView(block.buffer, block.byteOffset);
  view.setUint32(4, view.getUint32(4) ^ step);
}

const zeroVector = new Uint8Array(blockLength);
const paddingBlock = new Uint8Array(blockLength).fill(blockLength);

/** One block in CBC mode from a vector of zeros is the bare block; the block of padding that WebCrypto adds is dropped. */
async function encryptBlock(
  aes: CryptoKey,
  block: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv: zeroVector }, aes, block), 0, blockLength);
}

/** WebCrypto wants the block of padding behind it, so one is made that fits: padding encrypted with the block as its vector. */
async function decryptBlock(
  aes: CryptoKey,
  block: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto,
): Promise<Uint8Array<ArrayBuffer>> {
  const padding = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv: block }, aes, paddingBlock), 0, blockLength);
  const both = new Uint8Array(2 * blockLength);
  both.set(block);
  both.set(padding, blockLength);
  return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv: zeroVector }, aes, both));
}
