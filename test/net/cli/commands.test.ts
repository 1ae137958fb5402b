// The other commands: pairing, peers, dictionaries, sealed files, shared folders, messages, and the identity itself.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseInvite } from '../../../src/core/peers/invite.ts';
import { endFerries, factsIn, runFerry, startFerry } from '../../support/cliProcess.ts';
import { onEntry } from '../../support/entries.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A command line', function () {
  this.timeout(120_000);
  let folder = '';
  let alice = '';
  let bob = '';

  before(async () => {
    folder = await tempFolder();
    [alice, bob] = [join(folder, 'alice'), join(folder, 'bob')];
    const invite = async (data: string): Promise<string> => (await runFerry(['invite'], { data })).stdout.trim();
    await runFerry(['trust', await invite(alice)], { data: bob });
    await runFerry(['trust', await invite(bob)], { data: alice });
  });
  afterEach(endFerries);
  after(removeTempFolders);

  it('pairs by a code that both sides see, and is listed as paired then', async () => {
    const codes: string[] = [];
    const grace = await headlessPeer({ name: 'Grace', pairing: 'confirm' });
    onEntry(grace.pairings.onDidChange, ({ state }) => {
      if (state.phase === 'comparing') codes.push(state.code);
    });
    const data = join(folder, 'pairing');
    try {
      const ferry = await startFerry(['pair', `127.0.0.1:${grace.online.port}`, '--json'], { data, input: true });
      const { code } = await ferry.fact('code');
      assert.ok(codes.includes(String(code)), `${String(code)} is none of ${codes.join(' ')}`);
      ferry.write('y\n');
      assert.equal(await ferry.ended, 0, ferry.stdout() + ferry.stderr());
      const { stdout } = await runFerry(['peers', '--json', '--timeout', '1'], { data });
      const row = factsIn(stdout).find(({ id }) => id === grace.identity.peerId);
      assert.deepEqual([row?.['name'], row?.['trust'], row?.['there']], ['Grace', 'paired', true]);
    } finally {
      await grace.stop();
    }
  });

  it('is paired with by a peer that begins', async () => {
    const grace = await headlessPeer({ name: 'Grace who begins' });
    const data = join(folder, 'waiting');
    try {
      const ferry = await startFerry(['pair', '--json'], { data, input: true });
      const { port } = await ferry.fact('listening');
      const paired = grace.pair({ host: '127.0.0.1', port: Number(port) });
      await ferry.fact('code');
      ferry.write('yes\n');
      assert.equal((await paired).phase, 'paired');
      assert.equal(await ferry.ended, 0, ferry.stdout());
    } finally {
      await grace.stop();
    }
  });

  it('says no to a code with 130, and the peer does not pair', async () => {
    const grace = await headlessPeer({ name: 'Grace who differs' });
    try {
      const words = ['pair', `127.0.0.1:${grace.online.port}`];
      const { code } = await runFerry(words, { data: join(folder, 'differs'), stdin: 'n\n' });
      assert.equal(code, 130);
      assert.deepEqual(grace.pairings.entries[0]?.state, { phase: 'cancelled', by: 'peer' });
    } finally {
      await grace.stop();
    }
  });

  it('reads dictionaries of any notation, and writes and sends them in another', async () => {
    await writeFile(join(folder, 'config.toml'), 'port = 8080\nname = "x"\n');
    const json = await runFerry(['dict', join(folder, 'config.toml')], { data: bob });
    assert.deepEqual([json.code, JSON.parse(json.stdout)], [0, { port: 8080, name: 'x' }]);
    const made = join(folder, 'config.cbor');
    const cbor = await runFerry(['dict', join(folder, 'config.toml'), '--as', 'cbor', '--output', made], { data: bob });
    assert.equal(cbor.code, 0, cbor.stderr);
    assert.equal((await readFile(made)).toString('hex'), 'a264706f7274191f90646e616d656178');
    const again = await runFerry(['dict', made, '--output', made], { data: bob });
    assert.deepEqual([again.code, again.stderr], [9, `${made} is there already. Nothing was replaced.\n`]);
    const grace = await headlessPeer({ name: 'Grace with dictionaries', answer: 'save' });
    try {
      const sent = await runFerry(['dict', made, '--as', 'xml', '--to', `127.0.0.1:${grace.online.port}`], { data: bob });
      assert.equal(sent.code, 0, sent.stderr);
      assert.equal(grace.inbox.entries[0]?.items[0]?.kind, 'dictionary');
      assert.match(await readFile(join(grace.folder, 'config.xml'), 'utf8'), /<number key="port">8080<\/number>/);
    } finally {
      await grace.stop();
    }
  });

  it('seals a file for a peer, who opens it, and nobody else does', async () => {
    await writeFile(join(folder, 'secret.txt'), 'between us\n');
    const listening = await startFerry(['receive', '--json'], { data: alice, name: 'alice' });
    await listening.fact('listening');
    const sealed = join(folder, 'secret.jwe');
    const made = await runFerry(['seal', join(folder, 'secret.txt'), '--for', 'alice', '--output', sealed], { data: bob });
    assert.equal(made.code, 0, made.stderr);
    const opened = await runFerry(['open', sealed, '--output', '-'], { data: alice });
    assert.deepEqual([opened.code, opened.stdout], [0, 'between us\n']);
    assert.equal((await runFerry(['open', sealed, '--output', '-'], { data: bob })).code, 7);
  });

  it('shares a folder, which a paired peer lists and gets, and takes messages meanwhile', async () => {
    const shared = join(folder, 'public');
    await mkdir(join(shared, 'inner'), { recursive: true });
    await writeFile(join(shared, 'inner', 'a.txt'), 'a\n');
    const sharing = await startFerry(['share', shared, '--json'], { data: alice, name: 'alice' });
    await sharing.fact('sharing');
    const by = (...words: readonly string[]) => runFerry(words, { data: bob, name: 'bob' });
    const list = await by('list', 'alice', 'public/inner', '--json');
    assert.deepEqual([list.code, factsIn(list.stdout).map(({ name }) => name)], [0, ['a.txt']]);
    const [one, two] = [await by('list', 'alice', 'public/inner/a.txt'), await by('list', 'alice')];
    assert.deepEqual([one.stdout, two.stdout], ['     2 B  a.txt\n', '  folder  public/\n']);
    const into = join(folder, 'got');
    const got = await by('get', 'alice', 'public', 'public/inner/a.txt', '--into', into);
    assert.equal(got.code, 0, got.stderr);
    assert.deepEqual((await readdir(into)).toSorted(), ['a.txt', 'public']);
    assert.equal(await readFile(join(into, 'public', 'inner', 'a.txt'), 'utf8'), 'a\n');
    const printed = await by('get', 'alice', 'public/inner/a.txt', '--print');
    assert.deepEqual([printed.code, printed.stdout], [0, 'a\n']);
    const none = await by('get', 'alice', 'public/none');
    assert.deepEqual([none.code, none.stderr], [8, 'alice shares nothing of that name with you.\n']);
    if (process.platform === 'linux') {
      const nowhere = await by('get', 'alice', 'public/inner/a.txt', '--into', '/proc/ferry/into');
      assert.deepEqual([nowhere.code, nowhere.stderr], [9, 'The folder cannot be written. Choose another one.\n']);
    }
    assert.equal((await by('message', 'alice', 'hello', 'there')).code, 0);
    const { text } = await sharing.fact('message');
    assert.equal(text, 'hello there');
    const done = await sharing.fact('get', ({ state }) => state === 'done');
    assert.equal(done['name'], 'public (folder with 1 file)');
    sharing.kill('SIGINT');
    assert.equal(await sharing.ended, 130);
    assert.deepEqual((JSON.parse(await readFile(join(alice, 'shares.json'), 'utf8')) as { shares: unknown[] }).shares, []);
  });

  it('shares no more what a command shared that was killed, and what another one still shares', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    for (const path of [one, two]) await mkdir(path);
    const start = async (path: string) => {
      const ferry = await startFerry(['share', path, '--json'], { data: alice, name: 'alice' });
      await ferry.fact('sharing');
      return ferry;
    };
    const killed = await start(one);
    const stays = await start(two);
    const ended = await start(two);
    killed.kill('SIGKILL');
    ended.kill('SIGTERM');
    await Promise.all([killed.ended, ended.ended]);
    const receiving = await startFerry(['receive', '--json'], { data: alice, name: 'alice' });
    await receiving.fact('listening');
    const shared = async (): Promise<readonly string[]> => {
      const stored = JSON.parse(await readFile(join(alice, 'shares.json'), 'utf8')) as { shares: { name: string }[] };
      return stored.shares.map(({ name }) => name);
    };
    assert.deepEqual(await shared(), ['two']);
    receiving.kill('SIGTERM');
    await receiving.ended;
    stays.kill('SIGTERM');
    await stays.ended;
    assert.deepEqual(await shared(), []);
  });

  it('has a doctor that looks for a peer where it is now, and not where it was alone', async () => {
    const [patient, moved] = [join(folder, 'patient'), join(folder, 'moved')];
    const { stdout } = await runFerry(['invite', '--port', '9'], { data: moved });
    await runFerry(['trust', stdout.trim()], { data: patient });
    const listening = await startFerry(['receive', '--json'], { data: moved, name: 'moved' });
    await listening.fact('listening');
    const [invited] = factsIn((await runFerry(['invite', '--json'], { data: moved })).stdout);
    const { stdout: told } = await runFerry(['doctor', String(invited?.['fingerprint']), '--json'], { data: patient });
    const [report] = factsIn(told).filter(({ event }) => event === 'report');
    assert.match(String(report?.['report']), /TCP port \d+: reached/);
    const findings = report?.['findings'] as readonly { readonly weight: string }[];
    assert.deepEqual(
      findings.filter(({ weight }) => weight === 'cause'),
      [],
    );
  });

  it('keeps its identity in a folder closed to others, and sealed once a passphrase is given', async () => {
    const data = join(folder, 'sealed');
    const before = await runFerry(['invite'], { data });
    assert.equal((await stat(data)).mode & 0o777, 0o700);
    assert.equal((await stat(join(data, 'identity.json'))).mode & 0o777, 0o600);
    const [passphrase, wrong] = [join(folder, 'key'), join(folder, 'wrong')];
    await writeFile(passphrase, 'four words are enough\n');
    await writeFile(wrong, 'another\n');
    const sealed = await runFerry(['invite', '--key-passphrase-file', passphrase], { data });
    assert.equal(sealed.stdout, before.stdout);
    assert.deepEqual((await readdir(data)).filter((name) => name.startsWith('identity')).toSorted(), [
      'identity.id',
      'identity.jwe',
    ]);
    const by = await runFerry(['invite'], { data, env: { FERRY_KEY_PASSPHRASE_FILE: passphrase } });
    assert.equal(by.stdout, before.stdout);
    const without = await runFerry(['invite'], { data });
    assert.deepEqual([without.code, without.stdout], [9, '']);
    assert.match(without.stderr, /^The identity is sealed\./);
    const other = await runFerry(['invite', '--key-passphrase-file', wrong], { data });
    assert.equal(other.stderr, 'This passphrase does not open the identity.\n');
    assert.equal(parseInvite(before.stdout).addresses.length, 0);
  });

  it('takes no lost identity for a new person', async () => {
    const data = join(folder, 'lost');
    await runFerry(['invite'], { data });
    const { rm } = await import('node:fs/promises');
    await rm(join(data, 'identity.json'));
    const { code, stderr } = await runFerry(['invite'], { data });
    assert.equal(code, 9);
    assert.match(stderr, /^The identity is gone from the data folder\./);
  });
});
