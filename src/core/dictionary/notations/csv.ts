// Tables with a header row, separated by commas (or semicolons, or bars) or by tabs: a list of maps. The one door to papaparse.

import Papa from 'papaparse/papaparse.js';

import { limits } from '../../base/limits.ts';
import type { DictionaryValue } from '../value.ts';
import { attempt, Limit, type Notation, notationLanguages, type Reading, Stop, startOf } from './notation.ts';

/** Comma-separated values (RFC 4180); semicolons and bars where the header row has more of them. Values are texts. */
export const csvNotation: Notation = {
  id: 'csv',
  label: 'CSV',
  languageIds: notationLanguages.csv,
  read: (text) => readTable(text, separatorLine.exec(text)?.[1] ?? delimiterOf(text)),
};

/** Tab-separated values. Values are texts. */
export const tsvNotation: Notation = {
  id: 'tsv',
  label: 'TSV',
  languageIds: notationLanguages.tsv,
  read: (text) => readTable(text, '\t'),
};

/** The first line of a table that a spreadsheet wrote: which separator it has. */
const separatorLine = /^\s*sep=([^\r\n])[ \t]*\r?\n/i;

/** A first cell in quotes with something behind it. The library goes on, and describes every quote after it. */
const wrongQuote = /^\s*"[^"]*"[^",;|\t\r\n]/;

function readTable(text: string, delimiter: string): Reading {
  return attempt(text, (notes) => {
    let header: readonly string[] | undefined;
    const rows: DictionaryValue[] = [];
    const begin = separatorLine.exec(text)?.[0].length ?? 0;
    const table = text.slice(begin);
    checkWidth(table, delimiter, begin);
    if (wrongQuote.test(table)) throw new Stop('a quote that does not end its cell', begin + startOf(table));
    let place = 0;
    Papa.parse(table, {
      delimiter,
      skipEmptyLines: true,
      step(row) {
        const start = begin + place + startOf(table.slice(place, row.meta.cursor));
        place = row.meta.cursor;
        const cells = cellsOf(row.data);
        const [problem] = row.errors;
        if (problem !== undefined) throw new Stop(problem.message, start);
        // A line of nothing but blanks, as there are at the end of a file.
        if (cells.length === 1 && cells[0]?.trim() === '') return;
        if (header === undefined) header = checkHeader(cells, start, notes);
        else rows.push(toMap(header, cells, start));
        if (rows.length * (header.length + 1) >= limits.dictionaryNodes) {
          throw new Limit(`more than ${limits.dictionaryNodes} values`, start);
        }
      },
    });
    if (rows.length === 0) throw new Stop('a header row and at least one more are expected', startOf(text));
    return rows;
  });
}

/** The library reads a whole row before it gives one. */
function checkWidth(table: string, delimiter: string, begin: number): void {
  let columns = 0;
  let end = table.search(/[\r\n]/);
  if (end < 0) end = table.length;
  for (let at = table.indexOf(delimiter); at >= 0 && at < end; at = table.indexOf(delimiter, at + 1)) {
    columns += 1;
    if (columns > limits.dictionaryNodes) throw new Limit(`more than ${limits.dictionaryNodes} values`, begin + at);
  }
}

function checkHeader(cells: readonly string[], start: number, notes: Set<string>): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  if (names.length < 2) throw new Stop('a table has at least two columns', start);
  if (names.lastIndexOf('') > 0) throw new Stop('a column has no name', start);
  // The row numbers of a data frame.
  if (names[0] === '') notes.add('The first column has no name; its key is empty.');
  if (new Set(names).size < names.length) throw new Stop('two columns have the same name', start);
  return names;
}

function toMap(header: readonly string[], cells: readonly string[], start: number): DictionaryValue {
  if (cells.length !== header.length) {
    throw new Stop(`a row has ${cells.length} cells, the header ${header.length}`, start);
  }
  return new Map(header.map((name, index) => [name, cells[index] ?? '']));
}

function cellsOf(data: unknown): string[] {
  return Array.isArray(data) ? data.map((cell) => String(cell)) : [];
}

/** The separator that stands most often in the first line, outside of quotes; a comma where none does. */
function delimiterOf(text: string): string {
  const [line = ''] = text.trimStart().split(/[\r\n]/, 1);
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '|'].map((sign) => ({ sign, count: bare.split(sign).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best), { sign: ',', count: 0 }).sign;
}
