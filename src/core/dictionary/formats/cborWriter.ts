// Writes CBOR in preferred serialisation (RFC 8949 section 4.1): shortest heads, shortest floats, definite lengths, big
// integers as tags 2 and 3 only where 64 bits do not suffice. Written out here because cborg's encoder gives 2.0 as an
// integer, has no shortest form for most subnormal half-precision floats (3 * 2^-24 takes it five bytes instead of three), and
// refuses integers beyond 64 bits.

import { type DictionaryValue, isList } from '../value.ts';

const uint64Bound = 1n << 64n;

/** The bytes of a value that `checkDictionary` let through. */
export function writeCbor(value: DictionaryValue): Uint8Array {
  const sink = createSink();
  write(value, sink);
  return sink.bytes();
}

type Sink = ReturnType<typeof createSink>;

function write(value: DictionaryValue, sink: Sink): void {
  if (value === null) sink.byte(0xf6);
  else if (typeof value === 'boolean') sink.byte(value ? 0xf5 : 0xf4);
  else if (typeof value === 'bigint') writeInteger(value, sink);
  else if (typeof value === 'number') writeFloat(value, sink);
  else if (typeof value === 'string') writeString(value, sink);
  else if (isList(value)) {
    writeHead(4, BigInt(value.length), sink);
    for (const item of value) write(item, sink);
  } else {
    writeHead(5, BigInt(value.size), sink);
    for (const [key, item] of value) {
      writeString(key, sink);
      write(item, sink);
    }
  }
}

function writeInteger(value: bigint, sink: Sink): void {
  const negative = value < 0n;
  const magnitude = negative ? -1n - value : value;
  if (magnitude < uint64Bound) {
    writeHead(negative ? 1 : 0, magnitude, sink);
    return;
  }
  // RFC 8949 section 3.4.3: tag 2 or 3 around the magnitude, big end first, without leading zeroes.
  const digits = magnitude.toString(16);
  const hexadecimal = digits.padStart(digits.length + (digits.length % 2), '0');
  const bytes = Uint8Array.from({ length: hexadecimal.length / 2 }, (_, index) =>
    Number.parseInt(hexadecimal.slice(2 * index, 2 * index + 2), 16),
  );
  sink.byte(negative ? 0xc3 : 0xc2);
  writeHead(2, BigInt(bytes.length), sink);
  sink.bytesOf(bytes);
}

function writeString(text: string, sink: Sink): void {
  const bytes = sink.encode(text);
  writeHead(3, BigInt(bytes.length), sink);
  sink.bytesOf(bytes);
}

function writeHead(major: number, argument: bigint, sink: Sink): void {
  const first = major << 5;
  if (argument < 24n) {
    sink.byte(first | Number(argument));
    return;
  }
  const width = argument < 0x100n ? 1 : argument < 0x10000n ? 2 : argument < 0x100000000n ? 4 : 8;
  sink.byte(first | (24 + Math.log2(width)));
  for (let shift = BigInt(8 * (width - 1)); shift >= 0n; shift -= 8n) sink.byte(Number((argument >> shift) & 0xffn));
}

function writeFloat(value: number, sink: Sink): void {
  const half = halfBits(value);
  if (half !== undefined) {
    sink.bytesOf(Uint8Array.of(0xf9, half >> 8, half & 0xff));
    return;
  }
  const wide = !Object.is(Math.fround(value), value);
  const view = new DataView(new ArrayBuffer(wide ? 9 : 5));
  view.setUint8(0, wide ? 0xfb : 0xfa);
  if (wide) view.setFloat64(1, value);
  else view.setFloat32(1, value);
  sink.bytesOf(new Uint8Array(view.buffer));
}

/** The bits of a finite double in half precision, or undefined where they cannot hold it. */
function halfBits(value: number): number | undefined {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude > 65_504) return undefined;
  if (magnitude < 2 ** -14) {
    const fraction = magnitude * 2 ** 24;
    return Number.isInteger(fraction) ? sign | fraction : undefined;
  }
  const exponent = Math.floor(Math.log2(magnitude));
  const fraction = (magnitude / 2 ** exponent - 1) * 1024;
  return Number.isInteger(fraction) ? sign | ((exponent + 15) << 10) | fraction : undefined;
}

/** Bytes that grow: one buffer, doubled when it is full. */
function createSink() {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(4096);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * buffer.length, length + more));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  };
  return {
    encode: (text: string): Uint8Array => encoder.encode(text),
    byte(value: number): void {
      reserve(1);
      buffer[length] = value;
      length += 1;
    },
    bytesOf(values: Uint8Array): void {
      reserve(values.length);
      buffer.set(values, length);
      length += values.length;
    },
    bytes: (): Uint8Array => buffer.slice(0, length),
  };
}
