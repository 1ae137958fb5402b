// The words of a command line, read by Node's own reader: options by their names, everything else in its order.

import { parseArgs } from 'node:util';

import { toFerryError } from '../core/base/errors.ts';
import { plain } from '../core/text/safeText.ts';
import type { Given } from './context.ts';
import { misused } from './refusal.ts';

/** An option: the name of its value, or nothing where it has none, its letter, where it has one, and what it does. */
export type Option = { readonly value?: string; readonly short?: string; readonly help: string };
export type Options = Readonly<Record<string, Option>>;

/** How many words a command takes. */
export type Takes = { readonly least: number; readonly most: number };

/** Reads the words of the command `name`. Refuses unknown options and a wrong number of words. */
export function parseWords(words: readonly string[], name: string, options: Options, { least, most }: Takes): Given {
  const { values, positionals } = parsed(words, options);
  const own = name === '' ? positionals : positionals.slice(1);
  if (own.length < least) throw misused(`"ferry ${name}" wants more words. See "ferry help ${name}".`);
  if (own.length > most)
    throw misused(`"ferry ${name}" wants fewer words: what is ${plain(own[most] ?? '')}? See "ferry help ${name}".`);
  return {
    words: own,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    is: (option) => values[option] === true,
  };
}

/** What a command line says before it is known which command it is for. */
export type Asked = {
  /** Its words, the name of the command first. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
};

/** Reads what goes for every command, where these are all the options that there are. Never fails. */
export function readAsked(words: readonly string[], options: Options): Asked {
  const { values, positionals } = parseArgs({
    ...{ args: [...words], options: forReader(options), allowPositionals: true, strict: false },
  });
  const is = (option: string): boolean => values[option] === true;
  return { words: positionals, json: is('json'), quiet: is('quiet'), help: is('help'), version: is('version') };
}

function forReader(options: Options) {
  const known = Object.entries(options).map(([name, { value, short }]) => {
    const type = value === undefined ? 'boolean' : 'string';
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  return Object.fromEntries(known);
}

function parsed(words: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...words], options: forReader(options), allowPositionals: true });
  } catch (cause) {
    // The first sentence says what is wrong; the others are about dashes.
    throw misused(`${plain(toFerryError(cause).message.split(/\. |\n/, 1)[0] ?? '', 160)}. See "ferry help".`);
  }
}

/** A number of the given range that an option has; undefined where it was not given. Refuses anything else. */
export function numberOf(given: Given, option: string, [least, most]: readonly [number, number]): number | undefined {
  const text = given.text(option);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) throw misused(`--${option} is a number from ${least} to ${most}.`);
  return value;
}

/** One of a few values that an option has; `otherwise` where it was not given. Refuses anything else. */
export function choiceOf<T extends string>(given: Given, option: string, choices: readonly T[], otherwise: T): T {
  const text = given.text(option);
  if (text === undefined) return otherwise;
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw misused(`--${option} is one of ${choices.join(', ')}.`);
  return chosen;
}

/** The words of a line that a person typed: what stands in quotes is one, and a backslash before a blank is part of it. */
export function splitWords(line: string): readonly string[] {
  const words = line.matchAll(/(?:"(?:\\["\\]|[^"])*"|'[^']*'|\\.|[^\s"'])+/gu);
  return [...words].map(([word]) =>
    word.replaceAll(/"((?:\\["\\]|[^"])*)"|'([^']*)'|\\(["'\\ ])/g, (_, double?: string, single?: string, alone?: string) =>
      double === undefined ? (single ?? alone ?? '') : double.replaceAll(/\\(["\\])/g, '$1'),
    ),
  );
}
