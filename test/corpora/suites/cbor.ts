// RFC 8949 appendix A: each example with its value in JSON, or in diagnostic notation where JSON cannot say it.

import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import { type Expected, isSame } from '../expected.ts';
import { decoded, type Trial } from '../trial.ts';

/** The trial of one example, a map of the suite's list. Throws where it is none. */
export function cborTrial(example: ReadonlyMap<string, Expected>): Trial {
  const hex = example.get('hex');
  if (typeof hex !== 'string' || !/^(?:[\da-f]{2})+$/i.test(hex)) throw new TypeError('an example without its bytes');
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  const value = example.get('decoded');
  const diagnostic = example.get('diagnostic');
  if (value === undefined && typeof diagnostic !== 'string') throw new TypeError('an example without its value');
  return {
    suite: 'cbor',
    name: `${hex} ${typeof diagnostic === 'string' ? diagnostic : ''}`.trimEnd(),
    reader: 'CBOR format',
    text: hex.toLowerCase(),
    remark: example.get('roundtrip') === true ? 'written back as it was' : 'written back in another form',
    must: 'be read',
    expected: value === undefined ? diagnostic : value,
    run: () =>
      decoded(
        () => cborFormat.decode(bytes),
        (found) =>
          (value === undefined || isSame(value, found)) &&
          (example.get('roundtrip') !== true || Buffer.compare(cborFormat.encode(found), bytes) === 0),
      ),
  };
}
