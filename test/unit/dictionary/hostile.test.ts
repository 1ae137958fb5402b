// What a peer may send to hurt: forty inputs and more for each format. Each is refused with a typed error, touches no
// prototype, and is refused fast. Those that a first look ends within 10 ms are held to 50 ms; the few that have to be read to
// their end, large and correct but for one place, are only measured.

import assert from 'node:assert/strict';

import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import type { Format } from '../../../src/core/dictionary/formats/format.ts';
import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { xmlFormat } from '../../../src/core/dictionary/formats/xml.ts';
import { cborInputs, type Hostile, jsonInputs, xmlInputs } from './hostileInputs.ts';

for (const [format, inputs] of [
  [jsonFormat, jsonInputs],
  [xmlFormat, xmlInputs],
  [cborFormat, cborInputs],
] satisfies [Format, readonly Hostile[]][]) {
  describe(`hostile ${format.id}`, () => {
    const slowest: string[] = [];

    it('is forty inputs or more', () => assert.ok(inputs.length >= 40, String(inputs.length)));

    for (const { name, bytes, code, whole = false } of inputs) {
      it(`refuses ${name}`, () => {
        const refuse = (): void =>
          assert.throws(() => format.decode(bytes), { name: 'FerryError', code: `ERR_DICTIONARY_${code}` });
        // The best of a few readings: what it costs, not what else the machine does or has to compile just then.
        let took = Number.POSITIVE_INFINITY;
        for (let run = 0; run < 5 && (run < 2 || took > 10); run += 1) {
          const start = performance.now();
          refuse();
          took = Math.min(took, performance.now() - start);
        }
        assert.equal(Reflect.get({}, 'polluted'), undefined);
        if (whole) slowest.push(`${name}: ${took.toFixed(1)} ms`);
        else assert.ok(took < 50, `${took.toFixed(1)} ms`);
      });
    }

    after(() => {
      if (slowest.length > 0) console.log(`      measured alone: ${slowest.join('; ')}`);
    });
  });
}
