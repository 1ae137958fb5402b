// Structured fields of HTTP (RFC 9651), and the one door to structured-headers: the lines of a field become a value, or nothing.

import { type InnerList, type Item, parseDictionary, parseItem, parseList } from 'structured-headers';

/**
 * A member of a dictionary or a list: an item or an inner list, with its parameters. Bytes come as an ArrayBuffer, and a date as
 * its seconds since 1970, for nothing here asks for dates.
 */
export type FieldMember = Item | InnerList;

/** A field of each of the three top-level types. */
export type StructuredField = {
  readonly dictionary: ReadonlyMap<string, FieldMember>;
  readonly list: readonly FieldMember[];
  readonly item: Item;
};

const parsers: { readonly [Type in keyof StructuredField]: (text: string) => StructuredField[Type] } = {
  dictionary: parseDictionary,
  list: parseList,
  item: parseItem,
};

/**
 * Reads a field of one type from all its lines, which are combined as RFC 9651 section 4.2 says; of equal keys the last one
 * counts. Gives undefined where the whole is not well-formed, for such a field is to be ignored altogether.
 */
export function parseStructuredField<Type extends keyof StructuredField>(
  type: Type,
  lines: readonly string[],
): StructuredField[Type] | undefined {
  const text = lines.join(', ');
  // Section 4.2 begins with this. The library folds characters beyond one byte into others where it reads display strings.
  if (!/^[\t\u0020-\u007e]*$/.test(text)) return undefined;
  try {
    return parsers[type](withoutDates(text));
  } catch {
    return undefined;
  }
}

/** A quoted text, of which the second kind has escapes, or a date up to what may follow it. */
const quotedOrDate = /%"[^"]*"|"(?:[^"\\]|\\.)*"|@(-?\d{1,15})(?=[;,) \t]|$)/g;

/**
 * The library reads a date at the very end of a field alone and refuses every other field that holds one, so dates become
 * integers.
 */
function withoutDates(text: string): string {
  return text.replaceAll(quotedOrDate, (found, seconds?: string) => seconds ?? found);
}
