// The dictionary value: what every notation is read into and every format is written from. Integers are `bigint`, whatever
// their size, and doubles are `number`, so that 1 and 1.0 stay two values and no digit is lost on the way.

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';

/**
 * One value: null, a boolean, an integer (`bigint`), a finite double (`number`, -0 included), a well-formed string, a list, or
 * a map. Maps are real `Map`s: their keys keep their order, and `__proto__` is a key like any other.
 */
export type DictionaryValue = null | boolean | bigint | number | string | DictionaryList | DictionaryMap;
export type DictionaryList = readonly DictionaryValue[];
export type DictionaryMap = ReadonlyMap<string, DictionaryValue>;

/**
 * The largest number of decimal digits in an integer. Turning digits into a number and back takes time that grows with their
 * square: a mebibyte of them would hold the extension host for a third of a second, this many for less than a millisecond.
 */
export const integerDigits = limits.dictionaryBytes / 64;
const integerBound = 10n ** BigInt(integerDigits);

/** Whether a value is a list. */
export function isList(value: DictionaryValue): value is DictionaryList {
  return Array.isArray(value);
}

/** Whether a value is a map. */
export function isMap(value: DictionaryValue): value is DictionaryMap {
  return value instanceof Map;
}

/** Whether an integer has few enough digits to travel. */
export function isIntegerInRange(value: bigint): boolean {
  return value < integerBound && value > -integerBound;
}

/**
 * Checks a value against the limits: containers at most 32 deep (ERR_DICTIONARY_TOO_DEEP), at most 10 000 values in all, keys
 * not counted (ERR_DICTIONARY_TOO_LARGE), no NaN, no infinity, no unpaired surrogate, no integer of more than `integerDigits`
 * digits (ERR_DICTIONARY_VALUE_UNSUPPORTED).
 */
export function checkDictionary(root: DictionaryValue): void {
  let nodes = 0;
  const visit = (value: DictionaryValue, depth: number): void => {
    nodes += 1;
    if (nodes > limits.dictionaryNodes) {
      throw new FerryError('ERR_DICTIONARY_TOO_LARGE', `more than ${limits.dictionaryNodes} values`, {
        detail: { limit: 'nodes', most: limits.dictionaryNodes },
      });
    }
    if (value === null || typeof value !== 'object') {
      checkScalar(value);
      return;
    }
    if (depth === limits.dictionaryDepth) {
      throw new FerryError('ERR_DICTIONARY_TOO_DEEP', `nested more than ${limits.dictionaryDepth} deep`, {
        detail: { most: limits.dictionaryDepth },
      });
    }
    if (isList(value)) {
      for (const item of value) visit(item, depth + 1);
      return;
    }
    for (const [key, item] of value) {
      checkScalar(key);
      visit(item, depth + 1);
    }
  };
  visit(root, 0);
}

/** Whether two values are the same: types included (1 is not 1.0), -0 apart from 0, and map keys in the same order. */
export function equalDictionaries(a: DictionaryValue, b: DictionaryValue): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, index) => equalDictionaries(item, b[index] ?? null));
  }
  if (isList(b) || a.size !== b.size) return false;
  const others = b.entries();
  for (const [key, value] of a) {
    const other = others.next();
    if (other.done === true || other.value[0] !== key || !equalDictionaries(value, other.value[1])) return false;
  }
  return true;
}

function checkScalar(value: Exclude<DictionaryValue, object> | null): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw unsupported(`the number ${value} cannot be carried`);
  if (typeof value === 'string' && !value.isWellFormed()) throw unsupported('a string holds an unpaired surrogate');
  if (typeof value === 'bigint' && !isIntegerInRange(value)) throw unsupported('an integer has too many digits');
}

function unsupported(message: string): FerryError {
  return new FerryError('ERR_DICTIONARY_VALUE_UNSUPPORTED', message);
}
