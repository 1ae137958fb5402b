// The one door to fast-xml-parser: text to a small tree of elements, and back. References such as `&lt;` are left to
// xmlText.ts: the library's own decoder keeps numeric references undecoded without its HTML mode, and its limit on the number
// of expansions would either refuse an honest text full of `<` or limit nothing.

import { XMLBuilder, XMLParser } from 'fast-xml-parser';

import { limits } from '../../limits.ts';

/** An element; text stands between its children as it was written, references and all. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
  /** Where its `<` stands in the text, in UTF-16 code units. */
  readonly index: number;
};

/** Depth of elements: the containers of a dictionary, and one more for the scalar in the innermost. */
const deepest = limits.dictionaryDepth + 1;
const metadata: unknown = XMLParser.getMetaDataSymbol();

/**
 * The top-level elements of a text that `scanXml` let through: the library itself takes unclosed elements and more. Throws the
 * library's own errors.
 */
export function parseXml(text: string): readonly (XmlElement | string)[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    htmlEntities: false,
    ignoreDeclaration: true,
    jPath: false,
    captureMetaData: true,
    maxNestedTags: deepest + 1,
  });
  return toNodes(parser.parse(text));
}

/** An element to write: its attributes in order, then its children, texts unescaped. */
export type XmlDraft = {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (XmlDraft | string)[];
};

/** The text of an element; one line, or indented by two spaces a level. The library escapes `& < > " '`. */
export function buildXml(root: XmlDraft, layout: 'compact' | 'indented'): string {
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
    processEntities: true,
    format: layout === 'indented',
    indentBy: '  ',
    maxNestedTags: deepest + 1,
  });
  const text: unknown = builder.build([toBuilderNode(root)]);
  if (typeof text !== 'string') throw new TypeError('the XML builder gave no text');
  return layout === 'indented' ? text.trimStart() : text;
}

type BuilderNode = Record<string, unknown>;

function toBuilderNode(draft: XmlDraft): BuilderNode {
  const children = draft.children.map((child) => (typeof child === 'string' ? { '#text': child } : toBuilderNode(child)));
  if (draft.attributes.length === 0) return { [draft.name]: children };
  return { [draft.name]: children, ':@': Object.fromEntries(draft.attributes) };
}

function toNodes(found: unknown): (XmlElement | string)[] {
  if (!Array.isArray(found)) throw new TypeError('the XML parser gave no list');
  return found.map(toNode);
}

function toNode(found: unknown): XmlElement | string {
  if (!isRecord(found)) throw new TypeError('the XML parser gave no node');
  if ('#text' in found) return String(found['#text']);
  const name = Object.keys(found).find((key) => key !== ':@') ?? '';
  const attributes = new Map<string, string>();
  const given = found[':@'];
  if (isRecord(given)) for (const [key, value] of Object.entries(given)) attributes.set(key, String(value));
  return { name, attributes, children: toNodes(found[name]), index: indexOf(found) };
}

function indexOf(node: Record<string | symbol, unknown>): number {
  const data = typeof metadata === 'symbol' ? node[metadata] : undefined;
  return isRecord(data) && typeof data['startIndex'] === 'number' ? data['startIndex'] : 0;
}

function isRecord(value: unknown): value is Record<string | symbol, unknown> {
  return typeof value === 'object' && value !== null;
}
