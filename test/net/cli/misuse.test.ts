// What goes wrong on a command line: each has one clear sentence and its exit code, and nothing on standard output.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { exitCodeOf, exitCodes } from '../../../src/cli/exitCodes.ts';
import { errorCodes } from '../../../src/core/base/errors.ts';
import { endFerries, factsIn, runFerry, startFerry } from '../../support/cliProcess.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

/** A command line, its exit code, and what it says. */
type Row = readonly [words: readonly string[], code: number, says: RegExp];

const rows: readonly Row[] = [
  [['sned', 'x'], 2, /^There is no command sned\. There are peers, send, receive, .* and help\.\n$/],
  [['constructor'], 2, /^There is no command constructor\./],
  [['send'], 2, /^"ferry send" wants more words\. See "ferry help send"\.\n$/],
  [['send', 'package.json'], 2, /^Say who it is for: --to PEER\. "ferry peers" lists who is there\.\n$/],
  [['send', 'package.json', '--too', 'x'], 2, /^Unknown option '--too'/],
  [['send', 'package.json', '--to'], 2, /--to/],
  [['send', '-', '--to', 'x'], 2, /^Say what standard input is called: --name NAME\.\n$/],
  [['send', 'package.json', '--to', 'x', '--timeout', 'soon'], 2, /^--timeout is a number from 1 to 86400\.\n$/],
  [['send', 'package.json', '--to', 'x', '--encrypt', '--passphrase-file', 'package.json'], 2, /^Either --encrypt/],
  [['send', 'no such file', '--to', 'x'], 9, /^no such file: There is no such file\.\n$/],
  [['send', 'package.json', '--to', 'x', '--passphrase-file', 'no such file'], 9, /^The file with the passphrase is not there: /],
  [['peers', 'more'], 2, /^"ferry peers" wants fewer words: what is more\?/],
  [['receive', '--accept', 'all'], 2, /^--accept is one of paired, ask, none\.\n$/],
  [['receive', '--port', '0'], 2, /^--port is a number from 1 to 65535\.\n$/],
  [['trust', 'ABC'], 2, /^A peer ID has 61 characters, this has 3\.\n$/],
  [['dict', 'no such file'], 9, /^no such file: /],
  [['dict', 'package.json', '--as', 'yaml'], 2, /^--as is one of json, xml, cbor\.\n$/],
  [['seal', 'package.json'], 2, /^Say who can open it: /],
  [['open', 'package.json'], 8, /./],
  [['message', '127.0.0.1:1', ' '], 2, /^A message has a text\.\n$/],
  [['get', '127.0.0.1:1', '/'], 2, /^Name what to get as "ferry list" does\.\n$/],
  [['seal', '-', '--passphrase-file', 'package.json'], 2, /^Say what standard input is called: --name NAME\.\n$/],
];

describe('A command line that goes wrong', function () {
  this.timeout(120_000);
  let folder = '';
  let data = '';

  before(async () => {
    folder = await tempFolder();
    data = join(folder, 'data');
  });
  afterEach(endFerries);
  after(removeTempFolders);

  for (const [words, code, says] of rows) {
    it(`ends with ${code}: ferry ${words.join(' ')}`, async () => {
      const ended = await runFerry(words, { data });
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
      assert.match(ended.stderr, says);
      assert.equal(ended.stderr.trimEnd().split('\n').length, 1, ended.stderr);
    });
  }

  it('ends with 9 where the data folder cannot be written', async () => {
    const file = join(folder, 'a file');
    await writeFile(file, '');
    for (const words of [['invite'], ['peers']]) {
      const ended = await runFerry(words, { data: join(file, 'data') });
      const says = `Nothing can be written to the data folder ${join(file, 'data')}. Choose another one: --data DIR.\n`;
      assert.deepEqual(ended, { code: 9, stdout: '', stderr: says });
    }
  });

  it('ends with 9 where a folder is named below /proc, which makes none', async function () {
    if (process.platform !== 'linux') skip(this, 'a folder such as /proc');
    const nowhere = '/proc/ferry/data';
    const says = `Nothing can be written to the data folder ${nowhere}. Choose another one: --data DIR.\n`;
    assert.deepEqual(await runFerry(['invite'], { data: nowhere }), { code: 9, stdout: '', stderr: says });
    const grace = await headlessPeer({ name: 'Grace' });
    const data = join(folder, 'nowhere');
    await runFerry(['trust', grace.identity.peerId], { data });
    try {
      const ferry = await startFerry(['receive', '--once', '--into', '/proc/ferry/into', '--json'], { data });
      const { id, port } = await ferry.fact('listening');
      const to = { id: id as typeof grace.identity.peerId, addresses: [{ host: '127.0.0.1', port: Number(port) }] };
      const { memoryItem } = await import('../../support/headlessPeer.ts');
      const outcome = await grace.send(to, [memoryItem('a.txt', randomBytes(10))]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_FOLDER_UNUSABLE');
      assert.equal(await ferry.ended, 9, ferry.stdout());
    } finally {
      await grace.stop();
    }
  });

  for (const [words, code] of rows.slice(0, 1)) {
    it('says so with --json in one object', async () => {
      const json = await runFerry([...words, '--json'], { data });
      assert.equal(json.stderr, '');
      const last = factsIn(json.stdout).at(-1);
      assert.deepEqual([json.code, last?.event, last?.['exit']], [code, 'error', code]);
    });
  }

  it('says what there is where no command is given and nobody sits there', async () => {
    const { code, stderr } = await runFerry([], { data });
    assert.equal(code, 2);
    assert.match(stderr, /ferry send PATH… --to PEER/);
  });

  it('ends with 4 where its port is taken', async () => {
    const server: Server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { code, stdout, stderr } = await runFerry(['receive', '--port', String(port)], { data });
      assert.deepEqual([code, stdout], [4, '']);
      assert.equal(stderr, `Port ${port} is taken by another program. Choose another one.\n`);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });

  it('ends with 2 where two people are to compare a code and nobody is there', async () => {
    const grace = await headlessPeer({ name: 'Grace' });
    try {
      const { code, stderr } = await runFerry(['pair', `127.0.0.1:${grace.online.port}`], { data });
      assert.equal(code, 2);
      assert.match(stderr, /Nobody was paired: two people compare a code, and nobody answers here\.\n$/);
      assert.deepEqual(grace.book.entries(), []);
    } finally {
      await grace.stop();
    }
  });

  it('declines what somebody has to be asked about where there is no terminal', async () => {
    const grace = await headlessPeer({ name: 'Grace who asks' });
    try {
      await runFerry(['trust', grace.identity.peerId], { data });
      const ferry = await startFerry(['receive', '--accept', 'ask', '--json'], { data });
      const { id, port } = await ferry.fact('listening');
      const to = { id: id as typeof grace.identity.peerId, addresses: [{ host: '127.0.0.1', port: Number(port) }] };
      const { memoryItem } = await import('../../support/headlessPeer.ts');
      assert.equal((await grace.send(to, [memoryItem('a.txt', randomBytes(10))])).phase, 'declined');
    } finally {
      await grace.stop();
    }
  });

  it('ends with 9 where the disk is full, on either side, and leaves nothing', async function () {
    const small = join(folder, 'small');
    await mkdir(small, { mode: 0o700 });
    if (process.getuid?.() !== 0 || !mounts(small)) skip(this, 'the right to mount a small disk, which root has');
    const grace = await headlessPeer({ name: 'Grace with space', answer: 'save' });
    try {
      await writeFile(join(folder, 'big.bin'), randomBytes(3_000_000));
      const input = await startFerry(['send', '-', '--name', 'big', '--to', `127.0.0.1:${grace.online.port}`], {
        ...{ data: join(small, 'data'), input: true },
      });
      input.write('x'.repeat(4_000_000));
      input.end();
      assert.equal(await input.ended, 9, input.stderr());
      assert.match(input.stderr(), /There is not enough free space\. Free some, or choose another folder\.\n$/);
      assert.deepEqual(await readdir(join(small, 'data', 'input')), []);
      await runFerry(['trust', grace.identity.peerId], { data });
      const ferry = await startFerry(['receive', '--once', '--into', join(small, 'into'), '--json'], { data });
      const { id, port } = await ferry.fact('listening');
      const to = { id: id as typeof grace.identity.peerId, addresses: [{ host: '127.0.0.1', port: Number(port) }] };
      const { memoryItem } = await import('../../support/headlessPeer.ts');
      const outcome = await grace.send(to, [memoryItem('big.bin', randomBytes(3_000_000))]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_NO_SPACE');
      assert.equal(await ferry.ended, 9);
    } finally {
      await grace.stop();
      execFileSync('umount', [small]);
    }
  });
});

describe('The exit codes', () => {
  it('has one for each error, and no error has that of a success', () => {
    const known = new Set<number>(Object.values(exitCodes));
    for (const code of errorCodes) {
      assert.ok(known.has(exitCodeOf(code)), code);
      assert.notEqual(exitCodeOf(code), exitCodes.done, code);
    }
  });
});

function mounts(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'none', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
