// The texts that the editor shows, read from its sources: what is handed to `l10n.t`, and the sentences of core that it
// translates. And texts that reach the screen without being translated.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import ts from 'typescript';

const root = resolve(import.meta.dirname, '..', '..');

export type ShownTexts = {
  /** Every text that is translated, and where it stands first. */
  readonly translated: ReadonlyMap<string, string>;
  /** Calls of `l10n.t` whose text is not known before they run, as `file:line`. */
  readonly dynamic: readonly string[];
  /** Texts in a place that the person reads, which nobody translates, as `file: text`. */
  readonly raw: readonly string[];
};

/** Members of what VS Code shows that the person reads. */
const readMembers = new Set([
  ...['label', 'description', 'detail', 'title', 'placeHolder', 'prompt', 'tooltip', 'message', 'text', 'name'],
  ...['openLabel', 'saveLabel', 'refuse', 'agree', 'statusBarItem', 'accessibilityInformation', 'badge'],
]);

/** Methods whose texts the person reads. */
const readCalls = new Set(['info', 'warn', 'error', 'confirm', 'progress', 'showInformationMessage', 'showErrorMessage']);

/** Reads all sources of the editor, and core's files of sentences. */
export function shownTexts(): ShownTexts {
  const found = { translated: new Map<string, string>(), dynamic: [] as string[], raw: [] as string[] };
  for (const path of sourcesIn('src/editor')) ofEditor(path, found);
  ofEditor('src/extension.ts', found);
  for (const path of sourcesIn('src/core').filter((one) =>
    /entences\.ts$|doctor\/(?:advice|checked|redaction|report)\.ts$/.test(one),
  ))
    ofSentences(path, found);
  return found;
}

type Found = { readonly translated: Map<string, string>; readonly dynamic: string[]; readonly raw: string[] };

function ofEditor(path: string, found: Found): void {
  visit(path, (node, place) => {
    if (ts.isCallExpression(node) && isTranslation(node)) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) found.translated.set(first.text, place);
      else found.dynamic.push(place);
    } else if (isRead(node) && /[A-Za-z]{2}/.test(wordsOf(node))) {
      found.raw.push(`${path}: ${wordsOf(node)}`);
    }
  });
}

function ofSentences(path: string, found: Found): void {
  visit(path, (node, place) => {
    if (!ts.isStringLiteralLike(node) || !/[A-Za-z]/.test(node.text)) return;
    if (isSaid(node) || node.text.includes(' ')) found.translated.set(node.text, place);
  });
}

/** Whether a literal is the text of `say`. */
function isSaid({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && parent.expression.getText() === 'say';
}

function isTranslation({ expression }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) && expression.name.text === 't' && /\bl10n$/.test(expression.expression.getText())
  );
}

/** Whether a literal stands where the person reads it: as such a member, or handed to such a method that is not the log's. */
function isRead(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return readMembers.has(parent.name.getText());
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression)) return false;
  const { name, expression } = parent.expression;
  return readCalls.has(name.text) && /\b(ui|window)$/.test(expression.getText());
}

/** What a literal says by itself, without icons and without what is filled in. */
function wordsOf(node: ts.Node): string {
  const parts = ts.isTemplateExpression(node) ? [node.head, ...node.templateSpans.map(({ literal }) => literal)] : [node];
  const text = parts.map((part) => (ts.isStringLiteralLike(part) || 'text' in part ? String(part.text) : '')).join(' ');
  return text.replaceAll(/\$\([a-z~-]+\)/g, '').trim();
}

function visit(path: string, see: (node: ts.Node, place: string) => void): void {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const walk = (node: ts.Node): void => {
    see(node, `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`);
    ts.forEachChild(node, walk);
  };
  walk(file);
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith('.ts'))
    .toSorted();
}
