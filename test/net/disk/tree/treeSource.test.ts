// A folder to send: what goes along, what stays at home, and what is made of changes on the way.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';

import { limits } from '../../../../src/core/base/limits.ts';
import { type FolderSource, folderSource } from '../../../../src/net/disk/tree/treeSource.ts';
import { skip } from '../../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { needsTools } from '../../../support/tools.ts';
import { bytesOf, carry, everything, makeExecutable, makeTree, type Tree, treeAt, unpack } from '../../../support/trees.ts';

const isRoot = process.getuid?.() === 0;
const large = randomBytes(3 * limits.pieceBytes + 1234);

describe('A folder to send', () => {
  let root = '';
  let target = '';
  let folder = '';
  const make = (tree: Tree): Promise<void> => makeTree(folder, tree);
  const open = (more = {}): Promise<FolderSource> => folderSource(folder, { ...everything, ...more });
  /** What arrives of a source, which must have the bytes that it says. */
  const arriving = async (source: FolderSource): Promise<Readonly<Record<string, string>>> => {
    const bytes = await bytesOf(source);
    assert.equal(bytes.length, source.size);
    return treeAt(await unpack(target, bytes));
  };
  const namesOf = (source: FolderSource): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      Object.entries(source.leftOut)
        .filter(([, { count }]) => count > 0)
        .map(([reason, { names }]) => [reason, names.toSorted()]),
    );

  beforeEach(async () => {
    root = await tempFolder();
    [folder, target] = [join(root, 'folder'), join(root, 'target')];
    await mkdir(folder);
    await mkdir(target, { mode: 0o700 });
  });
  afterEach(removeTempFolders);

  it('arrives as it is, and says what is in it', async () => {
    await make({ 'd/e/f': 'F', 'd/run.sh': '#!', empty: undefined, none: '', 'größe 🚢.txt': 'ship', large });
    await makeExecutable(join(folder, 'd/run.sh'));
    const source = await open();
    assert.deepEqual([source.name, source.files, source.folders], ['folder', 5, 3]);
    assert.deepEqual(await arriving(source), await treeAt(folder).then((tree) => ({ ...tree })));
    assert.equal(source.leftOutLate(), 0);
    assert.deepEqual(namesOf(source), {});
  });

  it('arrives as it is, whatever it is', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🚢', '.', '-', 'x'.repeat(50)), minLength: 1, maxLength: 3 });
    const path = fc.array(name, { minLength: 1, maxLength: 3 });
    const content = fc.option(fc.uint8Array({ maxLength: 2000 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, content), { maxLength: 12 }), async (wanted) => {
        const tree: Tree = Object.fromEntries(
          wanted.map(([parts, bytes], n) => [parts.map((part) => `${n}${part}n`).join('/'), bytes]),
        );
        await rm(folder, { recursive: true });
        await mkdir(folder);
        await make(tree);
        assert.deepEqual(await treeAt(await carry(folder, target)), await treeAt(folder));
      }),
      { numRuns: 20 },
    );
  });

  it('is the same stream each time, and its tail from any byte on', async () => {
    await make({ 'd/a': 'A'.repeat(700), 'd/b': '', e: undefined, large, 'n/🚢': 'ship', z: 'Z'.repeat(5000) });
    const source = await open();
    const whole = await bytesOf(source);
    const froms = Array.from({ length: 40 }, (_, n) => Math.floor((whole.length * n) / 40) + n);
    for (const from of [...froms, 512, whole.length - 1024, whole.length - 1, whole.length])
      assert.ok((await bytesOf(source, from)).equals(whole.subarray(from)), `${from}`);
  });

  it('names fifty of its files, those first that may make something run', async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a/${`${n}`.padStart(2, '0')}.txt`, '']));
    await make({ ...many, 'z/package.json': '{}', 'z/y/tasks.json': '{}' });
    const { names } = await open();
    assert.deepEqual(names.slice(0, 3), ['z/y/tasks.json', 'z/package.json', 'a/00.txt']);
    assert.equal(names.length, 50);
  });

  it('leaves links and devices at home, and follows none (needs mkfifo)', async function () {
    needsTools(this, 'mkfifo');
    await make({ a: 'A', '../outside/secret': 'S' });
    await symlink(join(root, 'outside'), join(folder, 'link'));
    await symlink('a', join(folder, 'near'));
    await symlink('nowhere', join(folder, 'broken'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const source = await open();
    assert.deepEqual(namesOf(source), { link: ['broken', 'link', 'near'], device: ['pipe'] });
    assert.deepEqual(await arriving(source), { a: 'A' });
  });

  it('may be reached by a link itself', async () => {
    await make({ a: 'A' });
    await symlink(folder, join(root, 'link'));
    const source = await folderSource(join(root, 'link'), everything);
    assert.deepEqual([source.name, await arriving(source)], ['link', { a: 'A' }]);
  });

  it('leaves secrets at home unless the person wants them along', async () => {
    const secrets = ['.env', '.env.local', 'd/id_ed25519', 'd/server.pem', '.npmrc', '.ssh/config'];
    const others = ['.env.example', 'd/id_ed25519.pub', 'environment.ts', 'd/key.ts'];
    await make(Object.fromEntries([...secrets, ...others].map((path) => [path, 'x'])));
    const source = await open({ includeSecrets: false });
    assert.deepEqual(namesOf(source), { secret: ['.env', '.env.local', '.npmrc', '.ssh', 'd/id_ed25519', 'd/server.pem'] });
    assert.deepEqual(Object.keys(await arriving(source)).sort(), [...others, 'd/'].sort());
    assert.equal((await open()).files, 10);
  });

  it('leaves at home what git does not keep, and its own folder, where that is wanted', async () => {
    await make({
      '.gitignore': 'out/\n*.log\n!keep.log\n/only-here\n',
      '.git/config': '',
      'out/a': '',
      'a.log': '',
      'keep.log': '',
      'only-here': '',
      'd/only-here': '',
      'd/.gitignore': '!b.log\nc.txt\n',
      'd/a.log': '',
      'd/b.log': '',
      'd/c.txt': '',
      'c.txt': '',
    });
    const source = await open({ followGitignore: true });
    assert.deepEqual(namesOf(source), { ignored: ['.git', 'a.log', 'd/a.log', 'd/c.txt', 'only-here', 'out'] });
    const kept = ['.gitignore', 'c.txt', 'd/', 'd/.gitignore', 'd/b.log', 'd/only-here', 'keep.log'];
    assert.deepEqual(Object.keys(await arriving(source)).sort(), kept);
    assert.equal((await open()).files, 12);
  });

  it('obeys the rules of the repository that it lies in, unless it is ignored itself', async () => {
    await make({
      '../.git/HEAD': '',
      '../.gitignore': 'deep/\nfolder/d/x\nbuild\n',
      'd/x': '',
      'd/deep/a': '',
      'd/y': '',
      'build/b': '',
    });
    assert.deepEqual(namesOf(await open({ followGitignore: true })), { ignored: ['build', 'd/deep', 'd/x'] });
    assert.equal((await folderSource(join(folder, 'build'), { ...everything, followGitignore: true })).files, 1);
  });

  it('leaves at home what the editor hides', async () => {
    await make({ '.git/HEAD': '', 'a.js': '', 'a.map': '', 'd/b.map': '', 'd/.DS_Store': '', 'c.tmp': '', 'd/c.tmp': '' });
    const source = await open({ exclude: ['**/.git', '**/*.{map,swp}', '**/.DS_Store', '*.tmp'] });
    assert.deepEqual(namesOf(source), { ignored: ['.git', 'a.map', 'c.tmp', 'd/.DS_Store', 'd/b.map'] });
  });

  it('says what cannot be read (skipped for root, who may read all)', async function () {
    if (isRoot) skip(this, 'a user who is not root: root may read every file');
    await make({ a: 'A', b: 'B', 'd/c': 'C' });
    await chmod(join(folder, 'a'), 0);
    await chmod(join(folder, 'd'), 0);
    const source = await open();
    await chmod(join(folder, 'd'), 0o700);
    assert.deepEqual(namesOf(source), { unreadable: ['a', 'd'] });
    assert.deepEqual(await arriving(source), { b: 'B' });
  });

  it('says that a name which is not UTF-8 cannot be read (only where a disk takes such names)', async function () {
    await make({ a: 'A' });
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'x')), Buffer.of(0xff)]), '').catch(() => {
      skip(this, 'a file system that takes names which are not UTF-8');
    });
    assert.deepEqual(namesOf(await open()), { unreadable: ['x\ufffd'] });
  });

  const unfit: readonly (readonly [string, object, (folder: string) => Promise<unknown>])[] = [
    ['nothing', { reason: 'missing' }, (path) => rm(path, { recursive: true })],
    ['a file', { reason: 'not-a-folder' }, (path) => rm(path, { recursive: true }).then(() => writeFile(path, ''))],
    [
      'one with names that are one on some disks',
      { reason: 'collision', path: 'd/b:c' },
      (path) => makeTree(path, { 'd/b:c': '', 'd/b?c': '', 'd/a': '' }),
    ],
    [
      'one that is too deep',
      { reason: 'limit', path: Array.from({ length: limits.folderDepth + 1 }, () => 'd').join('/') },
      (path) => mkdir(join(path, 'd/'.repeat(limits.folderDepth + 1)), { recursive: true }),
    ],
  ];
  for (const [what, detail, prepare] of unfit) {
    it(`is not ${what}`, async () => {
      await prepare(folder);
      await assert.rejects(open(), (error: { code?: unknown; detail?: { path?: unknown } }) => {
        assert.equal(error.code, 'ERR_SOURCE_MISSING');
        const same = detail as { path?: string };
        // Which of two that collide comes second depends on their order.
        assert.deepEqual({ ...error.detail }, same.path === 'd/b:c' ? { ...detail, path: 'd/b?c' } : detail);
        return true;
      });
    });
  }

  it('stops being gathered when nobody wants it any more', async () => {
    await make({ a: 'A' });
    const reason = new Error('not wanted');
    await assert.rejects(open({ signal: AbortSignal.abort(reason) }), reason);
  });
});
