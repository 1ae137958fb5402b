// What a peer may send to hurt: forty inputs and more for each format. Each is refused with a typed error, touches no
// prototype, and is refused fast. Those that a first look ends cost the processor a few milliseconds and are held to 500; the few
// that have to be read to their end, large and correct but for one place, are only measured.

import assert from 'node:assert/strict';

import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import type { Format } from '../../../src/core/dictionary/formats/format.ts';
import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { xmlFormat } from '../../../src/core/dictionary/formats/xml.ts';
import { processorMs } from '../../support/processorTime.ts';
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
      it(`refuses ${name}`, async () => {
        const refuse = (): void =>
          assert.throws(() => format.decode(bytes), { name: 'FerryError', code: `ERR_DICTIONARY_${code}` });
        // The best of a few readings: what it costs, not what else the machine does or has to compile just then.
        const took = await processorMs(refuse, whole ? 2 : 5);
        assert.equal(Reflect.get({}, 'polluted'), undefined);
        if (whole) slowest.push(`${name}: ${took.toFixed(1)} ms`);
        else assert.ok(took < 500, `${took.toFixed(1)} ms`);
      });
    }

    after(() => {
      if (slowest.length > 0) console.log(`      measured alone: ${slowest.join('; ')}`);
    });
  });
}
