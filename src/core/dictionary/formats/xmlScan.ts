// Reads the tags of a text: well-formed XML of the fixed vocabulary, in one pass, into a small tree. DOCTYPE, entities, CDATA,
// comments and processing instructions never get past it, and depth and elements are counted before anything is built. It does
// the reading itself because fast-xml-parser, whose parser takes unclosed elements and needs its validator first, spends 40 ms
// and more on a mebibyte that is refused in the end; this takes less than ten and knows the place of every fault.

import { limits } from '../../base/limits.ts';

/** The namespace of the XML representation of JSON (XSLT 3.0 section 22.1). */
export const xmlNamespace = 'http://www.w3.org/2005/xpath-functions';

/** An element; text stands between its children as it was written, references and line ends and all. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
  /** Where its `<` stands in the text, in UTF-16 code units. */
  readonly index: number;
};

/** The root, or why and where (UTF-16 code units) a text is refused. */
export type XmlScan = { readonly ok: true; readonly root: XmlElement } | XmlRefusal;
type XmlRefusal = {
  readonly ok: false;
  readonly why: 'invalid' | 'deep' | 'many';
  readonly index: number;
  readonly message: string;
};

/** What a caller lets through beyond the wire form: comments, which people write in files. */
export type XmlScanOptions = { readonly comments: boolean };

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/i;
// The vocabulary has four attributes; a fifth place lets a repeated one through to the check that names it.
const tag =
  /<(\/?)((?:[A-Za-z_][\w.-]*:)?)(map|array|string|number|boolean|null)((?:[ \t\r\n]+[A-Za-z_:][\w:.-]*[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*')){0,5})[ \t\r\n]*(\/?)>/y;
const attribute = /([A-Za-z_:][\w:.-]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/g;
const badReference = /&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)/;
const known = /^(?:key|escaped|escaped-key|xmlns(?::[A-Za-z_][\w.-]*)?)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the complement of Char in XML 1.0 section 2.2.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The length of an XML declaration at the start of a text (version 1.0, UTF-8), or 0. */
function declarationLength(text: string): number {
  return declaration.exec(text)?.[0].length ?? 0;
}

/** Reads a text of at most 1 MiB. What belongs into which element is for the reader of the form. */
export function scanXml(text: string, options: XmlScanOptions): XmlScan {
  const character = text.search(forbidden);
  if (character >= 0) return refuse('invalid', character, 'a character that XML does not allow');
  const ampersand = text.search(badReference);
  if (ampersand >= 0) return refuse('invalid', ampersand, 'a reference that XML does not know');
  const scan: Scan = { text, open: [], roots: [], elements: 0, end: declarationLength(text) };
  for (let at = text.indexOf('<', scan.end); at >= 0; at = text.indexOf('<', scan.end)) {
    const refusal = addText(scan, at) ?? (isComment(text, at, options) ? skipComment(scan, at) : scanTag(scan, at));
    if (refusal !== undefined) return refusal;
  }
  const unclosed = scan.open.at(-1);
  if (unclosed !== undefined) return refuse('invalid', unclosed.index, 'an element is not closed');
  const [root] = scan.roots;
  return root === undefined
    ? refuse('invalid', scan.end, 'an element is expected')
    : (addText(scan, text.length) ?? { ok: true, root });
}

type OpenElement = XmlElement & { readonly children: (XmlElement | string)[] };
type Scan = {
  readonly text: string;
  readonly open: OpenElement[];
  readonly roots: XmlElement[];
  elements: number;
  /** Where the last tag ended. */
  end: number;
};

/** The text up to the next tag; outside of the root it may only be white space. */
function addText(scan: Scan, next: number): XmlRefusal | undefined {
  if (next === scan.end) return undefined;
  const piece = scan.text.slice(scan.end, next);
  const parent = scan.open.at(-1);
  if (parent !== undefined) parent.children.push(piece);
  else if (!/^[ \t\r\n]*$/.test(piece)) return refuse('invalid', scan.end, 'text outside the root');
  return undefined;
}

function scanTag(scan: Scan, at: number): XmlRefusal | undefined {
  tag.lastIndex = at;
  const found = tag.exec(scan.text);
  if (found === null) return refuse('invalid', at, explain(scan.text, at));
  const [whole, closing, prefix = '', local = '', written = '', empty] = found;
  scan.end = at + whole.length;
  const name = prefix + local;
  if (closing === '/') {
    const matches = scan.open.pop()?.name === name && written === '' && empty === '';
    return matches ? undefined : refuse('invalid', at, 'an end tag that closes nothing');
  }
  scan.elements += 1;
  if (scan.elements > limits.dictionaryNodes) return refuse('many', at, 'too many elements');
  const attributes = readAttributes(written);
  if (attributes === undefined) return refuse('invalid', at, 'an attribute outside the vocabulary, or one that stands twice');
  const element: OpenElement = { name, attributes, children: [], index: at };
  const parent = scan.open.at(-1);
  if (parent !== undefined) parent.children.push(element);
  else if (scan.roots.push(element) > 1) return refuse('invalid', at, 'a second root');
  if (empty === '') scan.open.push(element);
  // A scalar may stand inside the deepest container; what it holds may not be an element, which is checked later.
  return scan.open.length > limits.dictionaryDepth + 1 ? refuse('deep', at, 'nested too deep') : undefined;
}

const noAttributes: ReadonlyMap<string, string> = new Map();

function readAttributes(written: string): ReadonlyMap<string, string> | undefined {
  if (written === '') return noAttributes;
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single = ''] of written.matchAll(attribute)) {
    if (!known.test(name) || attributes.has(name)) return undefined;
    attributes.set(name, double ?? single);
  }
  return attributes;
}

function isComment(text: string, at: number, options: XmlScanOptions): boolean {
  return options.comments && text.startsWith('<!--', at);
}

function skipComment(scan: Scan, at: number): XmlRefusal | undefined {
  const end = scan.text.indexOf('-->', at + 4);
  if (end < 0) return refuse('invalid', at, 'a comment is not closed');
  scan.end = end + 3;
  return undefined;
}

function explain(text: string, at: number): string {
  if (text.startsWith('<!DOCTYPE', at) || text.startsWith('<!ENTITY', at)) return 'a document type or entity declaration';
  if (text.startsWith('<!', at)) return 'a comment, CDATA section or declaration';
  return text.startsWith('<?', at) ? 'a processing instruction' : 'a tag outside the vocabulary';
}

function refuse(why: XmlRefusal['why'], index: number, message: string): XmlRefusal {
  return { ok: false, why, index, message };
}
