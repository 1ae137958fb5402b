// The calls and constructors of JavaScript that are nothing but a literal in other words: maps, sets, frozen objects, dates and
// big integers. Every other call is refused by its name.

import { type DictionaryValue, isList, isMap } from '../value.ts';
import { readDateCall } from './javascriptTokens.ts';
import { setLast } from './notation.ts';
import type { Scanner } from './scanner.ts';

/** What the reader of JavaScript lends to its calls. */
export type CallReader = {
  readonly scanner: Scanner;
  readonly notes: Set<string>;
  readonly skip: () => void;
  readonly readValue: () => DictionaryValue;
};

const path = /(?:new\s+)?[\p{ID_Start}_$][\p{ID_Continue}$]*(?:\s*\.\s*[\p{ID_Start}_$][\p{ID_Continue}$]*){0,9}/uy;
/** Type arguments, one level of them nested. */
const typeArguments = /\s*<(?:[^<>()=;]|<[^<>()=;]*>)*>(?=\s*\()/y;

/** Reads what a name begins that is no word of the language; refuses it at the name. */
export function readCall(by: CallReader): DictionaryValue {
  const { scanner, skip } = by;
  const start = scanner.at;
  const name = (scanner.take(path)?.[0] ?? '').replaceAll(/\s*\.\s*/g, '.').replace(/^new\s+/, 'new ');
  if (name === 'new Date') {
    scanner.at = start;
    by.notes.add('Dates became ISO 8601 text.');
    return readDateCall(scanner);
  }
  scanner.take(typeArguments);
  skip();
  if (!scanner.eat('(')) {
    return scanner.stop(name.startsWith('new') ? 'a call is no literal' : `the name ${short(name)} is no literal`, start);
  }
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  if (meaning === undefined) return scanner.stop(`a call of ${short(name)} is no literal`, start);
  const values = scanner.nested(() => readArguments(by));
  return meaning(by, values) ?? scanner.stop(`a call of ${short(name)} with these arguments is no literal`, start);
}

function readArguments({ scanner, skip, readValue }: CallReader): readonly DictionaryValue[] {
  const values: DictionaryValue[] = [];
  skip();
  while (!scanner.sees(')')) {
    values.push(readValue());
    skip();
    if (!scanner.eat(',')) break;
    skip();
  }
  if (!scanner.eat(')')) scanner.stop('a closing parenthesis is expected');
  return values;
}

/** What a call with its arguments stands for, or undefined where that is no literal. */
type Meaning = (by: CallReader, values: readonly DictionaryValue[]) => DictionaryValue | undefined;

const itself: Meaning = (_by, [value, ...others]) =>
  value !== undefined && others.length === 0 && value !== null && typeof value === 'object' ? value : undefined;

const mapOfPairs: Meaning = ({ notes }, [pairs = [], ...others]) => {
  if (others.length > 0) return undefined;
  if (pairs === null) return new Map();
  if (typeof pairs !== 'object' || !isList(pairs)) return undefined;
  const map = new Map<string, DictionaryValue>();
  for (const pair of pairs) {
    if (pair === null || typeof pair !== 'object' || !isList(pair) || pair.length !== 2) return undefined;
    const [key = null, value = null] = pair;
    if (key !== null && typeof key === 'object') return undefined;
    if (typeof key !== 'string') notes.add('Keys that are no text became text.');
    setLast(map, String(key), value, notes);
  }
  return map;
};

const setOfItems: Meaning = ({ notes }, [items = [], ...others]) => {
  if (others.length > 0 || items === null || typeof items !== 'object' || !isList(items)) return undefined;
  notes.add('Sets became lists.');
  return items;
};

const entriesOf: Meaning = (_by, [value = null, ...others]) =>
  others.length === 0 && isMap(value) ? Array.from(value, ([key, item]) => [key, item]) : undefined;

const bigInteger: Meaning = (_by, [value = null, ...others]) => {
  if (others.length > 0) return undefined;
  if (typeof value === 'bigint') return value;
  return typeof value === 'string' && /^-?\d{1,1000}$/.test(value) ? BigInt(value) : undefined;
};

const meanings: Readonly<Record<string, Meaning>> = {
  'Object.freeze': itself,
  'Object.seal': itself,
  'Object.preventExtensions': itself,
  'Object.fromEntries': mapOfPairs,
  'Object.entries': entriesOf,
  'new Map': mapOfPairs,
  'new Set': setOfItems,
  BigInt: bigInteger,
};

function short(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
