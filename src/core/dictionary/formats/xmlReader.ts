// Reads the XML representation of JSON: the scan gives a tree of known names, and here every element, attribute and text is held
// against what the form allows in its place.

import type { FerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { readJsonNumber } from '../numbers.ts';
import { byteOffset } from '../utf8.ts';
import type { DictionaryValue } from '../value.ts';
import { invalid, tooDeep, tooMany, unsupported } from './format.ts';
import { scanXml, type XmlElement, xmlNamespace } from './xmlScan.ts';
import { resolveReferences, unescapeJson, XmlTextInvalid } from './xmlText.ts';

/** How strict the reader is: the wire has no comments and always the namespace; a snippet from a file may differ. */
export type XmlReaderOptions = { readonly comments: boolean; readonly namespace: 'required' | 'optional' };

/** What one reading carries around: the text as it came, and the prefix of every element, `''` or `name:`. */
type Context = { readonly text: string; readonly prefix: string };

const blank = /^[ \t\r\n]*$/;
const number = /^[ \t\n]*(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)[ \t\n]*$/;
const boolean = /^[ \t\n]*(true|false|1|0)[ \t\n]*$/;

/** Reads a text in the form; throws as `Format.decode` says, with offsets in bytes of the text's UTF-8. */
export function readXml(text: string, options: XmlReaderOptions): DictionaryValue {
  const scan = scanXml(text, options);
  if (!scan.ok) {
    const offset = byteOffset(text, scan.index);
    if (scan.why === 'deep') throw tooDeep('xml', offset);
    throw scan.why === 'many' ? tooMany('xml', offset) : invalid('xml', offset, scan.message);
  }
  const { root } = scan;
  const prefix = root.name.slice(0, root.name.indexOf(':') + 1);
  const declared = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
  const namespace = root.attributes.get(declared);
  if (namespace !== xmlNamespace && (options.namespace === 'required' || namespace !== undefined || prefix !== '')) {
    throw invalid('xml', byteOffset(text, root.index), 'the namespace is another one');
  }
  return readElement({ text, prefix }, root, new Set([declared]), 0);
}

function readElement(context: Context, element: XmlElement, allowed: ReadonlySet<string>, depth: number): DictionaryValue {
  for (const name of element.attributes.keys()) {
    const isEscape = name === 'escaped' && element.name === `${context.prefix}string`;
    if (!allowed.has(name) && !isEscape) throw fault(context, element, 'an attribute that does not belong here');
  }
  switch (element.name.slice(context.prefix.length)) {
    case 'map':
      return readMap(context, element, depth);
    case 'array':
      return elements(context, element, depth).map((child) => readElement(context, child, new Set(), depth + 1));
    case 'string':
      return readString(context, element);
    case 'number':
      return readNumber(context, element);
    case 'boolean':
      return readBoolean(context, element);
    case 'null':
      if (!blank.test(textOf(context, element))) throw fault(context, element, 'a null with content');
      return null;
    default:
      throw fault(context, element, 'an element outside the vocabulary');
  }
}

const keyed: ReadonlySet<string> = new Set(['key', 'escaped-key']);

function readMap(context: Context, element: XmlElement, depth: number): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  for (const child of elements(context, element, depth)) {
    const written = child.attributes.get('key');
    if (written === undefined) throw fault(context, child, 'an entry of a map without key');
    // XML 1.0 section 3.3.3: white space in an attribute is read as a space, unless it is a character reference.
    const key = literal(context, child, written.replaceAll(/\r\n|[\t\n\r]/g, ' '), flag(context, child, 'escaped-key'));
    if (map.has(key)) throw fault(context, child, 'a key stands twice in one map');
    map.set(key, readElement(context, child, keyed, depth + 1));
  }
  return map;
}

function elements(context: Context, element: XmlElement, depth: number): XmlElement[] {
  if (depth === limits.dictionaryDepth) {
    throw tooDeep('xml', byteOffset(context.text, element.index));
  }
  const found: XmlElement[] = [];
  for (const child of element.children) {
    if (typeof child !== 'string') {
      if (!child.name.startsWith(context.prefix)) throw fault(context, child, 'an element outside the namespace');
      found.push(child);
    } else if (!blank.test(resolve(context, element, child))) throw fault(context, element, 'text between elements');
  }
  return found;
}

function readString(context: Context, element: XmlElement): string {
  return literal(context, element, textOf(context, element), flag(context, element, 'escaped'));
}

function readNumber(context: Context, element: XmlElement): bigint | number {
  const digits = number.exec(resolve(context, element, textOf(context, element)))?.[1];
  if (digits === undefined) throw fault(context, element, 'a number that is none');
  const value = readJsonNumber(digits);
  if (value !== undefined) return value;
  throw unsupported('xml', byteOffset(context.text, element.index), 'a number is out of range');
}

function readBoolean(context: Context, element: XmlElement): boolean {
  const word = boolean.exec(resolve(context, element, textOf(context, element)))?.[1];
  if (word === undefined) throw fault(context, element, 'a boolean that is none');
  return word === 'true' || word === '1';
}

/** The text of an element without child elements, references still in it. */
function textOf(context: Context, element: XmlElement): string {
  let text = '';
  for (const child of element.children) {
    if (typeof child !== 'string') throw fault(context, child, 'an element inside a scalar');
    text += child;
  }
  return text;
}

/** An xs:boolean attribute; false where it is missing. */
function flag(context: Context, element: XmlElement, name: 'escaped' | 'escaped-key'): boolean {
  const written = element.attributes.get(name);
  if (written === undefined) return false;
  const word = boolean.exec(written)?.[1];
  if (word === undefined) throw fault(context, element, `${name} is neither true nor false`);
  return word === 'true' || word === '1';
}

function literal(context: Context, element: XmlElement, written: string, escaped: boolean): string {
  const resolved = resolve(context, element, written);
  if (!escaped) return resolved;
  try {
    const text = unescapeJson(resolved);
    if (text.isWellFormed()) return text;
  } catch (error) {
    if (!(error instanceof XmlTextInvalid)) throw error;
  }
  throw fault(context, element, 'an escape is unknown or gives no character');
}

function resolve(context: Context, element: XmlElement, written: string): string {
  try {
    // XML 1.0 section 2.11: every line end is read as LF; a reference to CR is none.
    return resolveReferences(written.includes('\r') ? written.replaceAll(/\r\n?/g, '\n') : written);
  } catch (error) {
    if (error instanceof XmlTextInvalid) throw fault(context, element, error.message);
    throw error;
  }
}

function fault(context: Context, element: XmlElement, message: string): FerryError {
  return invalid('xml', byteOffset(context.text, element.index), message);
}
