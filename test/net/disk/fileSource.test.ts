// Files as something to send: what cannot be one, and what is noticed when a file changes on its way.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools } from '../../support/tools.ts';

const forever = new AbortController().signal;
const size = 5_000_000;
const isRoot = process.getuid?.() === 0;

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

describe('A file to send', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await tempFolder();
    path = join(folder, 'a.bin');
  });
  afterEach(removeTempFolders);

  for (const bytes of [0, 1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, size]) {
    it(`of ${bytes} bytes is given as it is, as often as it is wanted`, async () => {
      const content = randomBytes(bytes);
      await writeFile(path, content);
      const source = await fileSource(path);
      assert.equal(source.size, bytes);
      const digest = createHash('sha256').update(content).digest('hex');
      for (let time = 0; time < 2; time += 1) assert.equal(await digestOf(source.open(forever)), digest);
    });
  }

  it('may be reached by a link', async () => {
    await writeFile(path, 'abc');
    await symlink(path, join(folder, 'link'));
    assert.equal((await fileSource(join(folder, 'link'))).size, 3);
  });

  const none: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['nothing', 'missing', () => Promise.resolve()],
    ['a folder', 'not-a-file', () => mkdir(path)],
    ['a device', 'not-a-file', () => symlink('/dev/zero', path)],
    ['a link to nothing', 'missing', () => symlink(join(folder, 'gone'), path)],
    ['a link to itself', 'missing', () => symlink(path, path)],
    ['something below a file', 'missing', () => writeFile(folder + '/b', '').then(() => symlink(join(folder, 'b', 'c'), path))],
  ];
  for (const [name, reason, make] of none) {
    it(`is not ${name}`, async () => {
      await make();
      await assert.rejects(fileSource(path), { code: 'ERR_SOURCE_MISSING', detail: { reason } });
    });
  }

  it('is not a pipe, before or after it was looked at, and nothing waits for one (needs mkfifo)', async function () {
    needsTools(this, 'mkfifo');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await assert.rejects(fileSource(join(folder, 'pipe')), { code: 'ERR_SOURCE_MISSING', detail: { reason: 'not-a-file' } });
    await writeFile(path, 'abc');
    const source = await fileSource(path);
    await rename(join(folder, 'pipe'), path);
    await assert.rejects(digestOf(source.open(forever)), { code: 'ERR_SOURCE_CHANGED' });
  });

  it('is not one that this person may not read (skipped for root, who may read all)', async function () {
    if (isRoot) skip(this, 'a user who is not root: root may read every file');
    await writeFile(path, 'abc');
    await chmod(path, 0);
    const source = await fileSource(path);
    await assert.rejects(digestOf(source.open(forever)), { code: 'ERR_SOURCE_MISSING', detail: { reason: 'denied' } });
    await chmod(folder, 0);
    await assert.rejects(fileSource(path), { code: 'ERR_SOURCE_MISSING', detail: { reason: 'denied' } });
    await chmod(folder, 0o700);
  });

  it('is given up to the size that it had when it grows, before it is read or meanwhile', async () => {
    const bytes = randomBytes(size);
    await writeFile(path, bytes);
    await utimes(path, 1, 1);
    const source = await fileSource(path);
    await appendFile(path, 'x');
    const chunks: Buffer[] = [];
    for await (const chunk of source.open(forever)) {
      chunks.push(Buffer.from(chunk));
      await appendFile(path, randomBytes(1000));
    }
    assert.deepEqual(Buffer.concat(chunks), bytes);
  });

  for (const [what, change, goesOn] of [
    ['grew', (): Promise<void> => appendFile(path, 'x'), true],
    ['was written anew and longer', (): Promise<void> => writeFile(path, randomBytes(size + 1)), false],
  ] as const) {
    it(`${goesOn ? 'goes on' : 'never goes on'} from the middle where it ${what} since some of it left`, async () => {
      const bytes = randomBytes(size);
      await writeFile(path, bytes);
      await utimes(path, 1, 1);
      const source = await fileSource(path);
      for await (const chunk of source.open(forever)) if (chunk.length > 0) break;
      await change();
      const rest = digestOf(source.open(forever, 1_000));
      if (goesOn) assert.equal(await rest, createHash('sha256').update(bytes.subarray(1_000)).digest('hex'));
      else await assert.rejects(rest, { code: 'ERR_SOURCE_CHANGED' });
    });
  }

  it('has changed when it is written anew meanwhile and longer', async () => {
    await writeFile(path, randomBytes(size));
    const source = await fileSource(path);
    const reading = (async () => {
      let changed = false;
      for await (const chunk of source.open(forever)) {
        if (!changed && chunk.length > 0) await writeFile(path, randomBytes(size + 1));
        changed = true;
      }
    })();
    await assert.rejects(reading, { code: 'ERR_SOURCE_CHANGED' });
  });

  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['shrinks', () => truncate(path, size - 1)],
    ['is emptied', () => truncate(path, 0)],
    ['is written anew with as many bytes', () => writeFile(path, randomBytes(size))],
    ['is replaced by another', () => writeFile(join(folder, 'b'), randomBytes(size)).then(() => rename(join(folder, 'b'), path))],
  ];
  for (const [name, change] of changes) {
    it(`fails before its first byte when it ${name} after it was offered`, async () => {
      await writeFile(path, randomBytes(size));
      const source = await fileSource(path);
      // The clock of a file system may be coarse; a change within one tick of it would keep the time of the file.
      await utimes(path, 1, 1);
      const old = await fileSource(path);
      await change();
      for (const { open } of [source, old]) {
        let came = 0;
        const reading = (async () => {
          for await (const chunk of open(forever)) came += chunk.length;
        })();
        await assert.rejects(reading, { code: 'ERR_SOURCE_CHANGED' });
        assert.equal(came, 0);
      }
    });

    if (name === 'is replaced by another') continue;
    it(`fails by its last byte when it ${name} while it is read`, async () => {
      await writeFile(path, randomBytes(size));
      await utimes(path, 1, 1);
      const source = await fileSource(path);
      let [came, changed] = [0, false];
      const reading = (async () => {
        for await (const chunk of source.open(forever)) {
          came += chunk.length;
          if (!changed) await change();
          changed = true;
        }
      })();
      await assert.rejects(reading, { code: 'ERR_SOURCE_CHANGED' });
      assert.ok(came > 0 && came <= size);
    });
  }

  it('is read to its end when another takes its name meanwhile: it is still what was offered', async () => {
    const content = randomBytes(size);
    await writeFile(path, content);
    const source = await fileSource(path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.open(forever)) {
      if (chunks.length === 0) await rm(path);
      // A chunk is lent until the next is asked for.
      chunks.push(Uint8Array.from(chunk));
    }
    assert.ok(Buffer.concat(chunks).equals(content));
  });

  it('is missing when it is gone before it is read', async () => {
    await writeFile(path, 'abc');
    const source = await fileSource(path);
    await rm(path);
    await assert.rejects(digestOf(source.open(forever)), { code: 'ERR_SOURCE_MISSING', detail: { reason: 'missing' } });
  });

  it('is let go of when its reader stops or is stopped', async () => {
    await writeFile(path, randomBytes(size));
    const source = await fileSource(path);
    for await (const chunk of source.open(forever)) {
      assert.ok(chunk.length > 0);
      break;
    }
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const chunk of source.open(stop.signal)) if (chunk.length > 0) stop.abort(reason);
    })();
    await assert.rejects(reading, reason);
  });
});
