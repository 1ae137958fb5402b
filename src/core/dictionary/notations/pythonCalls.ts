// The calls of Python that are nothing but a literal in other words, as programs write them and as `repr` prints them: dicts and
// lists of the standard library, numbers and arrays of numpy, decimals, paths. Every other call is refused by its name.

import type { DictionaryValue } from '../value.ts';
import { isList, isMap } from '../value.ts';
import { isIsoDate } from './dates.ts';
import { setLast } from './notation.ts';
import type { PythonContext } from './pythonTokens.ts';

/** What the reader of Python lends to its calls. */
export type CallReader = PythonContext & {
  readonly skip: () => void;
  readonly readValue: () => DictionaryValue;
  /** A key as the text that it becomes. */
  readonly readKey: () => string;
};

const path = /(?:new\s+)?[\p{ID_Start}_][\p{ID_Continue}]*(?:\.[\p{ID_Start}_][\p{ID_Continue}]*){0,9}/uy;
const keyword = /([\p{ID_Start}_][\p{ID_Continue}]*)\s*=(?!=)\s*/uy;
/** The factory of a defaultdict: a type by its name, or as it prints itself. */
const factory = /(?:<(?:class|function) (?:<lambda>)?[^<>\n]{0,200}>|[A-Za-z_][\w.]*)\s*(?=[,)])/y;
/** What says how an array is stored: a name, a type code, a shape. */
const storage = /(?:<class [^<>\n]{1,200}>|[A-Za-z_][\w.]*|'[^'\n]*'|"[^"\n]*"|\d+|\([\d, ]*\))/y;
const packages = /^(?:collections|types|decimal|uuid|pathlib|argparse|array|bson|np|numpy|jnp|torch|tf|pd|pandas)\./;

/** Reads the name that stands here and what it calls; refuses it at the name where that is no literal. */
export function readCall(by: CallReader): DictionaryValue {
  const { scanner } = by;
  const start = scanner.at;
  const whole = scanner.take(path)?.[0];
  if (whole === undefined) return scanner.stop('a value is expected', start);
  const name = whole.replace(packages, '');
  const isNumpy = whole !== name && /^(?:np|numpy)\./.test(whole);
  if (isNumpy && (name === 'True_' || name === 'False_')) return name === 'True_';
  if (whole === 'nan' || whole === 'inf' || (isNumpy && /^(?:nan|inf)$/.test(name))) {
    return scanner.stop(`${name} cannot be carried`, start);
  }
  by.skip();
  if (!scanner.eat('(')) return scanner.stop(`the name ${short(whole)} is no literal`, start);
  const meaning = meaningOf(name);
  if (meaning === undefined) return scanner.stop(`a call of ${short(whole)} is no literal`, start);
  const value = scanner.nested(() => meaning(by));
  by.skip();
  scanner.eat(',');
  by.skip();
  if (value === undefined || !scanner.eat(')')) {
    return scanner.stop(`a call of ${short(whole)} with these arguments is no literal`, start);
  }
  return value;
}

/** Reads the arguments up to the closing parenthesis; undefined where they are no literal. */
type Meaning = (by: CallReader) => DictionaryValue | undefined;

function meaningOf(name: string): Meaning | undefined {
  if (Object.hasOwn(meanings, name)) return meanings[name];
  // Types of numpy, as its scalars print themselves.
  return /^(?:float|int|uint|longlong|ulonglong|intc|uintc|intp|half|single|double|longdouble)\d{1,3}$|^(?:bool|str|int|float)_$|^(?:bool|str|longlong|intc|intp|half|single|double|longdouble)$/.test(
    name,
  )
    ? /^(?:bool|str)_?$/.test(name)
      ? scalar
      : number
    : undefined;
}

/** One value without any change. */
const scalar: Meaning = (by) => {
  by.skip();
  const value = by.readValue();
  return value !== null && typeof value === 'object' ? undefined : value;
};

/** A number: numpy makes one of a text as well, which may be `nan`. */
const number: Meaning = (by) => {
  const value = scalar(by);
  return typeof value === 'string' || value === null ? undefined : value;
};

/** A mapping or pairs, then keywords. */
const mapping: Meaning = (by) => {
  const map = new Map<string, DictionaryValue>();
  by.skip();
  keyword.lastIndex = by.scanner.at;
  if (!by.scanner.sees(')') && !keyword.test(by.scanner.text)) {
    if (!addFirst(by, map)) return undefined;
    by.skip();
    if (!by.scanner.eat(',')) return map;
    by.skip();
  }
  for (let found = by.scanner.take(keyword); found !== undefined; found = by.scanner.take(keyword)) {
    setLast(map, found[1] ?? '', by.readValue(), by.notes);
    by.skip();
    if (!by.scanner.eat(',')) break;
    by.skip();
  }
  return map;
};

function addFirst(by: CallReader, map: Map<string, DictionaryValue>): boolean {
  const { scanner } = by;
  if (scanner.eat('[') || scanner.eat('(')) {
    scanner.nested(() => addPairs(by, map));
    return true;
  }
  const value = by.readValue();
  if (!isMap(value)) return false;
  for (const [key, item] of value) map.set(key, item);
  return true;
}

/** Pairs are tuples or lists of a key and a value; the bracket around them has been read. */
function addPairs(by: CallReader, map: Map<string, DictionaryValue>): void {
  const { scanner, skip } = by;
  skip();
  while (!scanner.sees(']') && !scanner.sees(')')) {
    scanner.countValue();
    if (!scanner.eat('(') && !scanner.eat('[')) scanner.stop('a pair of a key and a value is expected');
    skip();
    const key = by.readKey();
    skip();
    if (!scanner.eat(',')) scanner.stop('a pair of a key and a value is expected');
    skip();
    setLast(map, key, by.readValue(), by.notes);
    skip();
    scanner.eat(',');
    skip();
    if (!scanner.eat(')') && !scanner.eat(']')) scanner.stop('the end of the pair is expected');
    skip();
    if (!scanner.eat(',')) break;
    skip();
  }
  if (!scanner.eat(']') && !scanner.eat(')')) scanner.stop('a comma or the end of the pairs is expected');
}

const defaultMapping: Meaning = (by) => {
  by.skip();
  if (by.scanner.take(factory) === undefined) return undefined;
  if (!by.scanner.eat(',')) return new Map();
  return mapping(by);
};

/** A list of some kind, perhaps with how it is stored; nothing at all is an empty one. */
const items =
  (note: string): Meaning =>
  (by) => {
    const { scanner, skip } = by;
    skip();
    by.notes.add(note);
    if (scanner.sees(')')) return [];
    // The standard library's array begins with a type code.
    if (scanner.take(/'[a-zA-Z]'\s*(?=[,)])/y) !== undefined) {
      if (!scanner.eat(',')) return [];
      skip();
    }
    const value = by.readValue();
    skip();
    while (scanner.eat(',')) {
      skip();
      if (scanner.take(keyword) === undefined) break;
      if (scanner.take(storage) === undefined) return undefined;
      skip();
    }
    return value !== null && typeof value === 'object' && isList(value) ? value : undefined;
  };

/** A text, or a number as it is written, that stands for a value of another type. */
const asText: Meaning = (by) => {
  by.skip();
  const start = by.scanner.at;
  const value = by.readValue();
  by.notes.add('Values of other types became text.');
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' || typeof value === 'number' ? by.scanner.text.slice(start, by.scanner.at).trim() : undefined;
};

const date: Meaning = (by) => {
  by.skip();
  const start = by.scanner.at;
  const value = by.readValue();
  if (typeof value !== 'string') return undefined;
  by.notes.add('Dates became ISO 8601 text.');
  if (isIsoDate(value)) return value;
  return by.scanner.stop('a date that does not exist or is not ISO 8601', start);
};

const lists = 'Tuples became lists.';
const sets = 'Sets became lists.';
const arrays = 'Arrays became lists.';
const views = 'Views became lists.';

const meanings: Readonly<Record<string, Meaning>> = {
  dict: mapping,
  OrderedDict: mapping,
  Counter: mapping,
  defaultdict: defaultMapping,
  mappingproxy: mapping,
  MappingProxyType: mapping,
  SimpleNamespace: mapping,
  namespace: mapping,
  Namespace: mapping,
  list: items('Calls of list were left out.'),
  tuple: items(lists),
  set: items(sets),
  frozenset: items(sets),
  ...Object.fromEntries(
    ['dict', 'odict'].flatMap((of) => ['keys', 'values', 'items'].map((view) => [`${of}_${view}`, items(views)] as const)),
  ),
  deque: items('Deques became lists.'),
  array: items(arrays),
  asarray: items(arrays),
  tensor: items(arrays),
  bytearray: scalar,
  Decimal: asText,
  UUID: asText,
  ObjectId: asText,
  Path: asText,
  PurePath: asText,
  PosixPath: asText,
  PurePosixPath: asText,
  WindowsPath: asText,
  PureWindowsPath: asText,
  datetime64: date,
  Timestamp: date,
};

function short(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
