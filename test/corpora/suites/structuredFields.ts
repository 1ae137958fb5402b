// structured-field-tests: raw lines of a field, its type, and its value or `must_fail`.

import { DisplayString, Token } from 'structured-headers';

import { encodeBase32 } from '../../../src/core/base/base32.ts';
import { parseStructuredField, type StructuredField } from '../../../src/core/wire/structuredFields.ts';
import { byValue, type Expected, isSame } from '../expected.ts';
import type { Outcome, Trial } from '../trial.ts';

const types = ['dictionary', 'list', 'item'] as const satisfies readonly (keyof StructuredField)[];

/** The trial of one case, a map of a file's list. Throws where it is none. Cases without raw lines are for writers: undefined. */
export function structuredFieldTrial(file: string, test: ReadonlyMap<string, Expected>): Trial | undefined {
  const raw = test.get('raw');
  if (raw === undefined) return undefined;
  const type = types.find((known) => known === test.get('header_type'));
  if (type === undefined || !Array.isArray(raw)) throw new TypeError('a case without lines or type');
  const lines = raw.map(String);
  const fails = test.get('must_fail') === true;
  const expected = test.get('expected');
  if (!fails && expected === undefined) throw new TypeError('a case without its value');
  return {
    suite: 'structured-fields',
    name: `${file}: ${textOf(test.get('name'))}`,
    reader: `structured ${type}`,
    text: lines.join('\n'),
    must: fails ? 'be refused' : test.get('can_fail') === true ? 'either' : 'be read',
    ...(expected === undefined ? {} : { expected }),
    run: () => outcomeOf(type, lines, fails ? undefined : expected),
  };
}

function outcomeOf(type: keyof StructuredField, lines: readonly string[], expected: Expected | undefined): Outcome {
  try {
    const found = parseStructuredField(type, lines);
    if (found === undefined) return { kind: 'refused', why: 'not well-formed' };
    return { kind: 'read', right: expected === undefined || isSame(untagged(expected), listed(found)) };
  } catch (error) {
    return { kind: 'broke', error };
  }
}

function textOf(value: Expected | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The suite's own form of a value, in which Maps are lists of pairs; single values stay as they are. */
function listed(found: unknown): unknown {
  if (found instanceof Map) return Array.from(found as ReadonlyMap<unknown, unknown>, listed);
  return Array.isArray(found) ? found.map(listed) : found;
}

function untagged(expected: Expected): Expected {
  if (Array.isArray(expected)) return expected.map(untagged);
  if (!(expected instanceof Map)) return byValue(expected);
  const tagged = expected as ReadonlyMap<string, Expected>;
  const value = tagged.get('value') ?? null;
  const type = tagged.get('__type');
  if (type === 'binary') {
    return (found) => found instanceof ArrayBuffer && encodeBase32(new Uint8Array(found)) === textOf(value).replace(/=+$/, '');
  }
  if (type === 'token') return (found) => found instanceof Token && found.toString() === value;
  if (type === 'displaystring') return (found) => found instanceof DisplayString && found.toString() === value;
  if (type === 'date') return byValue(value);
  throw new TypeError('a value of an unknown type');
}
