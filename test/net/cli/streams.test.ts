// The standard streams, as shells and services have them: a pipe that nobody reads any more, a disk that is full, an input that
// has no end, a descriptor and a device in the place of a file, and content beside what is told of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endFerries, factsIn, ferrySources, runFerry, startFerry } from '../../support/cliProcess.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

type Ended = { readonly code: number | null; readonly stderr: string };

describe('The standard streams of the command line', function () {
  this.timeout(120_000);
  let folder = '';
  let data = '';
  let toml = '';

  before(async () => {
    folder = await tempFolder();
    data = join(folder, 'data');
    toml = join(folder, 'config.toml');
    await writeFile(toml, 'a = 1\n');
    await writeFile(join(folder, 'passphrase'), 'four words are enough\n');
  });
  afterEach(endFerries);
  after(removeTempFolders);

  /** Runs it with these descriptors, the standard ones first. */
  const withFiles = (words: readonly string[], files: readonly (number | 'ignore')[]): Promise<Ended> => {
    const [command = '', ...first] = ferrySources;
    const args = [...first, ...words, '--local', '--data', data];
    const child = spawn(command, args, { stdio: [files[0] ?? 'ignore', files[1] ?? 'ignore', 'pipe', ...files.slice(2)] });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    return new Promise((done) => child.once('close', (code) => done({ code, stderr })));
  };

  for (const words of [['dict', 'config.toml', '--quiet'], ['invite'], ['invite', '--json']]) {
    it(`ends with 9 where standard output is full: ferry ${words.join(' ')}`, async function () {
      if (!existsSync('/dev/full')) skip(this, 'the device /dev/full, which Linux has');
      const full = await open('/dev/full', 'w');
      const ended = await withFiles(
        words.map((word) => (word === 'config.toml' ? toml : word)),
        ['ignore', full.fd],
      ).finally(() => full.close());
      const says = 'Standard output cannot be written. Free some space, or choose another place.\n';
      assert.deepEqual(ended, { code: 9, stderr: says });
    });
  }

  it('end a command that goes on where nobody reads its output any more', async () => {
    const reader = join(folder, 'reader');
    await runFerry(['trust', (await runFerry(['invite'], { data })).stdout.trim()], { data: reader });
    const [command = '', ...first] = ferrySources;
    const args = [...first, 'receive', '--json', '--into', folder, '--local', '--data', reader, '--own-name', 'reader'];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((done) => child.once('close', done));
    const port = await new Promise<string>((done) =>
      child.stdout.once('data', (line: Buffer) => done(String((JSON.parse(line.toString()) as { port: number }).port))),
    );
    child.stdout.destroy();
    await startFerry(['send', toml, '--to', `127.0.0.1:${port}`], { data });
    assert.equal(await ended, 130);
  });

  it('say nothing to whoever has read enough of a content', async () => {
    await writeFile(join(folder, 'big.bin'), Buffer.alloc(4_000_000, 'x'));
    const passphrase = ['--passphrase-file', join(folder, 'passphrase')];
    const sealed = join(folder, 'big.sealed');
    assert.equal((await runFerry(['seal', join(folder, 'big.bin'), ...passphrase, '--output', sealed], { data })).code, 0);
    const [command = '', ...first] = ferrySources;
    const args = [...first, 'open', sealed, ...passphrase, '--output', '-', '--local', '--data', data];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((done) => child.once('close', done));
    assert.deepEqual([code, stderr], [130, '']);
  });

  it('are left while the input has no end yet, and nothing of it stays', async () => {
    const listening = await startFerry(['receive', '--json'], { data: join(folder, 'patient'), name: 'patient' });
    const { port } = await listening.fact('listening');
    const input = join(data, 'input');
    await mkdir(input, { recursive: true });
    const changes = watch(input)[Symbol.asyncIterator]();
    const words = ['send', '-', '--name', 'log', '--to', `127.0.0.1:${String(port)}`];
    const ferry = await startFerry(words, { data, input: true });
    ferry.write('begun');
    await changes.next();
    // A watch that is left keeps the process of the tests alive.
    await changes.return?.();
    ferry.kill('SIGINT');
    assert.deepEqual([await ferry.ended, ferry.stderr()], [130, 'Cancelled.\n']);
    assert.deepEqual(await readdir(input), []);
  });

  it('take a content where another descriptor or a device is named in the place of a file', async function () {
    if (process.platform === 'win32') skip(this, 'descriptors as files');
    const third = await open(join(folder, 'third'), 'a');
    await third.write('before\n');
    const words = ['dict', toml, '--output', '/dev/fd/3', '--quiet'];
    const ended = await withFiles(words, ['ignore', 'ignore', third.fd]).finally(() => third.close());
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(await readFile(join(folder, 'third'), 'utf8'), 'before\n{"a":1}\n');
    assert.equal((await runFerry(['dict', toml, '--output', '/dev/null'], { data })).code, 0);
    const { stdout } = await runFerry(['dict', toml, '--output', '/dev/stdout'], { data });
    assert.equal(stdout, '{"a":1}\n');
  });

  it('give what is read as a dictionary, sealed and opened', async () => {
    const passphrase = ['--passphrase-file', join(folder, 'passphrase')];
    const read = await runFerry(['dict', '-', '--as', 'xml'], { data, stdin: 'a = 1\n' });
    assert.match(read.stdout, /<number key="a">1<\/number>.*\n$/s);
    const { stdout } = await runFerry(['seal', '-', '--name', 'note.txt', ...passphrase], { data, stdin: 'between us\n' });
    const opened = await runFerry(['open', '-', ...passphrase, '--output', '-'], { data, stdin: stdout });
    assert.deepEqual([opened.code, opened.stdout], [0, 'between us\n']);
    const large = await runFerry(['dict', '-'], { data, stdin: 'x'.repeat(1024 * 1024 + 1) });
    assert.deepEqual([large.code, large.stdout], [8, '']);
  });

  it('have a content by itself: what peers say meanwhile stands beside it', async () => {
    const [alice, bob] = [join(folder, 'alice'), join(folder, 'bob')];
    const invite = async (of: string): Promise<string> => (await runFerry(['invite'], { data: of })).stdout.trim();
    await runFerry(['trust', await invite(alice)], { data: bob });
    await runFerry(['trust', await invite(bob)], { data: alice });
    const words = ['receive', '--print', '--once', '--verbose'];
    const ferry = await startFerry(words, { data: alice, name: 'alice' });
    assert.equal((await runFerry(['message', 'alice', '-'], { data: bob, name: 'bob', stdin: 'read this\n' })).code, 0);
    assert.equal((await runFerry(['send', toml, '--to', 'alice'], { data: bob })).code, 0);
    assert.equal(await ferry.ended, 0);
    assert.equal(ferry.stdout(), 'a = 1\n');
    assert.match(ferry.stderr(), /^bob: read this$/m);
  });

  for (const words of [
    ['receive', '--print'],
    ['get', 'nobody', 'x', '--print'],
    ['dict', 'config.toml'],
  ]) {
    it(`hold no content between the lines of --json: ferry ${words.join(' ')}`, async () => {
      const given = words.map((word) => (word === 'config.toml' ? toml : word));
      const { code, stdout } = await runFerry([...given, '--json'], { data });
      assert.deepEqual([code, factsIn(stdout).at(-1)?.['exit']], [2, 2]);
    });
  }
});
