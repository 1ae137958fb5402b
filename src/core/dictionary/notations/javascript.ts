// JavaScript and TypeScript object literals, read and never run: unquoted keys, every kind of quote, trailing commas, comments,
// numbers in every radix. Names, spreads, methods, substitutions and most calls are refused where they stand.

import type { DictionaryValue } from '../value.ts';
import { readArithmetic } from './arithmetic.ts';
import { afterAssignment } from './assignment.ts';
import { readCall } from './javascriptCalls.ts';
import { readNumber, readQuoted, readTemplate } from './javascriptTokens.ts';
import { attempt, type Notation, notationLanguages, setLast } from './notation.ts';
import { Scanner } from './scanner.ts';
import { finish, refuseScalar, skipPrefix } from './snippet.ts';

/** Object and array literals of JavaScript and TypeScript, alone, assigned, returned, or as members without their braces. */
export const javascriptNotation: Notation = {
  id: 'javascript',
  label: 'JavaScript',
  words: { map: 'JavaScript object', list: 'JavaScript array' },
  languageIds: notationLanguages.javascript,
  read: (text, home) =>
    attempt(text, (notes) => {
      const scanner = new Scanner(text, notes);
      const skip = (): void => skipTrivia(scanner);
      skip();
      const bare = memberAhead(scanner);
      // `score: 3 - 2` in notes of any kind is no arithmetic.
      const context: Context = { scanner, notes, skip, isCode: home === 'own' || !bare };
      const value = bare ? readBareMembers(context) : readLiteral(context, skip);
      finish(context.scanner, skip);
      return value;
    }),
};

type Context = {
  readonly scanner: Scanner;
  readonly notes: Set<string>;
  readonly skip: () => void;
  /** Whether the text is code beyond doubt, so that arithmetic and `undefined` mean what they mean there. */
  readonly isCode: boolean;
};

const keyword =
  /(?:export|default|const|let|var|return|declare|readonly|public|private|protected|static)(?![\p{ID_Continue}$])/uy;
const trivia = /\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//y;
const name = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const member = /(?:[\p{ID_Start}_$][\p{ID_Continue}$]*|"[^"\\\n]*"|'[^'\\\n]*'|\d+)\s*:/uy;
const cast = /(?:as|satisfies)\s+/y;

/** Whether the text begins with `key: value`: members that were cut out of an object. A typed assignment is none. */
function memberAhead(scanner: Scanner): boolean {
  member.lastIndex = scanner.at;
  return member.test(scanner.text) && afterAssignment(scanner.text, scanner.at) === undefined;
}

function readLiteral(context: Context, skip: () => void): DictionaryValue {
  skipPrefix(context.scanner, keyword, skip);
  refuseScalar(context.scanner);
  return readValue(context);
}

function readBareMembers(context: Context): DictionaryValue {
  const map = readMembers(context, () => context.scanner.done() || context.scanner.sees(';'));
  context.notes.add('Read as the inside of an object.');
  return map;
}

function readValue(context: Context): DictionaryValue {
  const { scanner } = context;
  scanner.countValue();
  const start = scanner.at;
  const value = readOperations(context, readPrimary(context), start);
  skipTrivia(scanner);
  while (scanner.take(cast) !== undefined) {
    skipType(scanner);
    skipTrivia(scanner);
  }
  return value;
}

function readOperations(context: Context, first: DictionaryValue, start: number): DictionaryValue {
  if (!context.isCode) return first;
  return readArithmetic({ ...context, language: 'javascript', operand: () => readPrimary(context) }, first, start);
}

function readPrimary(context: Context): DictionaryValue {
  const { scanner } = context;
  const first = scanner.text[scanner.at] ?? '';
  if (first === '{') return scanner.nested(() => readObject(context));
  if (first === '[') return scanner.nested(() => readArray(context));
  if (first === '(') return scanner.nested(() => readParenthesised(context));
  if (first === '"' || first === "'") return readQuoted(scanner);
  if (first === '`') return readTemplate(scanner);
  if (/[\d.+-]/.test(first) && !scanner.sees('...')) return readNumber(scanner);
  return readName(context);
}

function readName(context: Context): DictionaryValue {
  const { scanner } = context;
  const start = scanner.at;
  const word = scanner.take(name)?.[0];
  switch (word) {
    case 'null':
      return null;
    case 'true':
    case 'false':
      return word === 'true';
    case 'undefined':
      if (!context.isCode) return scanner.stop('undefined cannot be carried', start);
      context.notes.add('undefined became null.');
      return null;
    case 'NaN':
    case 'Infinity':
      return scanner.stop(`${word} cannot be carried`, start);
    case undefined:
      return scanner.stop(scanner.sees('...') ? 'a spread is no literal' : 'a value is expected', start);
    default:
      scanner.at = start;
      return readCall({ ...context, readValue: () => readValue(context) });
  }
}

function readParenthesised(context: Context): DictionaryValue {
  context.scanner.at += 1;
  skipTrivia(context.scanner);
  const value = readValue(context);
  if (!context.scanner.eat(')')) context.scanner.stop('a closing parenthesis is expected');
  return value;
}

function readObject(context: Context): DictionaryValue {
  const { scanner } = context;
  scanner.at += 1;
  const map = readMembers(context, () => scanner.sees('}'));
  if (!scanner.eat('}')) scanner.stop('a comma or the end of the object is expected');
  return map;
}

function readMembers(context: Context, ended: () => boolean): DictionaryValue {
  const { scanner } = context;
  const map = new Map<string, DictionaryValue>();
  skipTrivia(scanner);
  while (!ended()) {
    const key = readKey(context);
    skipTrivia(scanner);
    if (!scanner.eat(':')) {
      const seen = scanner.text[scanner.at] ?? '';
      scanner.stop(seen === ',' || seen === '}' ? 'a key without value' : 'a colon is expected');
    }
    skipTrivia(scanner);
    setLast(map, key, readValue(context), context.notes);
    skipTrivia(scanner);
    if (!scanner.eat(',')) break;
    skipTrivia(scanner);
  }
  return map;
}

function readKey(context: Context): string {
  const { scanner } = context;
  const first = scanner.text[scanner.at] ?? '';
  if (first === '"' || first === "'") return readQuoted(scanner);
  if (first === '[') return readComputedKey(scanner);
  if (/[\d.]/.test(first) && !scanner.sees('...')) return String(Number(readNumber(scanner)));
  const start = scanner.at;
  const word = scanner.take(name)?.[0] ?? scanner.stop(scanner.sees('...') ? 'a spread is no literal' : 'a key is expected');
  skipTrivia(scanner);
  if (scanner.sees('(') || scanner.take(name) !== undefined) scanner.stop('a method is no literal', start);
  return word;
}

/** `["key"]`: how a literal writes a key such as `__proto__` that is to be an ordinary one. */
function readComputedKey(scanner: Scanner): string {
  const start = scanner.at;
  scanner.at += 1;
  skipTrivia(scanner);
  const quote = scanner.text[scanner.at];
  if (quote !== '"' && quote !== "'") scanner.stop('a computed key is no literal', start);
  const key = readQuoted(scanner);
  skipTrivia(scanner);
  if (!scanner.eat(']')) scanner.stop('a computed key is no literal', start);
  return key;
}

function readArray(context: Context): DictionaryValue {
  const { scanner } = context;
  const list: DictionaryValue[] = [];
  scanner.at += 1;
  skipTrivia(scanner);
  while (!scanner.sees(']')) {
    if (scanner.sees(',')) scanner.stop('a hole in an array cannot be carried');
    list.push(readValue(context));
    skipTrivia(scanner);
    if (!scanner.eat(',')) break;
    skipTrivia(scanner);
  }
  if (!scanner.eat(']')) scanner.stop('a comma or the end of the array is expected');
  return list;
}

function skipTrivia(scanner: Scanner): void {
  while (scanner.take(trivia) !== undefined);
}

/** Steps over a type after `as` or `satisfies`: to the end of the value around it, brackets of the type itself counted. */
function skipType(scanner: Scanner): void {
  let open = 0;
  while (!scanner.done()) {
    const character = scanner.text[scanner.at] ?? '';
    if (open === 0 && /[,;)}\]\n]/.test(character) && !scanner.sees('[]')) return;
    if (scanner.eat('[]')) continue;
    if ('<{[('.includes(character)) open += 1;
    if ('>}])'.includes(character)) open -= 1;
    scanner.at += 1;
  }
}
