// HTTP header blocks (RFC 9112 section 5): `Name: value` lines, perhaps below a request or status line.

import type { DictionaryValue } from '../value.ts';
import { attempt, linesOf, type Notation, notationLanguages, Stop, setRepeated, startOf } from './notation.ts';

/** Field lines of which at least one has a name that HTTP knows, or that stand below a start line. Values are texts. */
export const headersNotation: Notation = {
  id: 'headers',
  label: 'HTTP headers',
  languageIds: notationLanguages.headers,
  read: (text) => attempt(text, (notes) => readBlock(text, notes)),
};

const startLine = /^(?:HTTP\/\d(?:\.\d)? \d{3}(?: .*)?|[A-Z]{3,16} \S+ HTTP\/\d(?:\.\d)?)$/;
const field = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;
// Single words such as `host`, `date` or `age` are left out: any settings file has them.
const knownNames = new Set(
  `accept-encoding accept-language access-control-allow-origin authorization cache-control content-disposition content-encoding
   content-language content-length content-security-policy content-type cookie etag if-match if-modified-since if-none-match
   last-modified proxy-authorization referer retry-after set-cookie strict-transport-security transfer-encoding user-agent
   www-authenticate`.split(/\s+/),
);

function readBlock(text: string, notes: Set<string>): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  const spelling = new Map<string, string>();
  let known = false;
  let last: string | undefined;
  const lines = linesOf(text);
  const first = lines.findIndex((line) => line.text.trim() !== '');
  for (const [index, line] of lines.slice(Math.max(0, first)).entries()) {
    if (index === 0 && startLine.test(line.text.trim())) {
      known = true;
      notes.add('The line before the headers was left out.');
      continue;
    }
    if (line.text.trim() === '') {
      if (text.slice(line.offset).trim() !== '') notes.add('What follows the empty line was left out.');
      break;
    }
    if (last !== undefined && /^[ \t]/.test(line.text)) {
      fold(map, last, line.text.trim());
      continue;
    }
    const [, name, value = ''] = field.exec(index === 0 ? line.text.trimStart() : line.text) ?? [];
    if (name === undefined) throw new Stop('a header name and a colon are expected', line.offset + startOf(line.text));
    // Names are the same in any case (RFC 9110 section 5.1); the first spelling stays.
    last = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), last);
    known ||= knownNames.has(name.toLowerCase()) || /^x-/i.test(name);
    setRepeated(map, last, value, notes);
  }
  if (map.size === 0 || !known) throw new Stop('no header name that HTTP knows', startOf(text));
  return map;
}

/** A line that begins with white space goes on with the value before it (RFC 9112 section 5.2). */
function fold(map: Map<string, DictionaryValue>, name: string, more: string): void {
  const value = map.get(name);
  if (typeof value === 'string') map.set(name, `${value} ${more}`);
  else if (Array.isArray(value)) map.set(name, [...value.slice(0, -1), `${String(value.at(-1))} ${more}`]);
}
