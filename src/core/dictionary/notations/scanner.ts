// The hand that the readers of JavaScript and Python literals share: a place in a text, sticky matches, and the limits of depth
// and count, kept while reading so that no text can make them go deeper.

import { limits } from '../../base/limits.ts';
import { readInteger } from '../numbers.ts';
import { noteDigits } from './losses.ts';
import { Limit, Stop } from './notation.ts';

/** A place in a text that only moves forward. Every refusal is a thrown `Stop`; losses of digits go to the notes. */
export class Scanner {
  readonly text: string;
  at = 0;
  readonly #notes: Set<string>;
  #depth = 0;
  #nodes = 0;

  constructor(text: string, notes = new Set<string>()) {
    this.text = text;
    this.#notes = notes;
  }

  /** Ends the reading at `offset`, by default here. */
  stop(message: string, offset = this.at): never {
    throw new Stop(message, offset);
  }

  /** What a sticky pattern matches here, stepped over, or undefined. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }

  /** Whether a text stands here; it is not stepped over. */
  sees(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Steps over a text if it stands here. */
  eat(token: string): boolean {
    if (!this.sees(token)) return false;
    this.at += token.length;
    return true;
  }

  /** Whether the text has ended. */
  done(): boolean {
    return this.at >= this.text.length;
  }

  /** Counts one value; refuses the one that is too many. */
  countValue(): void {
    this.#nodes += 1;
    if (this.#nodes > limits.dictionaryNodes) throw new Limit(`more than ${limits.dictionaryNodes} values`, this.at);
  }

  /** Reads something nested in a container (or in parentheses, which cost stack as well). */
  nested<T>(read: () => T): T {
    if (this.#depth === limits.dictionaryDepth) throw new Limit(`nested more than ${limits.dictionaryDepth} deep`, this.at);
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** A text that was put together from escapes; refuses unpaired surrogates at the place where it began. */
  wellFormed(text: string, start: number): string {
    return text.isWellFormed() ? text : this.stop('a text holds an unpaired surrogate', start);
  }

  /** The integer of digits in any radix (prefix 0x, 0o, 0b), without separators. */
  integer(digits: string, start: number): bigint {
    return readInteger(digits) ?? this.stop('an integer has too many digits', start);
  }

  /** The double of decimal digits, without separators. */
  double(digits: string, start: number): number {
    const value = Number(digits);
    if (!Number.isFinite(value)) this.stop('a number is out of range', start);
    noteDigits(this.#notes, digits, value);
    return value;
  }
}
