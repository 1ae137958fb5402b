// CBOR diagnostic notation (RFC 8949 section 8): what the bytes of a dictionary say, for people to read.

import { cborFormat } from './formats/cbor.ts';
import { doubleText } from './numbers.ts';
import { type DictionaryValue, isList } from './value.ts';

/**
 * The diagnostic notation of an encoded dictionary, on one line. Big integers are decimal numbers, as in RFC 8949 appendix A.
 * Throws what `decode` of the CBOR format throws.
 */
export function diagnosticText(bytes: Uint8Array): string {
  return text(cborFormat.decode(bytes));
}

function text(value: DictionaryValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return doubleText(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(text).join(', ')}]`;
  return `{${Array.from(value, ([key, item]) => `${JSON.stringify(key)}: ${text(item)}`).join(', ')}}`;
}
