// Readers that share no line with Ferry: python3's json, python3-cbor2 and xmllint. A test whose reader is missing says so and
// is skipped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import fc from 'fast-check';

import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { xmlFormat, xmlText } from '../../../src/core/dictionary/formats/xml.ts';
import { literalText } from '../../../src/core/dictionary/literals.ts';
import { type DictionaryValue, equalDictionaries, isList, isMap } from '../../../src/core/dictionary/value.ts';
import { skip } from '../../support/skipping.ts';
import { anyDictionary, mapOf } from './support.ts';

/** The system's interpreter, which sees the packages of the distribution; another one first on the path may not. */
const python = process.platform === 'linux' ? '/usr/bin/python3' : 'python3';

/** Two hundred dictionaries, the same in every run. */
const samples: readonly DictionaryValue[] = [
  mapOf(['big', 2n ** 200n], ['negative', -(2n ** 64n) - 1n], ['zero', -0], ['one', 1], ['int', 1n], ['tiny', 5e-324]),
  ...fc.sample(anyDictionary, { numRuns: 200, seed: 20_240_501 }),
];

/** Prints every value it is given with its type, numbers as exact texts, so that both sides can be compared. */
const describeInPython = `
def show(value):
    if value is None: return ['null']
    if isinstance(value, bool): return ['boolean', value]
    if isinstance(value, int): return ['integer', str(value)]
    if isinstance(value, float): return ['double', value.hex()]
    if isinstance(value, str): return ['text', value]
    if isinstance(value, list): return ['list', [show(item) for item in value]]
    if isinstance(value, dict): return ['map', [[key, show(item)] for key, item in value.items()]]
    raise TypeError(type(value))
`;

function has(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

function run(command: string, args: readonly string[], input: string): string {
  const result = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout;
}

/** The same description, by Ferry. */
function show(value: DictionaryValue): unknown {
  if (value === null) return ['null'];
  if (typeof value === 'object' && isMap(value)) return ['map', Array.from(value, ([key, item]) => [key, show(item)])];
  if (typeof value === 'object' && isList(value)) return ['list', value.map(show)];
  if (typeof value === 'bigint') return ['integer', String(value)];
  if (typeof value === 'number') return ['double', value];
  return [typeof value === 'boolean' ? 'boolean' : 'text', value];
}

/** Python's exact notation of doubles back to the double. */
function readHexDouble(text: string): number {
  const [, sign, whole = '', fraction = '', exponent] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text) ?? [];
  const magnitude = Number.parseInt(whole + fraction, 16) * 2 ** (-4 * fraction.length);
  // Two steps, for 2 ** -1074 of a fraction below one would be lost in one.
  const power = Number(exponent);
  const value = magnitude * 2 ** Math.ceil(power / 2) * 2 ** Math.floor(power / 2);
  return sign === '-' ? -value : value;
}

function normalise(shown: unknown): unknown {
  if (!Array.isArray(shown)) return shown;
  if (shown[0] === 'double' && typeof shown[1] === 'string') return ['double', readHexDouble(shown[1])];
  return shown.map(normalise);
}

function compare(printed: string): void {
  const lines = printed.trimEnd().split('\n');
  assert.equal(lines.length, samples.length);
  for (const [index, line] of lines.entries()) {
    assert.deepStrictEqual(normalise(JSON.parse(line)), show(samples[index] ?? null), `sample ${index}`);
  }
}

describe('independent readers', () => {
  it('python3 json reads our JSON as we meant it (skipped without python3)', function () {
    if (!has(python, '-c', 'import json')) skip(this, 'python3; on Debian: apt-get install python3');
    const script = `${describeInPython}
import json, sys
for line in sys.stdin.buffer:
    print(json.dumps(show(json.loads(bytes.fromhex(line.decode().strip())))))`;
    compare(run(python, ['-c', script], samples.map((value) => hex(jsonFormat.encode(value))).join('\n')));
  });

  it('python3-cbor2 reads our CBOR as we meant it (skipped without python3-cbor2)', function () {
    if (!has(python, '-c', 'import cbor2')) skip(this, 'python3-cbor2; on Debian: apt-get install python3-cbor2');
    const script = `${describeInPython}
import cbor2, json, sys
for line in sys.stdin.buffer:
    print(json.dumps(show(cbor2.loads(bytes.fromhex(line.decode().strip())))))`;
    compare(run(python, ['-c', script], samples.map((value) => hex(cborFormat.encode(value))).join('\n')));
  });

  it('we read what python3-cbor2 and python3 json write (skipped without python3-cbor2)', function () {
    if (!has(python, '-c', 'import cbor2')) skip(this, 'python3-cbor2; on Debian: apt-get install python3-cbor2');
    const script = `
import cbor2, json, sys
for line in sys.stdin.buffer:
    value = cbor2.loads(bytes.fromhex(line.decode().strip()))
    print(cbor2.dumps(value).hex(), json.dumps(value).encode().hex(), json.dumps(value, ensure_ascii=False, indent=1).encode().hex())`;
    const lines = run(python, ['-c', script], samples.map((value) => hex(cborFormat.encode(value))).join('\n'));
    for (const [index, line] of lines.trimEnd().split('\n').entries()) {
      const [cbor = '', ascii = '', indented = ''] = line.split(' ').map((part) => part);
      const value = samples[index] ?? null;
      assert.ok(equalDictionaries(cborFormat.decode(unhex(cbor)), value), `CBOR, sample ${index}`);
      assert.ok(equalDictionaries(jsonFormat.decode(unhex(ascii)), value), `JSON, sample ${index}`);
      assert.ok(equalDictionaries(jsonFormat.decode(unhex(indented)), value), `indented JSON, sample ${index}`);
    }
  });

  it('xmllint finds our XML well-formed and reads the same texts out of it (skipped without xmllint)', function () {
    if (!has('xmllint', '--version')) skip(this, 'xmllint; on Debian: apt-get install libxml2-utils');
    for (const value of samples.slice(0, 40)) {
      // Canonical XML resolves every reference and quote; reading it again has to give the same value.
      const canonical = run('xmllint', ['--nonet', '--c14n', '-'], xmlText(value, 'compact'));
      assert.ok(equalDictionaries(xmlFormat.decode(new TextEncoder().encode(canonical)), value));
      const indented = run('xmllint', ['--nonet', '--c14n', '-'], xmlText(value, 'indented'));
      assert.ok(equalDictionaries(xmlFormat.decode(new TextEncoder().encode(indented)), value));
    }
  });

  it('python3 reads our Python literals as we meant them (skipped without python3)', function () {
    if (!has(python, '-c', 'import ast')) skip(this, 'python3; on Debian: apt-get install python3');
    const script = `${describeInPython}
import ast, json, sys
for line in sys.stdin.buffer:
    print(json.dumps(show(ast.literal_eval(bytes.fromhex(line.decode().strip()).decode()))))`;
    const literals = samples.map((value) =>
      hex(new TextEncoder().encode(literalText(value, 'python', { unit: '    ', base: '' }))),
    );
    compare(run(python, ['-c', script], literals.join('\n')));
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
