// Makes a dictionary of selected text: the notation of the document's language first, then every other that the shape of the
// text allows, from the strictest to the laxest. Where the document's own notation refuses, its refusal is the answer.

import { isFerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { candidatesFor } from './catalogue.ts';
import { type Notation, type NotationId, type Notes, type Reading, refusal } from './notations/notation.ts';
import { checkDictionary, type DictionaryValue, isList, isMap } from './value.ts';

/** One way to understand a selection: its label is for a pick list ("Python dict, 4 keys"). */
export type Understood = {
  readonly notation: NotationId;
  readonly label: string;
  readonly value: DictionaryValue;
  readonly notes: Notes;
};

/**
 * What a selection means: all readings that worked, the best one first; or the names of the notations that were tried, and the
 * place at which the most likely one stopped. `selection` is the index of the text that was refused, among several. `others` are
 * what other notations read where the document's own one refused, marked "not YAML: line 4", to be offered and never chosen
 * unasked.
 */
export type Understanding = { readonly ok: true; readonly readings: readonly [Understood, ...Understood[]] } | Failure;

type Failure = {
  readonly ok: false;
  readonly tried: readonly string[];
  readonly notation: NotationId | undefined;
  readonly selection: number;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly message: string;
  readonly others: readonly Understood[];
};

/** Understands one selection in a document of a VS Code language id. Never throws for what the text holds. */
export async function readSelection(text: string, languageId: string): Promise<Understanding> {
  if (text.length > limits.dictionaryBytes) {
    return failure(refusal(text, 0, `longer than ${limits.dictionaryBytes} characters`));
  }
  const attempts = await attemptAll(text, languageId);
  const readings = attempts.flatMap(({ notation, reading }) => (reading.ok ? [understood(notation, reading)] : []));
  const answer = withoutSameTwice(readings);
  const own = attempts.filter((attempted) => attempted.own);
  if (own.length > 0 && !own.some(({ reading }) => reading.ok)) return refusedByOwn(attempts, own, answer);
  const [best, ...others] = answer;
  if (best !== undefined) return { ok: true, readings: [best, ...others] };
  return furthest(attempts, text);
}

/**
 * Understands several selections as one list, each by its own best reading, or all by one notation where one reads them all; a
 * single selection is read alone.
 */
export async function readSelections(texts: readonly string[], languageId: string): Promise<Understanding> {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return readSelection(only, languageId);
  if (texts.reduce((sum, text) => sum + text.length, 0) > limits.dictionaryBytes) {
    return failure(refusal('', 0, `longer than ${limits.dictionaryBytes} characters in all`));
  }
  const all: (readonly Understood[])[] = [];
  let refused: Failure | undefined;
  for (const [selection, text] of texts.entries()) {
    const understanding = await readSelection(text, languageId);
    if (!understanding.ok) refused ??= { ...understanding, selection };
    all.push(understanding.ok ? understanding.readings : understanding.others);
  }
  const shared = sharedReadings(all);
  if (refused !== undefined) return { ...refused, others: shared };
  const bests = all.flatMap(([best]) => (best === undefined ? [] : [best]));
  const uniform = bests.every((best) => best.notation === bests[0]?.notation);
  const joint = uniform || bests.length === 0 ? shared : [joined(bests), ...shared];
  const [first, ...others] = joint.filter(({ value }) => isWithinLimits(value));
  if (first !== undefined) return { ok: true, readings: [first, ...others] };
  return failure(refusal('', 0, joint.length === 0 ? 'nothing is selected' : 'the selections are too large together'));
}

/** The readings by one notation that reads every selection. */
function sharedReadings(all: readonly (readonly Understood[])[]): readonly Understood[] {
  return (all[0] ?? []).flatMap(({ notation }) => {
    const same = all.flatMap((readings) => readings.find((reading) => reading.notation === notation) ?? []);
    return same.length === all.length ? [joined(same)] : [];
  });
}

function isWithinLimits(value: DictionaryValue): boolean {
  try {
    checkDictionary(value);
    return true;
  } catch (error) {
    if (isFerryError(error)) return false;
    throw error;
  }
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

type Attempt = { readonly notation: Notation; readonly own: boolean; readonly reading: Reading };
type Refused = Extract<Reading, { ok: false }>;

/**
 * Tries the notations in their order. One that reaches a limit is the last: a text is not made smaller by reading it in a laxer
 * way.
 */
async function attemptAll(text: string, languageId: string): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const { own, load } of candidatesFor(text, languageId)) {
    const notation = await load();
    const reading = notation.read(text, own ? 'own' : 'elsewhere');
    attempts.push({ notation, own, reading });
    if (!reading.ok && reading.limit) break;
  }
  return attempts;
}

/** The document's own notation has the last word: its refusal is the answer, and what others read is marked. */
function refusedByOwn(attempts: readonly Attempt[], own: readonly Attempt[], others: readonly Understood[]): Understanding {
  const chosen = furthestOf(own);
  const mark = `not ${own[0]?.notation.label ?? ''}: line ${chosen?.reading.line ?? 1}`;
  const marked = others.map((other) => ({ ...other, notes: [mark, ...other.notes] }));
  return { ...failure(chosen?.reading ?? refusal('', 0, ''), attempts, chosen?.notation.id), others: marked };
}

/** The answer where no notation is the document's own: that of the one that came furthest, the stricter one of two. */
function furthest(attempts: readonly Attempt[], text: string): Understanding {
  const chosen = furthestOf(attempts);
  if (chosen === undefined) return failure(refusal(text, 0, 'no notation has this shape'), attempts);
  return failure(chosen.reading, attempts, chosen.notation.id);
}

type Chosen = { readonly notation: Notation; readonly reading: Refused };

/**
 * The one that came furthest. Of two that stopped at the same place the stricter one, but for JSON, which only knows of symbols
 * where a call stands, and for the very start, of which the laxer one has more to say.
 */
function furthestOf(attempts: readonly Attempt[]): Chosen | undefined {
  const refused = attempts.flatMap(({ notation, reading }) => (reading.ok ? [] : [{ notation, reading }]));
  return (
    refused.find(({ reading }) => reading.limit) ??
    refused.reduce<Chosen | undefined>((best, next) => {
      const further = next.reading.offset - (best?.reading.offset ?? -1);
      const overJson = best?.notation.id.startsWith('json') === true && !next.notation.id.startsWith('json');
      const yields = next.reading.offset === 0 || overJson;
      return further > 0 || (further === 0 && yields) ? next : best;
    }, undefined)
  );
}

function failure(place: Refused, attempts: readonly Attempt[] = [], notation?: NotationId): Failure {
  const { line, column, offset, message } = place;
  const tried = attempts.map((attempted) => attempted.notation.label);
  return { ok: false, tried, notation, selection: 0, line, column, offset, message, others: [] };
}
