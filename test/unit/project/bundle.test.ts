// The bundle: how much of it is loaded when a window starts, and that no code stands in it twice.

import assert from 'node:assert/strict';

import { DEFAULT_WORDLIST } from 'secure-password-utilities/wordlists';

import { type BundleMade, makeBundle } from '../../support/startBundle.ts';

/** Libraries that only some windows ever need. */
const onDemand = [
  'jose',
  'secure-password-utilities',
  'bonjour-service',
  'cborg',
  'fast-xml-parser',
  'jsonc-parser',
  'papaparse',
  'smol-toml',
  'yaml',
];

describe('The bundle', function () {
  this.timeout(60_000);
  let made: BundleMade;

  before(async () => {
    made = await makeBundle();
  });

  it('loads at most 200 KB when a window starts', () => {
    assert.ok(made.startBytes > 100_000 && made.startBytes <= 200_000, `${made.startBytes} bytes`);
  });

  it('has at most 1 500 KB in all its files', () => {
    assert.ok(made.allBytes > 500_000 && made.allBytes <= 1_500_000, `${made.allBytes} bytes`);
  });

  it('makes a package of at most 600 KB, in which there is nothing that an installed extension does not show', () => {
    assert.ok(made.packedBytes > 200_000 && made.packedBytes <= 600_000, `${made.packedBytes} bytes`);
    assert.deepEqual(made.packedBeside.filter((path) => path.startsWith('media/')).toSorted(), [
      'media/activity.svg',
      'media/icon.png',
      'media/walkthrough-find.svg',
      'media/walkthrough-pair.svg',
      'media/walkthrough-reach.svg',
      'media/walkthrough-send.svg',
    ]);
  });

  it('has the words for passphrases as the library has them, though packed', () => {
    assert.deepEqual(made.words, DEFAULT_WORDLIST);
  });

  it('names every library that is in it, with its licence', () => {
    const libraries = [...made.copies.keys()].flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    const sections = made.notices.split(`\n${'-'.repeat(78)}\n\n`).slice(1);
    const named = new Map(sections.map((section) => [/^(\S+) \d+\.\d+\.\d+\n\n/.exec(section)?.[1], section]));
    assert.deepEqual([...named.keys()].toSorted(), [...new Set(libraries)].toSorted());
    for (const [name, section] of named) assert.match(section, /MIT|ISC|BSD|Apache/, name);
  });

  it('has the code of each file once, so that there is one class of each error', () => {
    assert.equal(made.copies.get('src/core/base/errors.ts'), 1);
    assert.deepEqual(
      [...made.copies].filter(([, count]) => count !== 1),
      [],
    );
  });

  it("hands no library to an AMD loader, which VS Code's extension host has at times", () => {
    assert.deepEqual(made.amd, []);
  });

  for (const library of onDemand) {
    it(`loads ${library} only where it is needed`, () => {
      const within = (path: string): boolean => path.startsWith(`node_modules/${library}/`);
      assert.ok([...made.copies.keys()].some(within), `${library} is not in the bundle`);
      assert.deepEqual(made.startInputs.filter(within), []);
    });
  }
});
