// Makes a dictionary of selected text: the notation of the document's language first, then every other that the shape of the
// text allows, from the strictest to the laxest. Each parser is loaded when a text first has its shape.

import { limits } from '../base/limits.ts';
import {
  type Notation,
  type NotationId,
  type Notes,
  notationLanguages,
  type Reading,
  refusal,
  startOf,
} from './notations/notation.ts';
import { type DictionaryValue, isList, isMap } from './value.ts';

/** One way to understand a selection: its label is for a pick list ("Python dict, 4 keys"). */
export type Understood = {
  readonly notation: NotationId;
  readonly label: string;
  readonly value: DictionaryValue;
  readonly notes: Notes;
};

/**
 * What a selection means: all readings that worked, the best one first; or the names of the notations that were tried, and the
 * place at which the most likely one stopped. `selection` is the index of the text that was refused, among several.
 */
export type Understanding =
  | { readonly ok: true; readonly readings: readonly [Understood, ...Understood[]] }
  | {
      readonly ok: false;
      readonly tried: readonly string[];
      readonly notation: NotationId | undefined;
      readonly selection: number;
      readonly line: number;
      readonly column: number;
      readonly offset: number;
      readonly message: string;
    };

/**
 * What a text looks like from afar. A text that begins with a bracket, or has one after `config =` or `return`, goes only to
 * notations that have that bracket: a lax one would take a broken object for lines of text. `code` has calls in it or an open
 * bracket at the end of a line, which no notation of plain texts may swallow.
 */
export type Shape = 'bracket' | 'assigned' | 'section' | 'markup' | 'code' | 'text';

type Entry = {
  readonly id: NotationId;
  readonly shapes: readonly Shape[];
  /** Shapes that the notation gets in documents of its own languages, beside `shapes`. */
  readonly ownShapes: readonly Shape[];
  readonly load: () => Promise<Notation>;
};

const literal: readonly Shape[] = ['bracket', 'assigned', 'section', 'code', 'text'];
const plain: readonly Shape[] = ['text'];

/** Every notation, in the order in which they are tried after the document's own: the stricter before the laxer. */
const catalogue: readonly Entry[] = [
  { id: 'json', shapes: literal, ownShapes: [], load: async () => (await import('./notations/json.ts')).jsonNotation },
  { id: 'jsonc', shapes: literal, ownShapes: [], load: async () => (await import('./notations/json.ts')).jsoncNotation },
  {
    id: 'javascript',
    shapes: literal,
    ownShapes: [],
    load: async () => (await import('./notations/javascript.ts')).javascriptNotation,
  },
  { id: 'python', shapes: literal, ownShapes: [], load: async () => (await import('./notations/python.ts')).pythonNotation },
  { id: 'xml', shapes: ['markup'], ownShapes: [], load: async () => (await import('./notations/xml.ts')).xmlNotation },
  {
    id: 'toml',
    shapes: ['assigned', 'section', 'code', 'text'],
    ownShapes: [],
    load: async () => (await import('./notations/toml.ts')).tomlNotation,
  },
  {
    id: 'headers',
    shapes: plain,
    ownShapes: ['code'],
    load: async () => (await import('./notations/headers.ts')).headersNotation,
  },
  { id: 'query', shapes: plain, ownShapes: [], load: async () => (await import('./notations/query.ts')).queryNotation },
  {
    id: 'env',
    shapes: plain,
    ownShapes: ['code', 'assigned'],
    load: async () => (await import('./notations/env.ts')).envNotation,
  },
  {
    id: 'yaml',
    shapes: plain,
    ownShapes: ['bracket', 'assigned', 'section', 'code'],
    load: async () => (await import('./notations/yaml.ts')).yamlNotation,
  },
  {
    id: 'ini',
    shapes: ['section', 'text'],
    ownShapes: ['code', 'assigned'],
    load: async () => (await import('./notations/ini.ts')).iniNotation,
  },
  {
    id: 'properties',
    shapes: plain,
    ownShapes: ['code', 'assigned'],
    load: async () => (await import('./notations/properties.ts')).propertiesNotation,
  },
  { id: 'csv', shapes: plain, ownShapes: ['code'], load: async () => (await import('./notations/csv.ts')).csvNotation },
  { id: 'tsv', shapes: plain, ownShapes: ['code'], load: async () => (await import('./notations/csv.ts')).tsvNotation },
  { id: 'lines', shapes: plain, ownShapes: [], load: async () => (await import('./notations/lines.ts')).linesNotation },
];

/** Understands one selection in a document of a VS Code language id. Never throws for what the text holds. */
export async function readSelection(text: string, languageId: string): Promise<Understanding> {
  if (text.length > limits.dictionaryBytes) {
    return failure([], refusal(text, 0, `longer than ${limits.dictionaryBytes} characters`), undefined, 0);
  }
  const notations = await notationsFor(text, languageId);
  const attempts = notations.map((notation) => ({ notation, reading: notation.read(text) }));
  const readings = attempts.flatMap(({ notation, reading }) => (reading.ok ? [understood(notation, reading)] : []));
  const [best, ...others] = withoutSameTwice(readings);
  if (best !== undefined) return { ok: true, readings: [best, ...others] };
  return mostLikely(attempts, text, languageId);
}

/**
 * Understands several selections as one list, each by its own best reading, or all by one notation where one reads them all; a
 * single selection is read alone.
 */
export async function readSelections(texts: readonly string[], languageId: string): Promise<Understanding> {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return readSelection(only, languageId);
  const all: (readonly Understood[])[] = [];
  for (const [selection, text] of texts.entries()) {
    const understanding = await readSelection(text, languageId);
    if (!understanding.ok) return { ...understanding, selection };
    all.push(understanding.readings);
  }
  const bests = all.flatMap(([best]) => (best === undefined ? [] : [best]));
  const shared = (all[0] ?? []).flatMap(({ notation }) => {
    const same = all.flatMap((readings) => readings.find((reading) => reading.notation === notation) ?? []);
    return same.length === all.length ? [joined(same)] : [];
  });
  const uniform = bests.every((best) => best.notation === bests[0]?.notation);
  const [first, ...others] = uniform ? shared : bests.length === 0 ? [] : [joined(bests), ...shared];
  if (first === undefined) return failure([], refusal('', 0, 'nothing is selected'), undefined, 0);
  return { ok: true, readings: [first, ...others] };
}

/** What a text looks like; see `Shape`. */
export function shapeOf(text: string): Shape {
  const start = text.slice(startOf(text));
  if (start.startsWith('<')) return 'markup';
  if (sectionLine.test(start) && /^[^\n]*\n[^[{]*[=:]/.test(start)) return 'section';
  if (bracket.test(start)) return 'bracket';
  if (bracket.test(start.replace(keywords, '').replace(target, ''))) return 'assigned';
  return call.test(start) || statement.test(start) || /[{[(][ \t]*(?:\r?\n|$)/.test(start) ? 'code' : 'text';
}

const sectionLine = /^\[[^\]\n]*\]?\][ \t]*(?:[#;][^\n]*)?(?:\r?\n|$)/;
const bracket = /^\s*(?:[{[]|\(\s*[{[("'\d-])/;
const keywords = /^(?:(?:export|default|const|let|var|return|yield)(?![\p{L}\p{N}_$])\s*){1,3}/u;
const target = /^[\p{L}\p{N}_$.]+(?:\[[^\]\n]*\])?(?:\s*:[^=\n'"]{0,200})?\s*=/u;
/** The head of a block in Python. */
const statement = /^[ \t]*(?:async|class|def|elif|for|if|match|while|with)[ \t][^\n]*:[ \t]*(?:#[^\n]*)?$/m;
/** A call after `=`, `:`, a comma or `return`. */
const call = /(?:[=:,]|\breturn)[ \t]*(?:await[ \t]+|new[ \t]+)?[\p{L}_][\p{L}\p{N}_$.]{0,99}\(/u;

async function notationsFor(text: string, languageId: string): Promise<readonly Notation[]> {
  const shape = shapeOf(text);
  const speaks = (entry: Entry): boolean => notationLanguages[entry.id].includes(languageId);
  const fitting = catalogue.filter((entry) => entry.shapes.includes(shape) || (speaks(entry) && entry.ownShapes.includes(shape)));
  const rank = (entry: Entry): number => (entry.id === languageId ? 0 : speaks(entry) ? 1 : 2);
  const ordered = fitting.toSorted((a, b) => rank(a) - rank(b));
  return Promise.all(ordered.map((entry) => entry.load()));
}

function understood(notation: Notation, reading: Extract<Reading, { ok: true }>): Understood {
  return { notation: notation.id, label: labelOf(notation, reading.value), value: reading.value, notes: reading.notes };
}

function labelOf(notation: Notation, value: DictionaryValue): string {
  if (isMap(value)) return `${notation.words?.map ?? notation.label}, ${counted(value.size, 'key')}`;
  const size = value !== null && typeof value === 'object' && isList(value) ? value.length : 0;
  return `${notation.words?.list ?? `${notation.label} list`}, ${counted(size, 'item')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** JSON with comments reads all JSON; beside it, it would be the same thing twice in the list. */
function withoutSameTwice(readings: readonly Understood[]): readonly Understood[] {
  const json = readings.some(({ notation }) => notation === 'json');
  return json ? readings.filter(({ notation }) => notation !== 'jsonc') : readings;
}

function joined(readings: readonly Understood[]): Understood {
  const labels = [...new Set(readings.map(({ label }) => label))];
  return {
    notation: readings[0]?.notation ?? 'json',
    label: `${readings.length} selections: ${labels.slice(0, 3).join('; ')}${labels.length > 3 ? '; …' : ''}`,
    value: readings.map(({ value }) => value),
    notes: [...new Set(readings.flatMap(({ notes }) => notes))],
  };
}

type Attempt = { readonly notation: Notation; readonly reading: Reading };

/** The document's own notation is the most likely one; else the one that came furthest, the stricter one of two. */
function mostLikely(attempts: readonly Attempt[], text: string, languageId: string): Understanding {
  const tried = attempts.map(({ notation }) => notation.label);
  const refused = attempts.flatMap(({ notation, reading }) => (reading.ok ? [] : [{ notation, reading }]));
  const own = refused.find(({ notation }) => notation.languageIds.includes(languageId));
  const furthest = refused.reduce<(typeof refused)[number] | undefined>(
    (best, next) => (best === undefined || next.reading.offset > best.reading.offset ? next : best),
    undefined,
  );
  const chosen = own ?? furthest;
  if (chosen === undefined) return failure(tried, refusal(text, 0, 'no notation has this shape'), undefined, 0);
  return failure(tried, chosen.reading, chosen.notation.id, 0);
}

function failure(
  tried: readonly string[],
  place: Extract<Reading, { ok: false }>,
  notation: NotationId | undefined,
  selection: number,
): Understanding {
  return { ...place, tried, notation, selection };
}
