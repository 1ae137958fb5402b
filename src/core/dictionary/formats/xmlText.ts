// Text inside XML: the five references that XML knows by itself, character references, and the backslash escapes of the W3C
// form (`escaped="true"`), in which control characters travel that XML cannot hold.

/** A text that is not well-formed where references or escapes are concerned. */
export class XmlTextInvalid extends Error {}

const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const reference = /&(?:([a-z]{2,4})|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));|&/g;
const unknownName = /&(?!(?:lt|gt|amp|quot|apos);)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot hold, and CR, which it turns into LF.
const uncarried = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, and the white space that attributes turn into spaces.
const uncarriedInAttribute = /[\u0000-\u001f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of the above, and the escape character itself.
const escapable = /[\u0000-\u0008\u000b-\u001f\\\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, for attributes.
const escapableInAttribute = /[\u0000-\u001f\\\ufffe\uffff]/g;
const escape = /\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))|\\/g;
const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A text as it goes into an element or an attribute, and whether it had to be escaped in the W3C way. */
export function toXmlText(text: string, place: 'element' | 'attribute'): { readonly text: string; readonly escaped: boolean } {
  const inElement = place === 'element';
  if (!(inElement ? uncarried : uncarriedInAttribute).test(text)) return { text, escaped: false };
  return { text: text.replaceAll(inElement ? escapable : escapableInAttribute, escapeCharacter), escaped: true };
}

/** Resolves references (XML 1.0 section 4.1); throws XmlTextInvalid at an unknown or forbidden one. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  if (!text.includes('&#') && !unknownName.test(text)) {
    // The usual case, ten times as fast. The ampersand comes last, so that what it gives is not read again.
    return text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&');
  }
  let resolved = '';
  let end = 0;
  // A loop of its own, so that the first bad reference ends it.
  for (const found of text.matchAll(reference)) {
    const [whole, name, decimal, hexadecimal = ''] = found;
    const point = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    const character = name === undefined ? characterOf(point) : named.get(name);
    if (character === undefined) throw new XmlTextInvalid('a reference that XML does not know');
    resolved += text.slice(end, found.index) + character;
    end = found.index + whole.length;
  }
  return resolved + text.slice(end);
}

/** Undoes the escapes of `escaped="true"`: those of JSON (RFC 8259 section 7); throws XmlTextInvalid at any other. */
export function unescapeJson(text: string): string {
  return text.replaceAll(escape, (_whole, letter?: string, code?: string) => {
    if (letter !== undefined) return letters[letter] ?? letter;
    if (code === undefined) throw new XmlTextInvalid('an escape that JSON does not know');
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

function characterOf(point: number): string | undefined {
  // Char in XML 1.0 section 2.2. NaN, from an empty match, falls through every comparison.
  const allowed =
    point === 0x9 ||
    point === 0xa ||
    point === 0xd ||
    (point >= 0x20 && point <= 0xd7ff) ||
    (point >= 0xe000 && point <= 0xfffd) ||
    (point >= 0x10000 && point <= 0x10ffff);
  return allowed ? String.fromCodePoint(point) : undefined;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\\':
      return '\\\\';
    case '\b':
      return '\\b';
    case '\f':
      return '\\f';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
}
