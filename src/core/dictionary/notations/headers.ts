// HTTP header blocks (RFC 9112 section 5): `Name: value` lines, perhaps below a request or status line; also as browsers'
// developer tools and curl show and copy them.

import { limits } from '../../base/limits.ts';
import { curlHeaders, isCurl } from './curl.ts';
import {
  attempt,
  entryCounter,
  filledLines,
  groupRepeated,
  Limit,
  type Line,
  type Notation,
  notationLanguages,
  Stop,
  startOf,
} from './notation.ts';

/** Field lines of which at least one has a name that HTTP knows, or that stand below a start line. Values are texts. */
export const headersNotation: Notation = {
  id: 'headers',
  label: 'HTTP headers',
  languageIds: notationLanguages.headers,
  read: (text) =>
    attempt(text, (notes) => {
      if (!isCurl(text)) return groupRepeated(readBlock(text, notes), notes);
      notes.add('Only the headers of the command were read.');
      return groupRepeated(mergeSpelling(curlHeaders(text)), notes);
    }),
};

type Pair = readonly [name: string, value: string];

const startLine = /^(?:HTTP\/\d(?:\.\d)? \d{3}(?: .*)?|[A-Z]{3,16} \S+ HTTP\/\d(?:\.\d)?)$/;
/** A field; the names of HTTP/2's pseudo-headers begin with a colon (RFC 9113 section 8.3). */
const field = /^(:?[!#$%&'*+.^_`|~\w-]+):(.*)$/;
const firstLine = /^\s*(?:[*<>] |:?[!#$%&'*+.^_`|~\w-]+:|HTTP\/|[A-Z]{3,16} \S+ HTTP\/)/;
const nameAlone = /^(:?[\w-]+):\s*$/;
// Single words such as `host`, `date` or `age` are left out: any settings file has them.
const knownNames = new Set(
  `accept-encoding accept-language access-control-allow-origin authorization cache-control content-disposition content-encoding
   content-language content-length content-security-policy content-type cookie etag if-match if-modified-since if-none-match
   last-modified proxy-authorization referer retry-after sec-fetch-mode set-cookie strict-transport-security transfer-encoding
   user-agent www-authenticate :authority :method :path :scheme :status`.split(/\s+/),
);

function readBlock(text: string, notes: Set<string>): readonly Pair[] {
  const lines = blockLines(text, notes);
  const pairs = isTable(lines) ? readTable(lines) : readFields(lines);
  const known = pairs.some(([name]) => knownNames.has(name.toLowerCase()) || /^x-/i.test(name));
  const isHead = startLine.test(lines[0]?.text.trim() ?? '');
  if (isHead) notes.add('The line before the headers was left out.');
  if (pairs.length === 0 || !(known || isHead)) throw new Stop('no header name that HTTP knows', startOf(text));
  return mergeSpelling(pairs);
}

/** The lines up to the first empty one; of what curl prints with `-v`, those that were sent, or else received. */
function blockLines(text: string, notes: Set<string>): readonly Line[] {
  const lines: Line[] = [];
  let end: number | undefined;
  for (const line of filledLines(text)) {
    if (lines.length === 0 && !firstLine.test(line.text)) throw new Stop('a header name and a colon are expected', startOf(text));
    const gap = end === undefined ? '' : text.slice(end, line.offset).replaceAll('\r\n', '\n');
    if (/[\r\n].*[\r\n]/.test(gap)) {
      notes.add('What follows the empty line was left out.');
      break;
    }
    end = line.offset + line.text.length;
    lines.push(line);
    if (lines.length > 2 * limits.dictionaryNodes) throw new Limit(`more than ${limits.dictionaryNodes} values`, line.offset);
  }
  const first = lines[0]?.text ?? '';
  if (!/^\s*[*<>] /.test(first) || !lines.every((line) => /^\s*[*<>{}]/.test(line.text))) return lines;
  const sign = lines.some((line) => /^\s*> /.test(line.text)) ? '>' : '<';
  return lines
    .filter((line) => line.text.trim().startsWith(`${sign} `))
    .map((line) => ({ text: line.text.trimStart().slice(2), offset: line.offset + startOf(line.text) + 2 }));
}

function readFields(lines: readonly Line[]): readonly Pair[] {
  const pairs: { readonly name: string; readonly parts: string[] }[] = [];
  const count = entryCounter();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && startLine.test(line.text.trim())) continue;
    const last = pairs.at(-1);
    if (last !== undefined && /^[ \t]/.test(line.text)) {
      // A line that begins with white space goes on with the value before it (RFC 9112 section 5.2).
      last.parts.push(line.text.trim());
      continue;
    }
    const [, name, value = ''] = field.exec(index === 0 ? line.text.trimStart() : line.text) ?? [];
    if (name === undefined) throw new Stop('a header name and a colon are expected', line.offset + startOf(line.text));
    count(line.offset);
    pairs.push({ name, parts: [value.trim()] });
  }
  return pairs.map(({ name, parts }) => [name, parts.join(' ')]);
}

/** Whether every second line is a name alone, and what stands between is not all headers. */
function isTable(lines: readonly Line[]): boolean {
  const [names, values] = [0, 1].map((odd) => lines.filter((_line, index) => index % 2 === odd));
  const alone = names?.every(({ text }) => nameAlone.test(text.trim())) === true;
  return alone && values !== undefined && values.length > 0 && !values.every(({ text }) => field.test(text.trim()));
}

/** Names and values on lines in turn, as a table of the developer tools is copied. */
function readTable(lines: readonly Line[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const count = entryCounter();
  for (let index = 0; index < lines.length; index += 2) {
    const [name, value] = [lines[index], lines[index + 1]];
    const written = nameAlone.exec(name?.text.trim() ?? '')?.[1];
    if (written === undefined || value === undefined) {
      throw new Stop('a header name and a colon are expected, then a value', name?.offset ?? 0);
    }
    count(value.offset);
    pairs.push([written, value.text.trim()]);
  }
  return pairs;
}

/** Names are the same in any case (RFC 9110 section 5.1); the first spelling stays. */
function mergeSpelling(pairs: readonly Pair[]): readonly Pair[] {
  const spelling = new Map<string, string>();
  return pairs.map(([name, value]) => {
    const spelled = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), spelled);
    return [spelled, value];
  });
}
