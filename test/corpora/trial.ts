// One case of a public suite put to one reader of Ferry, and what to think of the outcome.

import { isFerryError } from '../../src/core/base/errors.ts';
import type { Notation } from '../../src/core/dictionary/notations/notation.ts';

/** The suites by the names of their folders. */
export const suiteIds = ['json', 'toml', 'yaml', 'cbor', 'structured-fields'] as const;
export type SuiteId = (typeof suiteIds)[number];

/** What a reader made of a case. `right`: the value is the one that the suite expects, or the suite names none. */
export type Outcome =
  | { readonly kind: 'read'; readonly right: boolean }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'broke'; readonly error: unknown };

/** One case for one reader. `text` is the input as people read it: of binary formats the bytes in hexadecimal. */
export type Trial = {
  readonly suite: SuiteId;
  readonly name: string;
  readonly reader: string;
  readonly text: string;
  readonly must: 'be read' | 'be refused' | 'either';
  /** What the suite says of the value, where it says something. */
  readonly expected?: unknown;
  /**
   * What else the suite says of the case: of YAML, what a parser sees one after the other; of CBOR, whether it is written back
   * so.
   */
  readonly remark?: string;
  readonly run: () => Outcome;
};

/** A file of a suite out of which no case could be made. */
export type Unreadable = { readonly suite: SuiteId; readonly name: string; readonly unreadable: string };

/** How a reader may be at odds with a suite. */
export type Odds = 'refuses what is valid' | 'reads what is invalid' | 'reads another value' | 'breaks';

/** How an outcome is at odds with the suite, or undefined where the two agree. */
export function oddsOf({ must }: Trial, outcome: Outcome): Odds | undefined {
  if (outcome.kind === 'broke') return 'breaks';
  if (outcome.kind === 'refused') return must === 'be read' ? 'refuses what is valid' : undefined;
  if (must === 'be refused') return 'reads what is invalid';
  return outcome.right ? undefined : 'reads another value';
}

/** Runs a reader that throws errors of Ferry for what it refuses. */
export function decoded<Value>(read: () => Value, isRight: (value: Value) => boolean): Outcome {
  try {
    return { kind: 'read', right: isRight(read()) };
  } catch (error) {
    return isFerryError(error) ? { kind: 'refused', why: `${error.code} ${error.message}` } : { kind: 'broke', error };
  }
}

/** Runs a notation, which never throws. */
export function selected(notation: Notation, text: string, isRight: (value: unknown) => boolean): Outcome {
  try {
    const reading = notation.read(text);
    return reading.ok ? { kind: 'read', right: isRight(reading.value) } : { kind: 'refused', why: reading.message };
  } catch (error) {
    return { kind: 'broke', error };
  }
}

/** The text that an editor makes of a file: what is not UTF-8 is replaced, and a byte order mark is gone. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
