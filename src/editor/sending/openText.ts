// The text of an open document as bytes, and a name for one that has none.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { encodingName } from '../../core/text/encodings.ts';
import { plain } from '../../core/text/safeText.ts';

const namedAtMost = 8;

/**
 * The bytes that saving a document would give. Fails with ERR_SOURCE_MISSING (reason encoding) where they would not hold its
 * text.
 */
export async function textBytes(document: vscode.TextDocument): Promise<Uint8Array> {
  const text = document.getText();
  const { encoding } = document;
  const bytes = await vscode.workspace.encode(text, { encoding });
  if (await holds(bytes, text, encoding)) return bytes;
  const lost = await lostCharacters(text, encoding);
  throw new FerryError('ERR_SOURCE_MISSING', 'the encoding cannot hold the text', {
    detail: { reason: 'encoding', encoding: encodingName(encoding), characters: lost.join(' ') },
  });
}

async function holds(bytes: Uint8Array, text: string, encoding: string): Promise<boolean> {
  const back = await vscode.workspace.decode(bytes, { encoding });
  // A byte order mark is no part of the text.
  return back === text || `\ufeff${back}` === text;
}

/** The first few characters that an encoding cannot hold, each once. */
async function lostCharacters(text: string, encoding: string): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const character of new Set(text)) {
    if (/^[\t\n\r -~]$/.test(character)) continue;
    if (await holds(await vscode.workspace.encode(character, { encoding }), character, encoding)) continue;
    lost.push(plain(character) || `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
    if (lost.length === namedAtMost) break;
  }
  return lost;
}

/**
 * An untitled document has the name of the file that it is to become, or its first words, as its tab has, and the ending of its
 * language.
 */
export function untitledName(document: vscode.TextDocument): string {
  const { path } = document.uri;
  if (path.includes('/')) return basename(path);
  const words = plain(document.lineAt(0).text, 32)
    .replaceAll(/[^\p{L}\p{N} _-]+/gu, '')
    .trim();
  return `${words || 'Untitled'}${endingOf(document.languageId)}`;
}

/** The ending of files of a language, as the extension that brings the language has it. */
function endingOf(languageId: string): string {
  const endings = vscode.extensions.all
    .flatMap(({ packageJSON }) => languagesOf(packageJSON))
    .flatMap((language) => (language.id === languageId ? (language.extensions ?? []) : []));
  return endings.find((ending): ending is string => typeof ending === 'string' && /^\.[\w.+-]{1,16}$/.test(ending)) ?? '.txt';
}

type Language = { readonly id?: unknown; readonly extensions?: readonly unknown[] };

function languagesOf(manifest: unknown): readonly Language[] {
  const contributes = memberOf(manifest, 'contributes');
  const languages = memberOf(contributes, 'languages');
  return Array.isArray(languages) ? languages.flatMap(languageOf) : [];
}

function languageOf(value: unknown): readonly Language[] {
  const extensions = memberOf(value, 'extensions');
  return Array.isArray(extensions) ? [{ id: memberOf(value, 'id'), extensions }] : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
}
