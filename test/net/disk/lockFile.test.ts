// The lock between the windows of a person: held by one at a time, given up in any case, broken when its holder is gone.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';

import { withLock } from '../../../src/net/disk/lockFile.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A lock file', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await tempFolder();
    path = join(folder, 'lock');
  });
  afterEach(removeTempFolders);

  it('is there while the work runs, names its process, and is gone afterwards', async () => {
    const result = await withLock(path, async () => {
      assert.equal(Number.parseInt(await readFile(path, 'utf8'), 10), process.pid);
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      return 'done';
    });
    assert.equal(result, 'done');
    assert.deepEqual(await readdir(folder), []);
  });

  it('is gone where the work fails', async () => {
    const failure = new Error('work');
    await assert.rejects(
      withLock(path, () => Promise.reject(failure)),
      failure,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('is held by one at a time', async () => {
    let [inside, most] = [0, 0];
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await readdir(folder);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(path, work)));
    assert.equal(most, 1);
  });

  it('is broken when it is older than any work takes, by one of those that wait', async () => {
    await writeFile(path, '1\n');
    const old = Date.now() / 1000 - 60;
    await utimes(path, old, old);
    let [inside, most, done] = [0, 0, 0];
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await readdir(folder);
      inside -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work)));
    assert.deepEqual([done, most], [8, 1]);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is broken at once when its process is gone, whatever time the file has', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    let mark = '';
    await withLock(path, async () => {
      mark = await readFile(path, 'utf8');
    });
    for (const left of [mark.replace(/^\d+/, String(child.pid)), `${child.pid}\n`]) {
      for (const years of [0, 10]) {
        await writeFile(path, left);
        const time = Date.now() / 1000 + years * 365 * 86_400;
        await utimes(path, time, time);
        const begun = performance.now();
        assert.equal(await withLock(path, () => Promise.resolve('done')), 'done');
        const tookMs = performance.now() - begun;
        // A lock that blocked would block for half a minute; a machine with much to do takes a few seconds.
        assert.ok(tookMs < 25_000);
      }
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('is not broken where another has broken it and taken it between the look and that', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(path, `${child.pid}\n`);
    const read = promises.readFile.bind(promises);
    const theirs = `${process.pid} another\n`;
    let [looks, isHeld] = [0, false];
    const look = async (...args: Parameters<typeof read>): Promise<Awaited<ReturnType<typeof read>>> => {
      const found = await read(...args);
      if (args[0] !== path) return found;
      looks += 1;
      if (looks === 1) {
        await rm(path);
        await writeFile(path, theirs);
        isHeld = true;
      } else if (found === theirs) {
        isHeld = false;
        await rm(path);
      }
      return found;
    };
    const mocked = mock.method(promises, 'readFile', look as typeof read);
    try {
      assert.equal(await withLock(path, async () => isHeld), false);
    } finally {
      mocked.mock.restore();
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('of another start of the machine with a time to come is broken once it was looked at for long enough', async function () {
    this.timeout(40_000);
    await writeFile(path, `${process.pid} 00000000-0000-0000-0000-000000000000 0123456789abcdef\n`);
    const time = Date.now() / 1000 + 365 * 86_400;
    await utimes(path, time, time);
    assert.equal(await withLock(path, () => Promise.resolve('done')), 'done');
  });

  it('is not broken while its holder may still be at work', async () => {
    const order: string[] = [];
    const [begun, held] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const first = withLock(path, async () => {
      order.push('first begins');
      begun.resolve(undefined);
      await held.promise;
      order.push('first ends');
    });
    await begun.promise;
    const second = withLock(path, async () => {
      order.push('second');
    });
    await readdir(folder);
    held.resolve(undefined);
    await Promise.all([first, second]);
    assert.deepEqual(order, ['first begins', 'first ends', 'second']);
  });

  it('is not taken from another who took it after its holder was held up and lost it', async () => {
    await withLock(path, async () => {
      await writeFile(path, 'another\n');
    });
    assert.deepEqual(await readdir(folder), ['lock']);
  });

  it('fails as the disk does where there is no folder for it', async () => {
    await assert.rejects(
      withLock(join(folder, 'nothing', 'lock'), () => Promise.resolve()),
      { code: 'ENOENT' },
    );
  });
});
