// What of a report is nobody else's business. Every name, address and ID is marked as such where it gets in, so that a report
// that is passed on has a number in its place, the same one each time.

import { printable } from '../text/safeText.ts';

type Kind = 'address' | 'interface' | 'peer' | 'peer ID';

/** A text that is left out of a report that is passed on. */
export type Private = { readonly kind: Kind; readonly text: string };

/** A sentence whose places hold numbers, words of our own, or what is private. */
export type Told = { readonly text: string; readonly args: readonly (string | number | Private)[] };

/** Makes the words of one value. */
export type Show = (value: string | number | Private) => string | number;

/** Marks a text as private. */
export function secret(kind: Kind, text: string): Private {
  return { kind, text };
}

/** Shows values as they are, or private ones as their kind and a number, which `word` puts into the person's language. */
export function shower(redact: boolean, word: (text: string, ...args: readonly number[]) => string): Show {
  const seen = new Map<Kind, string[]>();
  return (value) => {
    if (typeof value !== 'object') return value;
    if (!redact) return printable(value.text);
    const texts = seen.get(value.kind) ?? [];
    seen.set(value.kind, texts);
    if (!texts.includes(value.text)) texts.push(value.text);
    return word(placeholders[value.kind], texts.indexOf(value.text) + 1);
  };
}

const placeholders: Readonly<Record<Kind, string>> = {
  address: '<address {0}>',
  interface: '<interface {0}>',
  peer: '<peer {0}>',
  'peer ID': '<peer ID {0}>',
};
