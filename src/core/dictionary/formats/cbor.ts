// Dictionaries as CBOR (RFC 8949) and the one door to cborg: the scan lets only our subset through, the library frames the
// items and refuses equal keys. Keys stay in their order.

import { type DecodeOptions, decode, Token, Tokenizer, Type } from 'cborg';

import { checkDictionary, type DictionaryValue, isIntegerInRange } from '../value.ts';
import { scanCbor } from './cborScan.ts';
import { writeCbor } from './cborWriter.ts';
import { checkSize, type Format, invalid, unsupported } from './format.ts';

/** CBOR in preferred serialisation. `decode` takes the same, and floats of any width, which many encoders write. */
export const cborFormat: Format = {
  id: 'cbor',
  mediaType: 'application/cbor',
  extension: 'cbor',
  encode(value) {
    checkDictionary(value);
    return checkSize('cbor', writeCbor(value));
  },
  decode(bytes) {
    scanCbor(checkSize('cbor', bytes));
    const tokens = createTokens(bytes);
    const options: DecodeOptions = {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      tags: { 2: (content) => inRange(magnitude(content())), 3: (content) => inRange(-1n - magnitude(content())) },
      tokenizer: tokens,
    };
    try {
      return toValue(decode(bytes, options), tokens);
    } catch (error) {
      if (error instanceof RangeOfInteger) throw unsupported('cbor', tokens.start(), 'an integer has too many digits');
      throw invalid('cbor', tokens.start(), 'the CBOR is not well-formed, or a key stands twice in one map', error);
    }
  },
};

class RangeOfInteger extends Error {}

type Tokens = NonNullable<DecodeOptions['tokenizer']> & { start(): number };

/**
 * The library's tokens with two changes: integers stay apart from floats, as bigints, and texts are decoded anew, for the
 * library's decoder drops a byte order mark at their beginning.
 */
function createTokens(bytes: Uint8Array): Tokens {
  const inner = new Tokenizer(bytes, { strict: true, allowIndefinite: false, allowUndefined: false, allowBigInt: true });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  return {
    done: () => inner.done(),
    pos: () => inner.pos(),
    start: () => start,
    next() {
      start = inner.pos();
      const token = inner.next();
      if (Type.equals(token.type, Type.uint) || Type.equals(token.type, Type.negint)) {
        const value: unknown = token.value;
        return new Token(token.type, typeof value === 'number' ? BigInt(value) : value, token.encodedLength);
      }
      if (Type.equals(token.type, Type.string)) {
        const end = inner.pos();
        return new Token(token.type, decoder.decode(bytes.subarray(start + headLength(bytes[start] ?? 0), end)), end - start);
      }
      return token;
    },
  };
}

function headLength(first: number): number {
  const short = first & 31;
  return short < 24 ? 1 : 1 + (1 << (short - 24));
}

function magnitude(content: unknown): bigint {
  if (!(content instanceof Uint8Array)) throw new TypeError('a big integer is no byte string');
  const digits = Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return BigInt(`0x${digits}`);
}

function inRange(value: bigint): bigint {
  if (!isIntegerInRange(value)) throw new RangeOfInteger();
  return value;
}

/** What the library gives is of the right shape after the scan; this proves it instead of believing it. */
function toValue(found: unknown, tokens: Tokens): DictionaryValue {
  const accept = (value: unknown): value is DictionaryValue => {
    if (value === null || ['boolean', 'bigint', 'number', 'string'].includes(typeof value)) return true;
    if (Array.isArray(value)) return value.every(accept);
    return value instanceof Map && [...value].every(([key, item]) => typeof key === 'string' && accept(item));
  };
  if (accept(found)) return found;
  throw invalid('cbor', tokens.start(), 'the CBOR holds something else than a dictionary');
}
