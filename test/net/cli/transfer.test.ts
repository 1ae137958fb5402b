// Two command lines, and a command line and a peer in this process: what is sent arrives, and each other end has its exit code.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fingerprintOf } from '../../../src/core/peers/peerId.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { endFerries, type Ferry, factsIn, runFerry, startFerry } from '../../support/cliProcess.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const isWaiting = ({ state }: InboxEntry): boolean => state.phase === 'waiting';

describe('Sending from a command line', function () {
  this.timeout(120_000);
  let folder = '';
  let data = '';
  const peers: HeadlessPeer[] = [];

  const peer = async (options: HeadlessOptions): Promise<HeadlessPeer> => {
    const started = await headlessPeer(options);
    peers.push(started);
    return started;
  };
  const addressOf = ({ address }: HeadlessPeer): string => `${address.host}:${address.port}`;

  before(async () => {
    folder = await tempFolder();
    data = join(folder, 'data');
    await writeFile(join(folder, 'hello.txt'), 'hello\n');
  });
  afterEach(async () => {
    for (const one of peers.splice(0)) await one.stop();
  });
  after(async () => {
    await endFerries();
    await removeTempFolders();
  });

  it('brings a file to a peer that it finds by name, fingerprint, ID and address', async () => {
    const grace = await peer({ name: 'Grace Hopper', answer: 'save' });
    const { peerId } = grace.identity;
    for (const to of ['grace hopper', fingerprintOf(peerId), peerId, addressOf(grace)]) {
      const { code, stdout, stderr } = await runFerry(['send', join(folder, 'hello.txt'), '--to', to], { data });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'Grace Hopper received hello.txt.\n');
    }
    assert.equal((await filesOf(grace)).length, 4);
    assert.equal(await readFile(join(grace.folder, 'hello.txt'), 'utf8'), 'hello\n');
  });

  it('brings several files, a folder, and what a program pipes into it', async () => {
    const grace = await peer({ name: 'Tree', answer: 'save' });
    await mkdir(join(folder, 'tree', 'inner'), { recursive: true });
    await writeFile(join(folder, 'tree', 'inner', 'a.txt'), 'a\n');
    await writeFile(join(folder, 'tree', '.gitignore'), 'skipped\n');
    await writeFile(join(folder, 'tree', 'skipped'), 's\n');
    const words = ['send', join(folder, 'hello.txt'), join(folder, 'tree'), '-', '--name', 'build.log', '--to', addressOf(grace)];
    const { code, stderr } = await runFerry(words, { data, stdin: 'line 1\nline 2\n' });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Left out of tree: 1 entry \(named in \.gitignore\): skipped/);
    assert.equal(await readFile(join(grace.folder, 'build.log'), 'utf8'), 'line 1\nline 2\n');
    assert.equal(await readFile(join(grace.folder, 'tree', 'inner', 'a.txt'), 'utf8'), 'a\n');
    assert.deepEqual((await readdir(join(grace.folder, 'tree'))).toSorted(), ['.gitignore', 'inner']);
    const left = (await readdir(data)).filter((name) => name.startsWith('input-'));
    assert.deepEqual(left, [], 'what was piped in is not kept');
  });

  it("seals for the peer's key and for a passphrase in a file", async () => {
    const grace = await peer({ name: 'Sealed', answer: 'save' });
    await writeFile(join(folder, 'passphrase'), 'correct horse battery staple\n');
    const by = (...more: readonly string[]) =>
      runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(grace), ...more], { data });
    assert.equal((await by('--encrypt')).code, 0);
    assert.equal((await by('--passphrase-file', join(folder, 'passphrase'))).code, 0);
    const [locked, open] = grace.inbox.entries;
    assert.equal(open?.received[0]?.wasSealed, true);
    assert.equal(await readFile(open.received[0].path, 'utf8'), 'hello\n');
    assert.equal(locked?.received[0]?.sealedFor, 'passphrase');
    const opened = join(folder, 'opened.txt');
    const words = ['open', locked.received[0].path, '--passphrase-file', join(folder, 'passphrase'), '--output', opened];
    assert.equal((await runFerry(words, { data })).code, 0);
    assert.equal(await readFile(opened, 'utf8'), 'hello\n');
    assert.equal((await stat(opened)).mode & 0o777, 0o600);
  });

  it('ends with 5 where the peer declines, with 6 where nobody answers', async () => {
    const no = await peer({ name: 'no', answer: 'decline' });
    const silent = await peer({ name: 'silent', offerLifeMs: 300 });
    const to = (one: HeadlessPeer, ...more: readonly string[]) =>
      runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(one), ...more], { data });
    const declined = await to(no);
    assert.deepEqual([declined.code, declined.stdout], [5, '']);
    assert.match(declined.stderr, /no declined hello\.txt\.\n$/);
    assert.equal((await to(silent)).code, 6);
    const patient = await peer({ name: 'patient' });
    const late = await to(patient, '--timeout', '1');
    assert.equal(late.code, 6);
    assert.match(late.stderr, /patient did not answer in time\.\n$/);
    const isTold = (): true | undefined => (patient.inbox.entries.some(isWaiting) ? undefined : true);
    await eventually(patient.inbox.onDidChange, isTold, 'the peer is told');
  });

  it('ends with 3 where nobody is called so, or several are, and names those', async () => {
    const twins = [await peer({ name: 'Twin', answer: 'decline' }), await peer({ name: 'Twin', answer: 'decline' })];
    const nobody = await runFerry(['send', join(folder, 'hello.txt'), '--to', 'Nobody', '--timeout', '1'], { data });
    assert.deepEqual([nobody.code, nobody.stdout], [3, '']);
    assert.match(nobody.stderr, /^Nobody called Nobody was found\./);
    const both = await runFerry(['send', join(folder, 'hello.txt'), '--to', 'twin'], { data });
    assert.equal(both.code, 3);
    for (const { identity } of twins) assert.ok(both.stderr.includes(fingerprintOf(identity.peerId)), both.stderr);
  });

  it('ends with 4 where nobody listens, and with 7 where somebody else has the name of a peer that it knows', async () => {
    const ada = await peer({ name: 'Ada', answer: 'save' });
    assert.equal((await runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(ada)], { data })).code, 0);
    await ada.stop();
    const gone = await runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(ada)], { data });
    assert.equal(gone.code, 4);
    assert.match(gone.stderr, /is not listening/);
    const known = await runFerry(['send', join(folder, 'hello.txt'), '--to', 'ada', '--timeout', '1'], { data });
    assert.equal(known.code, 4, known.stderr);
    const other = await peer({ name: 'Ada', answer: 'save' });
    const { code, stderr } = await runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(other)], { data });
    assert.equal(code, 7);
    assert.match(stderr, /This is not the Ada that you know/);
    assert.deepEqual(await filesOf(other), []);
  });

  it('says with --json what happens, one object a line', async () => {
    const grace = await peer({ name: 'Jay', answer: 'save' });
    const { code, stdout, stderr } = await runFerry(['send', join(folder, 'hello.txt'), '--to', addressOf(grace), '--json'], {
      data,
    });
    assert.deepEqual([code, stderr], [0, '']);
    const facts = factsIn(stdout);
    assert.deepEqual(
      facts.map(({ event }) => event).filter((event) => event !== 'progress'),
      ['sending', 'state', 'sent'],
    );
    assert.deepEqual(facts.at(-1), {
      ...{ event: 'sent', outcome: 'delivered', exit: 0, bytes: 6 },
      to: { name: 'Jay', id: grace.identity.peerId, fingerprint: fingerprintOf(grace.identity.peerId), trust: 'unknown' },
    });
  });
});

describe('Receiving on a command line', function () {
  this.timeout(120_000);
  let folder = '';
  let alice = '';
  let bob = '';

  const receiving = async (...more: readonly string[]): Promise<Ferry> => {
    const ferry = await startFerry(['receive', '--json', ...more], { data: alice, name: 'alice' });
    await ferry.fact('listening');
    return ferry;
  };
  const send = (...words: readonly string[]) => runFerry(['send', ...words, '--to', 'alice'], { data: bob, name: 'bob' });

  before(async () => {
    folder = await tempFolder();
    [alice, bob] = [join(folder, 'alice'), join(folder, 'bob')];
    await writeFile(join(folder, 'hello.txt'), 'hello\n');
    await writeFile(join(folder, 'Makefile'), 'all:\n');
    const invite = async (data: string): Promise<string> => (await runFerry(['invite'], { data })).stdout.trim();
    await runFerry(['trust', await invite(alice)], { data: bob });
    await runFerry(['trust', await invite(bob)], { data: alice });
  });
  afterEach(endFerries);
  after(removeTempFolders);

  it('takes what a paired peer sends without a question, and ends after it with --once', async () => {
    const into = join(folder, 'into');
    await writeFile(join(folder, 'big.bin'), randomBytes(3_000_000));
    const ferry = await receiving('--once', '--into', into);
    const sent = await send(join(folder, 'big.bin'));
    assert.equal(sent.code, 0, sent.stderr);
    assert.equal(await ferry.ended, 0);
    const { path, name, size } = await ferry.fact('received');
    assert.deepEqual([path, name, size], [join(into, 'big.bin'), 'big.bin', 3_000_000]);
    assert.deepEqual(await readFile(join(into, 'big.bin')), await readFile(join(folder, 'big.bin')));
  });

  it('writes it to standard output alone with --print', async () => {
    const ferry = await startFerry(['receive', '--once', '--print'], { data: alice, name: 'alice' });
    const sent = await send(join(folder, 'hello.txt'), '--timeout', '30');
    assert.equal(sent.code, 0, sent.stderr);
    assert.equal(await ferry.ended, 0);
    assert.equal(ferry.stdout(), 'hello\n');
    assert.deepEqual(await readdir(join(alice, 'received')), []);
  });

  it('takes the seal off what is for its key', async () => {
    const ferry = await receiving('--once', '--into', join(folder, 'unsealed'));
    assert.equal((await send(join(folder, 'hello.txt'), '--encrypt')).code, 0);
    assert.equal(await ferry.ended, 0);
    assert.equal(await readFile(join(folder, 'unsealed', 'hello.txt'), 'utf8'), 'hello\n');
    assert.deepEqual(await readdir(join(folder, 'unsealed')), ['hello.txt']);
  });

  it('declines what may run something, unless that was allowed', async () => {
    const careful = await receiving('--into', join(folder, 'careful'));
    assert.equal((await send(join(folder, 'Makefile'))).code, 5);
    careful.kill('SIGINT');
    assert.equal(await careful.ended, 130);
    const bold = await receiving('--once', '--with-runnable', '--into', join(folder, 'bold'));
    assert.equal((await send(join(folder, 'Makefile'))).code, 0);
    assert.equal(await bold.ended, 0);
  });

  it('shows nothing of a peer that a terminal would obey', async () => {
    const ferry = await startFerry(['receive'], { data: alice, name: 'alice' });
    const mallory = { data: bob, name: '\u001b[31mMallory\u0007' };
    const hostile = '\u001b[2J\u001b]0;owned\u0007hi';
    const written = await runFerry(['message', 'alice', hostile, '--timeout', '30'], mallory);
    assert.equal(written.code, 0, written.stderr);
    await writeFile(join(folder, 'a\u001b[2Jb.txt'), 'x');
    const sent = await runFerry(['send', join(folder, 'a\u001b[2Jb.txt'), '--to', 'alice'], mallory);
    assert.equal(sent.code, 0, sent.stderr);
    ferry.kill('SIGINT');
    assert.equal(await ferry.ended, 130);
    const said = [ferry.stdout(), ferry.stderr(), sent.stdout, sent.stderr].join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    assert.doesNotMatch(said, /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    assert.ok(ferry.stdout().includes(': \\u001b[2J\\u001b]0;owned\\u0007hi\n'), ferry.stdout());
  });

  it('takes nothing with --accept none, and tells strangers to pair', async () => {
    const ferry = await receiving('--accept', 'none');
    assert.equal((await send(join(folder, 'hello.txt'))).code, 5);
    const stranger = await runFerry(['send', join(folder, 'hello.txt'), '--to', 'alice'], { data: join(folder, 'eve') });
    assert.equal(stranger.code, 7);
    assert.match(stranger.stderr, /alice takes items from paired peers only\. Run "ferry pair" first\./);
    assert.equal(ferry.stdout().includes('"received"'), false);
  });
});
