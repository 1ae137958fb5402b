// A language that does not exist, to see which words on screen are not translated and which have no room: each text of Ferry is
// longer by a third and stands in ［brackets］.

import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Editor } from '../../host/lib/editor.ts';
import { packExtension, packFolder, projectRoot } from '../../host/lib/pack.ts';
import { shownTexts } from '../../support/shownTexts.ts';

export const pseudoLanguage = 'qps-ploc';

/** Packs Ferry with such a translation, and a language pack, without which VS Code knows no such language. */
export async function packPseudo(): Promise<readonly string[]> {
  if (process.env['FERRY_UI_VSIX'] === undefined) await packExtension();
  const folder = join(projectRoot, 'out', 'pseudo');
  await rm(folder, { recursive: true, force: true });
  const packs = [join(folder, 'ferry.vsix'), join(folder, 'language.vsix')] as const;
  await packFolder(await ferryIn(join(folder, 'ferry')), packs[0]);
  await packFolder(await languageIn(join(folder, 'language')), packs[1]);
  return packs;
}

/** Says to an editor that the language is there, which VS Code does not do where its pack is installed by the command line. */
export async function registerPseudo({ dataDir }: Pick<Editor, 'dataDir'>): Promise<void> {
  const messages = join(dataDir, '..', 'extensions', 'ferry.pseudo-language-1.0.0', 'main.i18n.json');
  const extensions = [{ extensionIdentifier: { id: 'ferry.pseudo-language' }, version: '1.0.0' }];
  const pack = { hash: 'pseudo', label: 'Pseudo', extensions, translations: { vscode: messages } };
  await writeJson(join(dataDir, 'data', 'languagepacks.json'), { [pseudoLanguage]: pack });
}

/** A text in the language: what is filled in, icons, links to commands and line ends stay. */
export function pseudo(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const link = /^\[(.+)\]\((command:.+)\)$/.exec(line);
      return link === null ? longer(line) : `[${longer(link[1] ?? '')}](${link[2] ?? ''})`;
    })
    .join('\n');
}

function longer(text: string): string {
  return text === '' ? '' : `［${text}${'·'.repeat(Math.ceil(text.length / 3))}］`;
}

async function ferryIn(folder: string): Promise<string> {
  await mkdir(join(folder, 'l10n'), { recursive: true });
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.nls.json'])
    await copyFile(join(projectRoot, name), join(folder, name));
  for (const name of ['dist', 'media']) await cp(join(projectRoot, name), join(folder, name), { recursive: true });
  const manifest = await readObject(join(projectRoot, 'package.json'));
  await writeJson(join(folder, 'package.json'), { ...manifest, l10n: './l10n' });
  const names = Object.entries(await readObject(join(projectRoot, 'package.nls.json')));
  const nls = Object.fromEntries(names.map(([key, text]) => [key, pseudo(String(text))]));
  await writeJson(join(folder, `package.nls.${pseudoLanguage}.json`), nls);
  const texts = [...shownTexts().translated.keys()].map((text) => [text, pseudo(text)] as const);
  await writeJson(join(folder, 'l10n', `bundle.l10n.${pseudoLanguage}.json`), Object.fromEntries(texts));
  return folder;
}

async function languageIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), 'A language for tests.\n');
  await copyFile(join(projectRoot, 'LICENSE'), join(folder, 'LICENSE'));
  await writeJson(join(folder, 'main.i18n.json'), { version: '1.0.0', contents: {} });
  await writeJson(join(folder, 'package.json'), {
    name: 'pseudo-language',
    publisher: 'ferry',
    version: '1.0.0',
    license: 'MIT',
    repository: 'https://example.invalid/pseudo-language',
    engines: { vscode: '^1.101.0' },
    contributes: {
      localizations: [
        {
          languageId: pseudoLanguage,
          languageName: 'Pseudo',
          localizedLanguageName: 'Pseudo',
          translations: [{ id: 'vscode', path: './main.i18n.json' }],
        },
      ],
    },
  });
  return folder;
}

async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`${path} holds no object`);
  return { ...value };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value, null, 2));
}
