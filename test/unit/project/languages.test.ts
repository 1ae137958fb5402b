// What the editor shows can be translated: every text of it passes one place, and is known before it is shown. And it is
// translated: each language has every text, and in each text whatever is no language.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { shownTexts } from '../../support/shownTexts.ts';

describe('The texts of the editor', function () {
  this.timeout(30_000);

  it('are translated, but for names', () => {
    assert.deepEqual([...new Set(shownTexts().raw)].toSorted(), [
      'src/editor/asking/formatPick.ts: JSON',
      'src/editor/asking/formatPick.ts: XML',
      'src/editor/menus.ts: Ferry',
      'src/editor/peers/followPairings.ts: Ferry:',
      'src/editor/requests/waitingItem.ts: Ferry:',
      'src/editor/statusBar.ts: Ferry',
      'src/editor/statusBar.ts: Ferry:',
      'src/editor/transfers/activity.ts: Ferry:',
    ]);
  });

  it('are known before they are shown, but for the sentences of core, which are known there', () => {
    const { translated, dynamic } = shownTexts();
    assert.deepEqual(
      dynamic.map((place) => place.replace(/:\d+$/, '')),
      ['src/editor/asking/errorWords.ts', 'src/editor/doctor/diagnose.ts'],
    );
    assert.ok(translated.size > 300, `${translated.size} texts`);
    assert.ok(translated.has('{0} answered in a way that Ferry does not understand.'));
  });
});

const root = resolve(import.meta.dirname, '..', '..', '..');
const languages = ['de', 'fr', 'ja', 'zh-cn'];

type Texts = Readonly<Record<string, string>>;

const textsIn = (path: string): Texts => JSON.parse(readFileSync(join(root, path), 'utf8')) as Texts;

/**
 * What a translation must not change: places, icons, code, the commands of links, how often something is bold; and how it ends.
 */
function partsOf(text: string): readonly string[] {
  const parts = [...text.matchAll(/\{\d\}|\$\([a-z~-]+\)|`[^`]*`|\]\([^)]*\)|\*\*|\bferry\.[a-z]+\.[A-Za-z]+|\n/g)];
  return [...parts.map(([part]) => part).toSorted(), ...(text.endsWith('…') ? ['…'] : [])];
}

/** Texts that say the same in every language, or in this one. */
function isTheSame(text: string): boolean {
  return !/[a-z]{3}/.test(
    text.replaceAll(/\{\d\}|\$\([a-z~-]+\)|\b(?:Ferry|Transfers?|Messages?|Port|Binary|Code|Note|Version)\b/gi, ''),
  );
}

function expectTranslated(english: Texts, translated: Texts): void {
  assert.deepEqual(Object.keys(translated).toSorted(), Object.keys(english).toSorted());
  const changed = Object.entries(english).filter(([key, text]) => {
    return JSON.stringify(partsOf(text)) !== JSON.stringify(partsOf(translated[key] ?? ''));
  });
  assert.deepEqual(
    changed.map(([key, text]) => [text, translated[key]]),
    [],
  );
  const left = Object.entries(english).filter(([key, text]) => translated[key]?.trim() === text.trim() && !isTheSame(text));
  assert.ok(left.length * 50 < Object.keys(english).length, JSON.stringify(left));
}

describe('Each language', () => {
  it('is one of those that are promised', () => {
    const found = (folder: string, pattern: RegExp): readonly string[] =>
      readdirSync(join(root, folder))
        .flatMap((name) => pattern.exec(name)?.[1] ?? [])
        .toSorted();
    assert.deepEqual(found('l10n', /^bundle\.l10n\.(.+)\.json$/), languages);
    assert.deepEqual(found('.', /^package\.nls\.(.+)\.json$/), languages);
  });

  for (const language of languages) {
    it(`has every text that the editor shows: ${language}`, () => {
      const english = Object.fromEntries([...shownTexts().translated.keys()].map((text) => [text, text]));
      expectTranslated(english, textsIn(`l10n/bundle.l10n.${language}.json`));
    }).timeout(30_000);

    it(`has every text of package.json: ${language}`, () => {
      expectTranslated(textsIn('package.nls.json'), textsIn(`package.nls.${language}.json`));
    });
  }

  // The palette is in alphabetical order, and Enter takes the first: whoever types the plain title must not get the other one.
  it('has the titles of plain commands before those of encrypted ones', () => {
    for (const language of ['en', ...languages]) {
      const titles = textsIn(language === 'en' ? 'package.nls.json' : `package.nls.${language}.json`);
      for (const what of ['sendFile', 'sendFolder']) {
        const [plain, encrypted] = [titles[`command.${what}`] ?? '', titles[`command.${what}Encrypted`] ?? ''];
        assert.ok(plain.localeCompare(encrypted, language) < 0, `${language}: ${encrypted}`);
      }
    }
  });
});
