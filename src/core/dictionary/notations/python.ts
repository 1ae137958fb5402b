// Python literals, read and never run: dicts, lists, tuples and sets (as lists), strings with every prefix, numbers, and the
// dates that `repr` writes. Names, most calls, comprehensions and keys that are no scalar are refused where they stand.

import { doubleText } from '../numbers.ts';
import type { DictionaryValue } from '../value.ts';
import { readArithmetic } from './arithmetic.ts';
import { attempt, type Notation, notationLanguages, setLast } from './notation.ts';
import { readCall } from './pythonCalls.ts';
import { type PythonContext, readDate, readNumber, readStrings, stringAhead } from './pythonTokens.ts';
import { Scanner } from './scanner.ts';
import { finish, refuseScalar, skipPrefix } from './snippet.ts';

/** Dict, list and tuple displays of Python, alone, assigned, returned, or as entries without their braces. */
export const pythonNotation: Notation = {
  id: 'python',
  label: 'Python',
  words: { map: 'Python dict', list: 'Python list' },
  languageIds: notationLanguages.python,
  read: (text) =>
    attempt(text, (notes) => {
      const context: PythonContext = { scanner: new Scanner(text, notes), notes };
      const skip = (): void => skipTrivia(context.scanner);
      skip();
      const value = entryAhead(context.scanner) ? readBareEntries(context) : readLiteral(context, skip);
      finish(context.scanner, skip);
      return value;
    }),
};

const keyword = /(?:return|yield)(?![\p{ID_Continue}])/uy;
const trivia = /\s+|#[^\n\r]*|\\\r?\n/y;
const word = /(?:None|True|False)(?![\p{ID_Continue}.(])/uy;
const entry = /(?:"[^"\\\n]*"|'[^'\\\n]*'|\d+)\s*:/y;

function entryAhead(scanner: Scanner): boolean {
  entry.lastIndex = scanner.at;
  return entry.test(scanner.text);
}

function readLiteral(context: PythonContext, skip: () => void): DictionaryValue {
  skipPrefix(context.scanner, keyword, skip);
  refuseScalar(context.scanner);
  return readValue(context);
}

function readBareEntries(context: PythonContext): DictionaryValue {
  context.notes.add('Read as the inside of a dict.');
  return readEntries(context, () => context.scanner.done());
}

function readValue(context: PythonContext): DictionaryValue {
  context.scanner.countValue();
  const start = context.scanner.at;
  const operand = (): DictionaryValue => readPrimary(context);
  const skip = (): void => skipTrivia(context.scanner);
  return readArithmetic({ ...context, language: 'python', skip, operand }, operand(), start);
}

function readPrimary(context: PythonContext): DictionaryValue {
  const { scanner } = context;
  const first = scanner.text[scanner.at] ?? '';
  if (first === '{') return scanner.nested(() => readDict(context));
  if (first === '[') return scanner.nested(() => readList(context));
  if (first === '(') return scanner.nested(() => readTuple(context));
  if (stringAhead(scanner)) return readStrings(context, () => skipTrivia(scanner));
  if (/[\d.+-]/.test(first) && !scanner.sees('...')) return readNumber(scanner);
  return readName(context);
}

function readName(context: PythonContext): DictionaryValue {
  const { scanner } = context;
  const date = readDate(scanner);
  if (date !== undefined) {
    context.notes.add('Dates became ISO 8601 text.');
    return date;
  }
  const found = scanner.take(word)?.[0];
  if (found !== undefined) return found === 'None' ? null : found === 'True';
  return readCall({
    ...context,
    skip: () => skipTrivia(scanner),
    readValue: () => readValue(context),
    readKey: () => keyText(context, readKey(context)),
  });
}

function readDict(context: PythonContext): DictionaryValue {
  const { scanner } = context;
  scanner.at += 1;
  const value = readEntries(context, () => scanner.sees('}'));
  if (!scanner.eat('}')) scanner.stop('a comma or the end of the dict is expected');
  return value;
}

function readEntries(context: PythonContext, ended: () => boolean): DictionaryValue {
  const { scanner } = context;
  const map = new Map<string, DictionaryValue>();
  const converted = new Map<string, boolean>();
  const numbers = new Map<number | bigint, string>();
  skipTrivia(scanner);
  while (!ended()) {
    const start = scanner.at;
    const key = readKey(context);
    skipTrivia(scanner);
    if (map.size === 0 && /[,}]/.test(scanner.text[scanner.at] ?? '')) return readSet(context, key);
    const text = sameNumber(numbers, key, keyText(context, key));
    const isText = typeof key === 'string';
    // 1 and "1" are two keys there and would be one here; the same key twice is one in both.
    if (converted.has(text) && converted.get(text) !== isText) scanner.stop('two keys would become the same text', start);
    converted.set(text, isText);
    if (!scanner.eat(':')) scanner.stop('a colon is expected', start);
    skipTrivia(scanner);
    setLast(map, text, readValue(context), context.notes);
    skipTrivia(scanner);
    if (!scanner.eat(',')) break;
    skipTrivia(scanner);
  }
  return map;
}

/** 1, 1.0 and True are one key, which stays as it was written first. */
function sameNumber(numbers: Map<number | bigint, string>, key: DictionaryValue, text: string): string {
  if (typeof key !== 'number' && typeof key !== 'bigint' && typeof key !== 'boolean') return text;
  const isWhole = typeof key !== 'number' || Number.isInteger(key);
  const value = isWhole ? BigInt(key) : key;
  const first = numbers.get(value) ?? text;
  numbers.set(value, first);
  return first;
}

function readKey(context: PythonContext): string | number | bigint | boolean | null {
  const { scanner } = context;
  const start = scanner.at;
  const first = scanner.text[start] ?? '';
  if (scanner.sees('**')) return scanner.stop('an unpacked dict is no literal');
  if (first === '(') {
    const inside = scanner.nested(() => readTuple(context));
    if (inside === null || typeof inside !== 'object') return inside;
    return scanner.stop('a tuple cannot be a key here', start);
  }
  if (first === '{' || first === '[') return scanner.stop('a container cannot be a key', start);
  if (stringAhead(scanner)) {
    const bytes = /^(?:[rR]?[bB]|[bB][rR])['"]/.test(scanner.text.slice(start, start + 4));
    return bytes ? scanner.stop('bytes cannot be a key here', start) : readStrings(context, () => skipTrivia(scanner));
  }
  if (/[\d.+-]/.test(first)) return readNumber(scanner);
  const value = readName(context);
  return value === null || typeof value !== 'object' ? value : scanner.stop('a container cannot be a key', start);
}

/** The items after the first one, which was taken for a key, up to the closing brace. */
function readSet(context: PythonContext, first: DictionaryValue): DictionaryValue {
  const { scanner } = context;
  const list: DictionaryValue[] = [first];
  context.notes.add('Sets became lists.');
  while (scanner.eat(',')) {
    skipTrivia(scanner);
    if (scanner.sees('}')) break;
    list.push(readValue(context));
    skipTrivia(scanner);
  }
  return list;
}

/** The text of a key; of one that is none as Python's own `json` writes it. */
function keyText(context: PythonContext, key: string | number | bigint | boolean | null): string {
  if (typeof key === 'string') return key;
  context.notes.add('Keys that are no text became text.');
  return typeof key === 'number' ? doubleText(key) : String(key);
}

function readList(context: PythonContext): DictionaryValue {
  const list: DictionaryValue[] = [];
  readItems(context, list, ']');
  return list;
}

/** A tuple becomes a list; one value in parentheses without comma is that value. */
function readTuple(context: PythonContext): DictionaryValue {
  const list: DictionaryValue[] = [];
  const commas = readItems(context, list, ')');
  const [only] = list;
  if (list.length === 1 && commas === 0 && only !== undefined) return only;
  context.notes.add('Tuples became lists.');
  return list;
}

/** Reads items up to a closing bracket; gives the number of commas between and after them. */
function readItems(context: PythonContext, list: DictionaryValue[], close: string): number {
  const { scanner } = context;
  let commas = 0;
  scanner.at += 1;
  skipTrivia(scanner);
  while (!scanner.sees(close)) {
    list.push(readValue(context));
    skipTrivia(scanner);
    if (!scanner.eat(',')) break;
    commas += 1;
    skipTrivia(scanner);
  }
  if (!scanner.eat(close)) scanner.stop(`a comma or ${close} is expected`);
  return commas;
}

function skipTrivia(scanner: Scanner): void {
  while (scanner.take(trivia) !== undefined);
}
