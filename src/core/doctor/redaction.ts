// What of a report is nobody else's business. Every name, address and ID is marked as such where it gets in, so that a report
// that is passed on has a number in its place, the same one each time.

import { printable } from '../text/safeText.ts';

type Kind = 'address' | 'interface' | 'peer' | 'peer ID';

/** A text that is left out of a report that is passed on. */
export type Private = { readonly kind: Kind; readonly text: string };

/** What stands in a place of a sentence: a number, a name that is the same in every language, what is private, or more words. */
export type Value = string | number | Private | Told;

export type Told = { readonly text: string; readonly args: readonly Value[] };

/** Makes the words of one value. */
export type Show = (value: Value) => string | number;

/** A sentence, or words in a place of one. */
export function say(text: string, ...args: readonly Value[]): Told {
  return { text, args };
}

/** Marks a text as private. */
export function secret(kind: Kind, text: string): Private {
  return { kind, text };
}

/** Shows values as they are, or private ones as their kind and a number; `word` puts words into the person's language. */
export function shower(redact: boolean, word: (text: string, ...args: readonly (string | number)[]) => string): Show {
  const seen = new Map<Kind, string[]>();
  const show: Show = (value) => {
    if (typeof value !== 'object') return value;
    if ('args' in value) return word(value.text, ...value.args.map(show));
    if (!redact) return printable(value.text);
    const texts = seen.get(value.kind) ?? [];
    seen.set(value.kind, texts);
    if (!texts.includes(value.text)) texts.push(value.text);
    return word(placeholders[value.kind], texts.indexOf(value.text) + 1);
  };
  return show;
}

const placeholders: Readonly<Record<Kind, string>> = {
  address: '<address {0}>',
  interface: '<interface {0}>',
  peer: '<peer {0}>',
  'peer ID': '<peer ID {0}>',
};
