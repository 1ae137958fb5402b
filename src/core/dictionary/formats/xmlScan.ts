// The first wall before the XML parser: one pass over the tags of a text that lets only well-formed XML of the fixed vocabulary
// through and counts depth and elements. DOCTYPE, entities, CDATA, comments and processing instructions never get past it. It
// stands in for the validator of fast-xml-parser, which knows no vocabulary and takes twice as long as all of this reading.

import { limits } from '../../limits.ts';

/** The namespace of the XML representation of JSON (XSLT 3.0 section 22.1). */
export const xmlNamespace = 'http://www.w3.org/2005/xpath-functions';

/** Why and where (UTF-16 code units) a text is refused. */
export type XmlRefusal = { readonly why: 'invalid' | 'deep' | 'many'; readonly index: number; readonly message: string };

/** What a caller lets through beyond the wire form: comments, which people write in files. */
export type XmlScanOptions = { readonly comments: boolean };

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/i;
// The vocabulary has four attributes; a fifth place lets a repeated one through to the check that names it.
const tag =
  /<(\/?)((?:[A-Za-z_][\w.-]*:)?)(map|array|string|number|boolean|null)((?:[ \t\r\n]+[A-Za-z_:][\w:.-]*[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*')){0,5})[ \t\r\n]*(\/?)>/y;
const attributeName = /([A-Za-z_:][\w:.-]*)[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*')/g;
const badReference = /&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)/;
const known = /^(?:key|escaped|escaped-key|xmlns(?::[A-Za-z_][\w.-]*)?)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the complement of Char in XML 1.0 section 2.2.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The length of an XML declaration at the start of a text (version 1.0, UTF-8), or 0. */
export function declarationLength(text: string): number {
  return declaration.exec(text)?.[0].length ?? 0;
}

/** Looks at every tag of a text once; undefined lets it through. What belongs into which element is for the reader. */
export function scanXml(text: string, options: XmlScanOptions): XmlRefusal | undefined {
  const character = text.search(forbidden);
  if (character >= 0) return refuse('invalid', character, 'a character that XML does not allow');
  const ampersand = text.search(badReference);
  if (ampersand >= 0) return refuse('invalid', ampersand, 'a reference that XML does not know');
  const scan: Scan = { text, open: [], elements: 0, roots: 0, end: declarationLength(text) };
  for (let at = text.indexOf('<', scan.end); at >= 0; at = text.indexOf('<', scan.end)) {
    if (scan.open.length === 0 && !isBlank(text, scan.end, at)) return refuse('invalid', scan.end, 'text outside the root');
    const isComment = options.comments && text.startsWith('<!--', at);
    const refusal = isComment ? skipComment(scan, at) : scanTag(scan, at);
    if (refusal !== undefined) return refusal;
  }
  const unclosed = scan.open.at(-1);
  if (unclosed !== undefined) return refuse('invalid', unclosed.index, 'an element is not closed');
  if (scan.roots === 0 || !isBlank(text, scan.end, text.length)) return refuse('invalid', scan.end, 'text outside the root');
  return undefined;
}

type Scan = {
  readonly text: string;
  readonly open: { readonly name: string; readonly index: number }[];
  elements: number;
  roots: number;
  /** Where the last tag ended. */
  end: number;
};

function scanTag(scan: Scan, at: number): XmlRefusal | undefined {
  tag.lastIndex = at;
  const found = tag.exec(scan.text);
  if (found === null) return refuse('invalid', at, explain(scan.text, at));
  const [whole, closing, prefix = '', local = '', attributes = '', empty] = found;
  scan.end = at + whole.length;
  const name = prefix + local;
  if (closing === '/') {
    const matches = scan.open.pop()?.name === name && attributes === '' && empty === '';
    return matches ? undefined : refuse('invalid', at, 'an end tag that closes nothing');
  }
  scan.elements += 1;
  if (scan.elements > limits.dictionaryNodes) return refuse('many', at, 'too many elements');
  if (scan.open.length === 0) scan.roots += 1;
  if (scan.roots > 1) return refuse('invalid', at, 'a second root');
  if (empty === '') scan.open.push({ name, index: at });
  // A scalar may stand inside the deepest container; what it holds may not be an element, which is checked later.
  if (scan.open.length > limits.dictionaryDepth + 1) return refuse('deep', at, 'nested too deep');
  return attributes === '' ? undefined : scanAttributes(attributes, at);
}

function scanAttributes(attributes: string, at: number): XmlRefusal | undefined {
  const names = new Set<string>();
  for (const [, name = ''] of attributes.matchAll(attributeName)) {
    if (!known.test(name)) return refuse('invalid', at, 'an attribute outside the vocabulary');
    if (names.has(name)) return refuse('invalid', at, 'an attribute stands twice');
    names.add(name);
  }
  return undefined;
}

function skipComment(scan: Scan, at: number): XmlRefusal | undefined {
  const end = scan.text.indexOf('-->', at + 4);
  if (end < 0) return refuse('invalid', at, 'a comment is not closed');
  scan.end = end + 3;
  return undefined;
}

function isBlank(text: string, start: number, end: number): boolean {
  return /^[ \t\r\n]*$/.test(text.slice(start, end));
}

function explain(text: string, at: number): string {
  if (text.startsWith('<!DOCTYPE', at) || text.startsWith('<!ENTITY', at)) return 'a document type or entity declaration';
  if (text.startsWith('<!', at)) return 'a comment, CDATA section or declaration';
  return text.startsWith('<?', at) ? 'a processing instruction' : 'a tag outside the vocabulary';
}

function refuse(why: XmlRefusal['why'], index: number, message: string): XmlRefusal {
  return { why, index, message };
}
