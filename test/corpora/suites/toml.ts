// toml-test: documents that must be read, each with its value in tagged JSON, and documents that must be refused.

import { tomlNotation } from '../../../src/core/dictionary/notations/toml.ts';
import { type Expected, exactJson, isSame } from '../expected.ts';
import { selected, type Trial, textOf } from '../trial.ts';

/** The trial of one document. `tagged`: the JSON beside a valid one; throws where that is none. */
export function tomlTrial(name: string, bytes: Uint8Array, tagged: string | undefined): Trial {
  const text = textOf(bytes);
  const shared = { suite: 'toml', name, reader: 'TOML notation', text } as const;
  if (tagged === undefined) return { ...shared, must: 'be refused', run: () => selected(tomlNotation, text, () => true) };
  const expected = untagged(exactJson(tagged));
  return { ...shared, must: 'be read', expected, run: () => selected(tomlNotation, text, (found) => isSame(expected, found)) };
}

function untagged(tagged: Expected): Expected {
  if (Array.isArray(tagged)) return tagged.map(untagged);
  if (!(tagged instanceof Map)) throw new TypeError('a value without its type');
  const table = tagged as ReadonlyMap<string, Expected>;
  const [type, value] = [table.get('type'), table.get('value')];
  if (table.size === 2 && typeof type === 'string' && typeof value === 'string') return scalar(type, value);
  return new Map(Array.from(table, ([key, item]) => [key, untagged(item)]));
}

function scalar(type: string, value: string): Expected {
  switch (type) {
    case 'string':
      return value;
    case 'bool':
      return value === 'true';
    case 'integer':
      return BigInt(value);
    case 'float': {
      const double = Number(value.replace(/inf$/, 'Infinity'));
      // A zero may lose its sign (TOML says no more than that it has one).
      return double === 0 ? (found) => found === 0 : double;
    }
    case 'datetime':
    case 'datetime-local':
    case 'date-local':
    case 'time-local':
      return (found) => typeof found === 'string' && moment(found) === moment(value);
    default:
      throw new TypeError(`a value of the unknown type ${type}`);
  }
}

/** One spelling of every date and time: to the millisecond, which is what TOML asks for at least, and more is cut off. */
function moment(text: string): string {
  const parts = /^(?:(\d{4}-\d\d-\d\d)(?:[Tt ]|$))?(?:(\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?)?([Zz]|[+-]\d\d:\d\d)?$/.exec(text);
  if (parts === null) return `no date: ${text}`;
  const [, date = '', minutes, seconds = '00', fraction = '', offset = ''] = parts;
  const time = minutes === undefined ? '' : `${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}`;
  return `${date} ${time} ${/^(?:[Zz]|[+-]00:00)$/.test(offset) ? 'Z' : offset}`;
}
