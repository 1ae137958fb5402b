// Arithmetic between literals, as in `60 * 1000` and `'one ' + 'two'`: worked out by hand, never evaluated, and bounded, so that
// no text can ask for a number of a million digits.

import type { DictionaryValue } from '../value.ts';
import type { Scanner } from './scanner.ts';

/** What a language lends to its arithmetic: how it skips blanks, reads one operand, and divides. */
export type Arithmetic = {
  readonly language: 'javascript' | 'python';
  readonly scanner: Scanner;
  readonly notes: Set<string>;
  readonly skip: () => void;
  readonly operand: () => DictionaryValue;
};

/** `-`, `/`, `+` and `%` need a blank before them: `2024-10-12`, `1/2` and `555-1234` are no sums. */
const operators = {
  javascript: /\*\*|\*|<<(?!<)|(?<=[\s)])(?:\/(?![/*])|%|\+(?!\+)|-(?!-))/y,
  python: /\*\*|\*|<<|(?<=[\s)])(?:\/\/|\/|%|\+|-)/y,
} as const;

const strengths: Readonly<Record<string, number>> = { '<<': 1, '+': 2, '-': 2, '*': 3, '/': 3, '//': 3, '%': 3, '**': 4 };

/** Numbers of more bits are not worked out; doubles end there as well. */
const mostBits = 1024n;
const bound = 1n << mostBits;

/** The value of the arithmetic that begins with `first`, which was read from `start` on; `first` itself where none follows. */
export function readArithmetic(by: Arithmetic, first: DictionaryValue, start: number): DictionaryValue {
  if (!isOperand(first)) return first;
  const end = by.scanner.at;
  by.skip();
  if (operatorAhead(by) === undefined) {
    by.scanner.at = end;
    return first;
  }
  const signed = /[+-]/.test(by.scanner.text[start] ?? '');
  if (signed && operatorAhead(by) === '**') by.scanner.stop('a sign before a power needs parentheses', start);
  by.notes.add('Arithmetic was worked out.');
  return climb(by, first, 1, start);
}

type Operand = bigint | number | string;

function isOperand(value: DictionaryValue): value is Operand {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string';
}

function operatorAhead({ scanner, language }: Arithmetic): string | undefined {
  const pattern = operators[language];
  pattern.lastIndex = scanner.at;
  return pattern.exec(scanner.text)?.[0];
}

/** Precedence climbing: applies every operator of at least a strength to what stands left of it. */
function climb(by: Arithmetic, first: Operand, least: number, start: number): Operand {
  const { scanner } = by;
  let left = first;
  for (;;) {
    by.skip();
    const operator = operatorAhead(by);
    const strength = strengths[operator ?? ''] ?? 0;
    if (operator === undefined || strength < least) return left;
    scanner.eat(operator);
    by.skip();
    scanner.countValue();
    const place = scanner.at;
    const operand = by.operand();
    if (!isOperand(operand)) return scanner.stop('a number is expected', place);
    // A power binds to the right, everything else to the left.
    const right = scanner.nested(() => climb(by, operand, operator === '**' ? strength : strength + 1, place));
    left = apply(by, operator, left, right, start);
  }
}

function apply(by: Arithmetic, operator: string, left: Operand, right: Operand, start: number): Operand {
  if (typeof left === 'string' || typeof right === 'string') {
    if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
    return by.scanner.stop('a text and a number cannot be joined', start);
  }
  const exact =
    typeof left === 'bigint' && typeof right === 'bigint' ? ofIntegers(by.language, operator, left, right) : undefined;
  const result = exact ?? ofDoubles(by.language, operator, Number(left), Number(right));
  if (result === undefined || (typeof result === 'number' && !Number.isFinite(result))) {
    return by.scanner.stop('arithmetic without a finite result', start);
  }
  const most = by.language === 'javascript' ? BigInt(Number.MAX_SAFE_INTEGER) + 1n : bound;
  if (typeof result === 'bigint' && (result >= most || result <= -most)) {
    return by.scanner.stop('a number too large to be worked out', start);
  }
  return result;
}

/** What is the same for integers and for doubles. TypeScript has no arithmetic on either of them, so one stands for both. */
function ofAlike<T extends bigint | number>(operator: string, left: T, right: T): T | undefined {
  const [first, second] = [left as number, right as number];
  switch (operator) {
    case '+':
      return (first + second) as T;
    case '-':
      return (first - second) as T;
    case '*':
      return (first * second) as T;
    default:
      return undefined;
  }
}

/** Exact where both are integers; undefined where the result is a double, or none. */
function ofIntegers(language: Arithmetic['language'], operator: string, left: bigint, right: bigint): bigint | undefined {
  const result = ofAlike(operator, left, right);
  if (result !== undefined) return result;
  if (operator === '<<') return shifted(language, left, right);
  if (operator === '**') return right >= 0n && BigInt(left.toString(2).length) * right <= mostBits ? left ** right : undefined;
  if (right === 0n) return undefined;
  const remainder = left % right;
  if (operator === '/') return language === 'javascript' && remainder === 0n ? left / right : undefined;
  const down = language === 'python' && remainder !== 0n && remainder < 0n !== right < 0n;
  if (operator === '%') return down ? remainder + right : remainder;
  return left / right - (down ? 1n : 0n);
}

/** JavaScript shifts 32 bits (ECMA-262 section 6.1.6.1.9), Python as many as there are. */
function shifted(language: Arithmetic['language'], left: bigint, right: bigint): bigint | undefined {
  if (right < 0n || right > mostBits) return undefined;
  return language === 'javascript' ? BigInt(Number(BigInt.asIntN(32, left)) << Number(right)) : left << right;
}

function ofDoubles(language: Arithmetic['language'], operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case '/':
      return left / right;
    case '**':
      return left ** right;
    case '//':
      return Math.floor(left / right);
    case '%':
      return language === 'javascript' ? left % right : left - Math.floor(left / right) * right;
    default:
      return ofAlike(operator, left, right);
  }
}
