// The first wall before any XML parser: one pass over the tags of a text that lets only the fixed vocabulary through and
// counts depth and elements. DOCTYPE, entities, CDATA, comments and processing instructions never get past it.

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
const known = /^(?:key|escaped|escaped-key|xmlns(?::[A-Za-z_][\w.-]*)?)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the complement of Char in XML 1.0 section 2.2.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The length of an XML declaration at the start of a text (version 1.0, UTF-8), or 0. */
export function declarationLength(text: string): number {
  return declaration.exec(text)?.[0].length ?? 0;
}

/** Looks at every tag of a text once; undefined lets it through. Element order, closing and contents are for later. */
export function scanXml(text: string, options: XmlScanOptions): XmlRefusal | undefined {
  const character = text.search(forbidden);
  if (character >= 0) return refuse('invalid', character, 'a character that XML does not allow');
  let depth = 0;
  let elements = 0;
  let at = text.indexOf('<', declarationLength(text));
  while (at >= 0) {
    if (text.startsWith('<!--', at) && options.comments) {
      const end = text.indexOf('-->', at + 4);
      if (end < 0) return refuse('invalid', at, 'a comment is not closed');
      at = text.indexOf('<', end + 3);
      continue;
    }
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) return refuse('invalid', at, explain(text, at));
    const [whole, closing, , , attributes = '', empty] = found;
    for (const [, name = ''] of attributes.matchAll(attributeName)) {
      if (!known.test(name)) return refuse('invalid', at, 'an attribute outside the vocabulary');
    }
    if (closing === '/') depth -= 1;
    else {
      elements += 1;
      if (elements > limits.dictionaryNodes) return refuse('many', at, 'too many elements');
      if (empty === '') depth += 1;
      // A scalar may stand inside the deepest container; what it holds may not be an element, which is checked later.
      if (depth > limits.dictionaryDepth + 1) return refuse('deep', at, 'nested too deep');
    }
    at = text.indexOf('<', at + whole.length);
  }
  return undefined;
}

function explain(text: string, at: number): string {
  if (text.startsWith('<!DOCTYPE', at) || text.startsWith('<!ENTITY', at)) return 'a document type or entity declaration';
  if (text.startsWith('<!', at)) return 'a comment, CDATA section or declaration';
  return text.startsWith('<?', at) ? 'a processing instruction' : 'a tag outside the vocabulary';
}

function refuse(why: XmlRefusal['why'], index: number, message: string): XmlRefusal {
  return { why, index, message };
}
