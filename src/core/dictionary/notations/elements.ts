// XML of any vocabulary, as people have it: every element is a key. Read only; what Ferry writes is the W3C form. The parser is
// fast-xml-parser with its validator, behind a survey of its own that counts before anything is built.

import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { limits } from '../../base/limits.ts';
import { xmlNamespace } from '../formats/xmlScan.ts';
import { resolveReferences, XmlTextInvalid } from '../formats/xmlText.ts';
import type { DictionaryValue } from '../value.ts';
import { surveyElements } from './elementsSurvey.ts';
import { attempt, Limit, type Notation, notationLanguages, offsetOfLine, Stop, startOf } from './notation.ts';

/**
 * One element with what is in it: a map of its name. An element of nothing but text is that text, any other a map of its
 * attributes (`@name`), its elements by their names, a list where one is repeated, and its text (`#text`). Values are texts.
 */
export const elementsNotation: Notation = {
  id: 'elements',
  label: 'XML elements',
  languageIds: notationLanguages.elements,
  read: (text) =>
    attempt(text, (notes) => {
      const start = startOf(text);
      if (text.includes(xmlNamespace)) throw new Stop('this is the W3C form, and read as nothing else', start);
      const survey = surveyElements(text);
      if (survey.limit !== undefined) throw new Limit(survey.limit, survey.end);
      if (survey.fault !== undefined) throw new Stop(survey.fault, survey.end);
      const trimmed = text.slice(start).trimEnd();
      // Its successor is a package of its own, which says the same of what is read here.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      const valid = XMLValidator.validate(trimmed);
      if (valid !== true) {
        throw new Stop(valid.err.msg.replace(/\.$/, ''), start + offsetOfLine(trimmed, valid.err.line) + valid.err.col - 1);
      }
      return readRoot(trimmed, start, notes);
    }),
};

const textName = '#text';
const cdataName = '#cdata';
const attributesName = ':@';
/** Stands before the names of elements in what the library gives: some names it takes for attacks on its objects. */
const elementMark = '<';
const attributeMark = '@';

function readRoot(text: string, start: number, notes: Set<string>): DictionaryValue {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: attributeMark,
    transformTagName: (name) => elementMark + name,
    textNodeName: textName,
    cdataPropName: cdataName,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: limits.dictionaryDepth + 1,
  });
  const nodes: unknown = parser.parse(text);
  try {
    for (const node of Array.isArray(nodes) ? nodes : []) {
      const element = elementOf(node);
      if (element !== undefined) return new Map([[element.name, readElement(element, notes)]]);
    }
  } catch (error) {
    if (error instanceof XmlTextInvalid) throw new Stop(error.message, start + placeOfReference(text));
    throw error;
  }
  throw new Stop('an element is expected', start);
}

/** Where the first reference stands that means nothing; in a comment and in CDATA there are none. */
function placeOfReference(text: string): number {
  for (const { 0: part, index } of text.matchAll(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|&[^;<&\s]*;?/g)) {
    if (part.startsWith('&') && !isReference(part)) return index;
  }
  return 0;
}

function isReference(part: string): boolean {
  try {
    resolveReferences(part);
    return true;
  } catch {
    return false;
  }
}

type Element = {
  readonly name: string;
  readonly children: readonly unknown[];
  readonly attributes: readonly (readonly [string, unknown])[];
};

/** A node of the library that is an element: an object of its name, and perhaps its attributes. */
function elementOf(node: unknown): Element | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(node);
  const found = entries.find(([name]) => name.startsWith(elementMark));
  if (found === undefined || !Array.isArray(found[1])) return undefined;
  const attributes: unknown = entries.find(([name]) => name === attributesName)?.[1];
  return {
    name: found[0].replace(/^<+/, ''),
    children: found[1],
    attributes: typeof attributes === 'object' && attributes !== null ? Object.entries(attributes) : [],
  };
}

function readElement({ children, attributes }: Element, notes: Set<string>): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  for (const [name, value] of attributes) map.set(name, resolveReferences(String(value)));
  if (attributes.length > 0) notes.add('Attributes became keys that begin with @.');
  const groups = new Map<string, DictionaryValue[]>();
  const texts: string[] = [];
  for (const child of children) {
    const element = elementOf(child);
    if (element === undefined) texts.push(textOf(child));
    else groups.set(element.name, [...(groups.get(element.name) ?? []), readElement(element, notes)]);
  }
  for (const [name, values] of groups) map.set(name, values.length === 1 ? (values[0] ?? '') : values);
  const text = texts.join('').trim();
  if (map.size === 0) return text;
  if (text !== '') {
    if (groups.size > 0) notes.add('Text between elements became #text; where it stood is lost.');
    map.set(textName, text);
  }
  return map;
}

/** The text of a text or CDATA node; references mean something in the former alone. */
function textOf(node: unknown): string {
  if (typeof node !== 'object' || node === null) return '';
  if (textName in node) return resolveReferences(String(node[textName]).replaceAll(/\r\n?/g, '\n'));
  const inner: unknown = cdataName in node ? node[cdataName] : undefined;
  return Array.isArray(inner) ? inner.map((part: unknown) => rawText(part)).join('') : '';
}

function rawText(node: unknown): string {
  return typeof node === 'object' && node !== null && textName in node ? String(node[textName]) : '';
}
