// Ctrl+C on either side: nothing half stays under a name, and the same command goes on where the other stopped.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { endFerries, type Fact, factsIn, runFerry, startFerry } from '../../support/cliProcess.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const size = 400_000_000;

const isMoving = ({ moved }: Fact): boolean => Number(moved) > 0;

/** A file whose bytes are not all alike, made quickly. */
async function bigFile(path: string): Promise<void> {
  const file = await open(path, 'w');
  for (let at = 0; at < size; at += size / 8) await file.write(`at ${at}`, at);
  await file.truncate(size);
  await file.close();
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

describe('A command line that is interrupted', function () {
  this.timeout(120_000);
  let folder = '';
  let data = '';

  before(async () => {
    folder = await tempFolder();
    data = join(folder, 'data');
    await bigFile(join(folder, 'big.bin'));
  });
  afterEach(endFerries);
  after(removeTempFolders);

  it('takes its offer back while it waits for an answer', async () => {
    const grace = await headlessPeer({ name: 'Grace' });
    try {
      const to = `127.0.0.1:${grace.online.port}`;
      const ferry = await startFerry(['send', join(folder, 'big.bin'), '--to', to], { data });
      await grace.entry('waiting');
      ferry.kill('SIGINT');
      assert.equal(await ferry.ended, 130);
      assert.match(ferry.stderr(), /Cancelled\.\n$/);
      const waits = ({ state }: InboxEntry): boolean => state.phase === 'waiting';
      const isTold = (): true | undefined => (grace.inbox.entries.some(waits) ? undefined : true);
      await eventually(grace.inbox.onDidChange, isTold, 'the peer is told');
    } finally {
      await grace.stop();
    }
  });

  for (const kind of ['file', 'folder'] as const) {
    it(`leaves a ${kind} that moves with the peer, and goes on with it when it runs again`, async () => {
      const grace = await headlessPeer({ name: `Grace with a ${kind}`, answer: 'save' });
      const path = kind === 'file' ? join(folder, 'big.bin') : join(folder, 'tree');
      if (kind === 'folder') {
        await mkdir(path);
        await bigFile(join(path, 'big.bin'));
        await writeFile(join(path, 'a.txt'), 'a\n');
      }
      try {
        const words = ['send', path, '--to', `127.0.0.1:${grace.online.port}`, '--json'];
        const first = await startFerry(words, { data });
        await first.fact('progress', isMoving);
        first.kill('SIGINT');
        assert.equal(await first.ended, 130);
        const { why, resumes } = await first.fact('left');
        assert.deepEqual([why, resumes], ['cancelled', true]);
        await grace.entry('paused');
        assert.deepEqual(
          (await readdir(grace.folder)).filter((name) => !name.startsWith('.ferry-')),
          [],
        );
        const second = await runFerry(words, { data });
        assert.equal(second.code, 0, second.stdout);
        const facts = factsIn(second.stdout);
        assert.equal(facts.find(({ event }) => event === 'sending')?.['again'], true);
        assert.equal(grace.inbox.entries.length, 1, 'it is the same offer');
        const landed = kind === 'file' ? join(grace.folder, 'big.bin') : join(grace.folder, 'tree', 'big.bin');
        assert.equal(await sumOf(landed), await sumOf(join(folder, 'big.bin')));
        assert.equal((await readdir(grace.folder)).length, 1);
      } finally {
        await grace.stop();
      }
    });
  }

  it('goes on with what it was receiving when it runs again', async () => {
    const into = join(folder, 'into');
    const grace = await headlessPeer({ name: 'Grace who sends' });
    try {
      await runFerry(['trust', grace.identity.peerId], { data });
      const words = ['receive', '--json', '--into', into, '--port', String(await freePort())];
      const first = await startFerry(words, { data });
      const { id, port } = await first.fact('listening');
      const { fileSource } = await import('../../../src/net/disk/fileSource.ts');
      const source = await fileSource(join(folder, 'big.bin'));
      const items = [
        { offered: { kind: 'file', name: 'big.bin', size, mediaType: 'text/plain' }, open: source.open, resumes: true },
      ] as const;
      const to = { id: id as typeof grace.identity.peerId, addresses: [{ host: '127.0.0.1', port: Number(port) }] };
      const { patientReconnect } = await import('../../../src/core/sending/reconnect.ts');
      const { signal } = new AbortController();
      const sent = grace.send(to, items, { signal, reconnect: patientReconnect(signal) });
      await first.fact('progress', isMoving);
      first.kill('SIGINT');
      assert.equal(await first.ended, 130);
      assert.deepEqual(
        (await readdir(into)).filter((name) => !name.startsWith('.ferry-')),
        [],
      );
      const second = await startFerry([...words, '--once'], { data });
      assert.equal((await sent).phase, 'delivered');
      assert.equal(await second.ended, 0);
      assert.equal(await sumOf(join(into, 'big.bin')), await sumOf(join(folder, 'big.bin')));
    } finally {
      await grace.stop();
    }
  });

  it('leaves what it was getting, and goes on with it when it runs again', async () => {
    const [shared, into] = [join(folder, 'shared'), join(folder, 'got')];
    const owner = join(folder, 'owner');
    await mkdir(shared);
    await link(join(folder, 'big.bin'), join(shared, 'big.bin'));
    await runFerry(['trust', (await runFerry(['invite'], { data })).stdout.trim()], { data: owner });
    const sharing = await startFerry(['share', shared, '--json'], { data: owner, name: 'owner' });
    const { port } = await sharing.fact('sharing');
    const words = ['get', `127.0.0.1:${String(port)}`, 'shared/big.bin', '--into', into, '--json'];
    const first = await startFerry(words, { data });
    await first.fact('progress', isMoving);
    first.kill('SIGINT');
    assert.equal(await first.ended, 130);
    const { why, resumes } = await first.fact('left');
    assert.deepEqual([why, resumes], ['cancelled', true]);
    const names = await readdir(into);
    assert.deepEqual([names.length, names.filter((name) => !name.startsWith('.ferry-'))], [1, []]);
    const { ino } = await stat(join(into, names[0] ?? ''));
    // Another command has nothing to do with it.
    assert.equal((await runFerry(['list', `127.0.0.1:${String(port)}`], { data })).code, 0);
    const second = await runFerry(words, { data });
    assert.equal(second.code, 0, second.stdout);
    assert.deepEqual(await readdir(into), ['big.bin']);
    assert.equal((await stat(join(into, 'big.bin'))).ino, ino, 'it is the part that was left');
    assert.equal(await sumOf(join(into, 'big.bin')), await sumOf(join(folder, 'big.bin')));
  });

  it('begins anew with what has changed meanwhile where it is got again, and keeps nothing of what it was', async () => {
    const [shared, into] = [join(folder, 'changing'), join(folder, 'got anew')];
    const owner = join(folder, 'owner');
    await mkdir(shared);
    await bigFile(join(shared, 'big.bin'));
    const sharing = await startFerry(['share', shared, '--json'], { data: owner, name: 'owner' });
    const { port } = await sharing.fact('sharing');
    const words = ['get', `127.0.0.1:${String(port)}`, 'changing/big.bin', '--into', into, '--json'];
    const first = await startFerry(words, { data });
    await first.fact('progress', isMoving);
    first.kill('SIGINT');
    assert.equal(await first.ended, 130);
    await writeFile(join(shared, 'big.bin'), 'new');
    assert.equal((await runFerry(words, { data })).code, 0);
    assert.deepEqual(await readdir(into), ['big.bin']);
    assert.equal(await readFile(join(into, 'big.bin'), 'utf8'), 'new');
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
