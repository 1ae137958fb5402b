// The lines of an INI file: comments left out, and those that go on below their key joined with it.

import { entryCounter, filledLines, type Line, Stop, startOf } from './notation.ts';

/** A section's head, or an entry with the lines that go on with its value. `offset` is where its first character stands. */
export type IniLine =
  | { readonly kind: 'section'; readonly name: string; readonly offset: number }
  | { readonly kind: 'entry'; readonly text: string; readonly more: readonly string[]; readonly offset: number };

const sectionLine = /^\s*\[([^\]\n]+)\]\s*(?:[#;].*)?$/;
const blank = /^\s*(?:[#;].*)?$/;
const separated = /^[\w.-]+[ \t]*(?:=(?!=)|:(?:[ \t]|$))/;

/**
 * The lines with their meaning. A backslash at the end goes on with the next line, as systemd has it; in a section, so does what
 * is indented deeper than its key. Outside of a section, indentation below an empty value is another notation.
 */
export function iniLines(text: string, notes: Set<string>): readonly IniLine[] {
  const found: IniLine[] = [];
  let open: { text: string; more: string[]; offset: number; indent: number } | undefined;
  let inSection = false;
  const count = entryCounter();
  for (const line of joined(text)) {
    if (blank.test(line.text)) continue;
    const offset = line.offset + startOf(line.text);
    const indent = indentOf(line.text);
    const trimmed = line.text.trim();
    if (open !== undefined && indent > open.indent) {
      const isEmpty = /[=:]\s*$/.test(open.text) && open.more.length === 0;
      if (isEmpty && !inSection) throw new Stop('indentation below an empty value', offset);
      const looksLikeKey = separated.test(trimmed);
      if (inSection || !looksLikeKey) {
        if (looksLikeKey) notes.add('Indented lines went on with the value above them.');
        open.more.push(trimmed);
        continue;
      }
    }
    count(offset);
    const name = sectionLine.exec(line.text)?.[1]?.trim();
    inSection ||= name !== undefined;
    open = name === undefined ? { text: trimmed, more: [], offset, indent } : undefined;
    found.push(
      name === undefined && open !== undefined ? { kind: 'entry', ...open } : { kind: 'section', name: name ?? '', offset },
    );
  }
  return found;
}

function indentOf(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0;
}

/** Lines joined where one ends in a backslash after white space, or in one before an indented line: a path may end in one. */
function* joined(text: string): Generator<Line> {
  let open: { pieces: string[]; offset: number; end: number } | undefined;
  for (const line of filledLines(text)) {
    const end = line.offset + line.text.length;
    const follows = open !== undefined && /^(?:\r\n|\r|\n)$/.test(text.slice(open.end, line.offset));
    if (open !== undefined && !follows) {
      yield { text: open.pieces.join(' '), offset: open.offset };
      open = undefined;
    }
    if (open !== undefined && /^\s*[#;]/.test(line.text)) {
      open.end = end;
      continue;
    }
    const goesOn = /(?:^|[^\\])\\$/.test(line.text) && (/\s\\$/.test(line.text) || indentedBelow(text, end));
    const piece = goesOn ? line.text.slice(0, -1).trimEnd() : line.text;
    if (open === undefined) open = { pieces: [piece], offset: line.offset, end };
    else {
      open.pieces.push(piece.trim());
      open.end = end;
    }
    if (goesOn) continue;
    yield { text: open.pieces.join(' '), offset: open.offset };
    open = undefined;
  }
  if (open !== undefined) yield { text: open.pieces.join(' '), offset: open.offset };
}

const indented = /(?:\r\n|\r|\n)[ \t]+[^\s]/y;

function indentedBelow(text: string, end: number): boolean {
  indented.lastIndex = end;
  return indented.test(text);
}
