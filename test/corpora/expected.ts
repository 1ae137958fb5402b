// What the suites expect, and whether a value that was read is that.

/**
 * A value, in which integers are bigints and tables are Maps; a function in it says of what was read there whether it is right.
 */
export type Expected =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly Expected[]
  | ReadonlyMap<string, Expected>
  | ((found: unknown) => boolean);

/** Whether what was read is what is expected. Maps have no order here, for the suites' own have none. */
export function isSame(expected: Expected, found: unknown): boolean {
  if (typeof expected === 'function') return expected(found);
  if (expected instanceof Map) {
    if (!(found instanceof Map) || found.size !== expected.size) return false;
    return [...(expected as ReadonlyMap<string, Expected>)].every(
      ([key, value]) => found.has(key) && isSame(value, found.get(key)),
    );
  }
  if (Array.isArray(expected)) {
    const list: readonly Expected[] = expected;
    return Array.isArray(found) && found.length === list.length && list.every((value, index) => isSame(value, found[index]));
  }
  return Object.is(expected, found);
}

/** JSON with what JSON.parse loses: a number without fraction and exponent is a bigint, `-0` aside. Throws SyntaxError. */
export function exactJson(text: string): Expected {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value === 'number') return /^(?:-?[1-9]\d*|0)$/.test(context?.source ?? '') ? BigInt(context?.source ?? 0) : value;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : value;
  }) as Expected;
}

/** The same with numbers that only have to be equal: 1 and 1.0 are one. */
export function byValue(expected: Expected): Expected {
  if (typeof expected === 'bigint' || typeof expected === 'number') {
    return (found) => (typeof found === 'bigint' || typeof found === 'number') && Number(found) === Number(expected);
  }
  if (expected instanceof Map) {
    return new Map(Array.from(expected as ReadonlyMap<string, Expected>, ([key, value]) => [key, byValue(value)]));
  }
  return Array.isArray(expected) ? expected.map(byValue) : expected;
}
