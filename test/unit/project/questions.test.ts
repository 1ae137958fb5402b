// Questions whose first answer would be the dangerous one: there is one way to ask in a dialog, and its first button refuses.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const editor = new URL('../../../src/editor/', import.meta.url);
const files = readdirSync(editor, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(new URL(path, editor), 'utf8') }));
const having = (pattern: RegExp): readonly string[] => files.flatMap(({ path, text }) => (pattern.test(text) ? path : []));

describe('Questions', () => {
  it('are asked in a dialog by one function alone, for the first button of a dialog has the focus', () => {
    assert.deepEqual(having(/\bmodal\b/), ['host/ui.ts']);
    assert.deepEqual(having(/\bshow(?:Information|Warning|Error)Message\b/), ['host/ui.ts']);
  });

  it('have a first button that says that nothing is done', () => {
    const refusals = files.flatMap(({ text }) =>
      [...text.matchAll(/\brefuse: ([^}]*?), agree:/gs)].map(([, words = '']) => words),
    );
    assert.ok(refusals.length >= 12, `${refusals.length} questions`);
    for (const words of refusals) {
      const said = [...words.matchAll(/l10n\.t\('([^']*)'\)/g)].map(([, text = '']) => text);
      assert.ok(said.length > 0, words);
      for (const text of said) assert.match(text, /^(?:Do Not|Keep|Choose No) /);
    }
  });
});
