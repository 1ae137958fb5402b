// Every notation with what a text must look like to be given to it. Each parser is loaded when a text first has its shape.

import { type Notation, type NotationId, notationLanguages } from './notations/notation.ts';
import { type Shape, shapeOf } from './shape.ts';

/** One notation that may read a text, not yet loaded. */
export type Candidate = {
  readonly id: NotationId;
  /** Whether the document's language is one of its own. */
  readonly own: boolean;
  readonly load: () => Promise<Notation>;
};

type Entry = {
  readonly id: NotationId;
  readonly shapes: readonly Shape[];
  /** Shapes that the notation gets in documents of its own languages, beside `shapes`. */
  readonly ownShapes: readonly Shape[];
  /** What a text of the right shape must have as well. */
  readonly only?: RegExp;
  /** A text that the notation gets whatever its shape, in any document. */
  readonly start?: RegExp;
  /** A text that the notation gets whatever its shape, in documents of its own languages. */
  readonly ownStart?: RegExp;
  /** What only this one has, of those that share a language: it goes before them. */
  readonly sign?: (text: string) => boolean;
  readonly load: () => Promise<Notation>;
};

/** Signs of INI that `.properties` files do not have: sections, semicolons, npm's keys and lists, comments after a value. */
const iniSign = /^[ \t]*(?:\[|;|(?:@[\w.-]+:|\/\/)[^=\s]*=|[\w.-]+\[\][ \t]*=)/m;
const iniComment = /^[^=\r\n]*=[^\r\n]*[ \t][#;][ \t]/m;
/** Signs of Java's properties: comments with `!`, escapes, and lines that go on. */
const javaSign = /^[ \t]*!|\\/m;

function hasIniSign(text: string): boolean {
  return iniSign.test(text) || (iniComment.test(text) && !javaSign.test(text));
}

const all: readonly Shape[] = ['bracket', 'assigned', 'section', 'markup', 'code', 'text'];
const literal: readonly Shape[] = ['bracket', 'assigned', 'section', 'code', 'text'];
const plain: readonly Shape[] = ['text'];
/** A lax notation has no bracket of its own: a JSON object in its document is no broken text of it. */
const unbracketed: readonly Shape[] = ['assigned', 'section', 'code', 'text'];

/** Every notation, in the order in which they are tried after the document's own: the stricter before the laxer. */
const catalogue: readonly Entry[] = [
  { id: 'json', shapes: literal, ownShapes: all, load: async () => (await import('./notations/json.ts')).jsonNotation },
  { id: 'jsonc', shapes: literal, ownShapes: all, load: async () => (await import('./notations/json.ts')).jsoncNotation },
  {
    id: 'jsonl',
    shapes: [],
    ownShapes: all,
    start: /^\s*(?:\{[^\n]*\}|\[[^\n]*\])[ \t\r]*\n\s*[[{]/,
    load: async () => (await import('./notations/jsonl.ts')).jsonlNotation,
  },
  {
    id: 'javascript',
    shapes: literal,
    ownShapes: all,
    load: async () => (await import('./notations/javascript.ts')).javascriptNotation,
  },
  { id: 'python', shapes: literal, ownShapes: all, load: async () => (await import('./notations/python.ts')).pythonNotation },
  { id: 'xml', shapes: ['markup'], ownShapes: unbracketed, load: async () => (await import('./notations/xml.ts')).xmlNotation },
  {
    id: 'elements',
    shapes: ['markup'],
    ownShapes: unbracketed,
    load: async () => (await import('./notations/elements.ts')).elementsNotation,
  },
  {
    id: 'toml',
    shapes: ['assigned', 'section', 'code', 'text'],
    ownShapes: all,
    load: async () => (await import('./notations/toml.ts')).tomlNotation,
  },
  {
    id: 'query',
    shapes: plain,
    ownShapes: [],
    only: /^\s*\S*[?&]/,
    load: async () => (await import('./notations/query.ts')).queryNotation,
  },
  { id: 'env', shapes: plain, ownShapes: unbracketed, load: async () => (await import('./notations/env.ts')).envNotation },
  {
    id: 'headers',
    shapes: plain,
    ownShapes: unbracketed,
    start: /^\s*(?:[$%#>]\s+)?curl(?:\.exe)?\s/,
    sign: (text) => /^\s*(?:[$%#>]\s+)?curl(?:\.exe)?\s/.test(text),
    load: async () => (await import('./notations/headers.ts')).headersNotation,
  },
  {
    id: 'yaml',
    shapes: plain,
    ownShapes: literal,
    load: async () => (await import('./notations/yaml.ts')).yamlNotation,
  },
  {
    id: 'ini',
    shapes: ['section', 'text'],
    ownShapes: unbracketed,
    // A bracket that is not closed is a broken section there.
    ownStart: /^\s*\[/,
    sign: hasIniSign,
    load: async () => (await import('./notations/ini.ts')).iniNotation,
  },
  {
    id: 'properties',
    shapes: plain,
    ownShapes: unbracketed,
    load: async () => (await import('./notations/properties.ts')).propertiesNotation,
  },
  { id: 'csv', shapes: plain, ownShapes: unbracketed, load: async () => (await import('./notations/csv.ts')).csvNotation },
  { id: 'tsv', shapes: plain, ownShapes: unbracketed, load: async () => (await import('./notations/csv.ts')).tsvNotation },
  { id: 'lines', shapes: plain, ownShapes: [], load: async () => (await import('./notations/lines.ts')).linesNotation },
];

/** The notations that a text goes to, in the order in which they are tried: those of the document's language first. */
export function candidatesFor(text: string, languageId: string): readonly Candidate[] {
  const shape = shapeOf(text);
  const candidates = catalogue.map((entry) => ({ entry, own: notationLanguages[entry.id].includes(languageId) }));
  const rank = ({ entry, own }: (typeof candidates)[number]): number => {
    if (!own) return 3;
    if (entry.sign?.(text) === true) return 0;
    return entry.id === languageId ? 1 : 2;
  };
  return candidates
    .filter(({ entry, own }) => goesTo(entry, own, text, shape))
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ entry, own }) => ({ id: entry.id, own, load: entry.load }));
}

function goesTo(entry: Entry, own: boolean, text: string, shape: Shape): boolean {
  if (entry.start?.test(text) === true) return true;
  if (entry.shapes.includes(shape) && entry.only?.test(text) !== false) return true;
  return own && (entry.ownShapes.includes(shape) || entry.ownStart?.test(text) === true);
}
