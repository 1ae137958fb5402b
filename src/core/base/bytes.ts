// Byte strings: base64 (RFC 4648 sections 4 and 5) and hexadecimal of short ones such as digests, tokens and keys, put together,
// compared, and as a stream; texts cut to a number of bytes.

/** Base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Bytes of a base64 text with padding, or undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of hexadecimal digits, which the caller has checked. */
export function decodeHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** Whether two byte strings are equal. Not for secrets: its time depends on the bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** As much of a text as has at most so many bytes in UTF-8, never half a character. */
export function cutToBytes(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes))).read);
}

/** Byte strings one behind the other, in new memory. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes that are there as a stream of one chunk, or of none where there are none. */
export async function* streamOf(bytes: Uint8Array, from = 0): AsyncGenerator<Uint8Array> {
  if (bytes.length > from) yield await Promise.resolve(bytes.subarray(from));
}

/** What follows so many bytes of a stream. */
export async function* following(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of content) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** Passes content on as long as it is as many bytes as it should be; throws what `wrong` gives for one too many or too few. */
export async function* exactly(
  content: AsyncIterable<Uint8Array>,
  bytes: number,
  wrong: () => Error,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > bytes) throw wrong();
    if (chunk.length > 0) yield chunk;
  }
  if (seen < bytes) throw wrong();
}
