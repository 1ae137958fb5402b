// HTTP header blocks (RFC 9112 section 5): `Name: value` lines, perhaps below a request or status line.

import type { DictionaryValue } from '../value.ts';
import { attempt, groupRepeated, linesOf, type Notation, notationLanguages, Stop, startOf } from './notation.ts';

/** Field lines of which at least one has a name that HTTP knows, or that stand below a start line. Values are texts. */
export const headersNotation: Notation = {
  id: 'headers',
  label: 'HTTP headers',
  languageIds: notationLanguages.headers,
  read: (text) => attempt(text, (notes) => readBlock(text, notes)),
};

const startLine = /^(?:HTTP\/\d(?:\.\d)? \d{3}(?: .*)?|[A-Z]{3,16} \S+ HTTP\/\d(?:\.\d)?)$/;
const field = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/;
// Single words such as `host`, `date` or `age` are left out: any settings file has them.
const knownNames = new Set(
  `accept-encoding accept-language access-control-allow-origin authorization cache-control content-disposition content-encoding
   content-language content-length content-security-policy content-type cookie etag if-match if-modified-since if-none-match
   last-modified proxy-authorization referer retry-after set-cookie strict-transport-security transfer-encoding user-agent
   www-authenticate`.split(/\s+/),
);

function readBlock(text: string, notes: Set<string>): DictionaryValue {
  const pairs: [name: string, value: string][] = [];
  const spelling = new Map<string, string>();
  let known = false;
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
    const last = pairs.at(-1);
    if (last !== undefined && /^[ \t]/.test(line.text)) {
      // A line that begins with white space goes on with the value before it (RFC 9112 section 5.2).
      last[1] += ` ${line.text.trim()}`;
      continue;
    }
    const [, name, value = ''] = field.exec(index === 0 ? line.text.trimStart() : line.text) ?? [];
    if (name === undefined) throw new Stop('a header name and a colon are expected', line.offset + startOf(line.text));
    // Names are the same in any case (RFC 9110 section 5.1); the first spelling stays.
    const spelled = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), spelled);
    known ||= knownNames.has(name.toLowerCase()) || /^x-/i.test(name);
    pairs.push([spelled, value.trim()]);
  }
  if (pairs.length === 0 || !known) throw new Stop('no header name that HTTP knows', startOf(text));
  return groupRepeated(pairs, notes);
}
