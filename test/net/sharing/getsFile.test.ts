// The list of what peers got on disk, as several windows of a person have it.

import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';

import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { GetHistory, SharedGet } from '../../../src/core/sharing/gets.ts';
import { formatGets, readGets } from '../../../src/core/sharing/stored.ts';
import { disk } from '../../../src/net/disk/disk.ts';
import { openGets } from '../../../src/net/disk/sharing/getsFile.ts';
import { startChild } from '../../support/childProcess.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const dayMs = 24 * 60 * 60_000;

describe('The list of what peers got', () => {
  let folder: string;
  const open: GetHistory[] = [];
  beforeEach(async () => {
    folder = await tempFolder();
  });
  afterEach(() => Promise.all(open.splice(0).map((gets) => gets.close())));
  after(removeTempFolders);

  const window = async (days = 30): Promise<GetHistory> => {
    const gets = await openGets(folder, () => days, silentLog);
    open.push(gets);
    return gets;
  };
  const get = (name: string, changes: Partial<SharedGet> = {}): SharedGet => ({
    ...{ id: randomToken(), peer: { id: peerIdOfNobody(1), name: 'Ada' }, at: new Date(), state: 'done' },
    item: { kind: 'file', name, size: 7, mediaType: 'text/plain' },
    ...changes,
  });
  const shown = (gets: GetHistory): string =>
    gets
      .entries()
      .map(({ item, state }) => `${item.name} ${state}`)
      .join();
  const seen = (gets: GetHistory, wanted: string): Promise<true> =>
    eventually(gets.onDidChange, () => (shown(gets) === wanted ? true : undefined), `${wanted} is seen`);
  const file = (): string => join(folder, 'gets.json');

  it('is seen at once, by the other windows soon, and by those that come later', async () => {
    const [one, other] = [await window(), await window()];
    const [first, second] = [get('a', { state: 'moving', at: new Date(Date.now() - 1) }), get('b')];
    one.put(first);
    assert.equal(shown(one), 'a moving');
    one.put({ ...first, state: 'done' });
    other.put(second);
    for (const gets of [one, other]) await seen(gets, 'b done,a done');
    await Promise.all(open.splice(0).map((gets) => gets.close()));
    assert.deepEqual(
      (await window()).entries().map((kept) => ({ ...kept, by: 0 })),
      [second, { ...first, state: 'done' }].map((kept) => ({ ...kept, by: 0 })),
    );
    assert.deepEqual(await readdir(folder), ['gets.json']);
    if (process.platform !== 'win32') assert.equal((await stat(file())).mode & 0o777, 0o600);
  });

  it('is one row less in every window where one takes it out, and stays so', async () => {
    const [one, other] = [await window(), await window()];
    const [first, second] = [get('a', { at: new Date(Date.now() - 1) }), get('b')];
    for (const kept of [first, second]) one.put(kept);
    await seen(other, 'b done,a done');
    other.remove(first.id);
    assert.equal(shown(other), 'b done');
    await seen(one, 'b done');
    await other.close();
    assert.equal(shown(await window()), 'b done');
  });

  it('has as many rows as there may be, of so many days, and is written in few pieces where a peer gets much', async () => {
    const gets = await window(10);
    const rename = mock.method(disk.promises, 'rename');
    const old = get('old', { at: new Date(Date.now() - 11 * dayMs) });
    const young = get('young', { at: new Date(Date.now() - 9 * dayMs) });
    for (const kept of [old, young]) gets.put(kept);
    assert.equal(shown(gets), 'young done');
    const many = limits.sharedGetsRemembered + 100;
    for (let n = 0; n < many; n += 1) gets.put(get(`${n}`, { at: new Date(Date.now() + n) }));
    await gets.close();
    const times = rename.mock.callCount();
    rename.mock.restore();
    assert.ok(times <= 3, `${times} times`);
    const kept = (await window()).entries();
    assert.deepEqual([kept.length, kept[0]?.item.name], [limits.sharedGetsRemembered, `${many - 1}`]);
    assert.equal((await window(0)).entries().filter(({ at }) => at.getTime() < Date.now()).length, 0);
  });

  it('says of what a killed window gave that it has ended', async () => {
    const child = startChild('getsChild.ts', folder);
    assert.equal(await child.message(), 'gives');
    const gets = await window();
    assert.equal(shown(gets), 'large.bin moving');
    await child.kill();
    assert.equal(shown(gets), 'large.bin ended');
    gets.put(get('a'));
    await gets.close();
    assert.deepEqual(
      readGets(await readFile(file(), 'utf8')).map(({ state }) => state),
      ['ended', 'done'],
    );
  });

  it('costs one row where one is wrong, and is kept aside where it is no list', async () => {
    const good = { ...get('a'), by: '' };
    const rows = JSON.parse(formatGets([good, good, good])) as { gets: Record<string, unknown>[] };
    Object.assign(rows.gets[0] ?? {}, { peer: { id: 'nobody', name: '' } });
    Object.assign(rows.gets[1] ?? {}, { state: 'stolen' });
    await writeFile(file(), JSON.stringify(rows));
    assert.equal(shown(await window()), 'a done');
    await writeFile(file(), '{"version":1,');
    const gets = await window();
    gets.put(get('b'));
    await gets.close();
    assert.equal(await readFile(`${file()}.unreadable-1`, 'utf8'), '{"version":1,');
    assert.equal(shown(await window()), 'b done');
  });

  it('of a later version is left alone, and the window shows what itself gave', async () => {
    const later = '{"version":2,"gets":7}';
    await writeFile(file(), later);
    const gets = await window();
    for (let n = 0; n < limits.sharedGetsRemembered + 9; n += 1) gets.put(get('a'));
    gets.put(get('b', { at: new Date(Date.now() + dayMs) }));
    assert.deepEqual([gets.entries().length, gets.entries()[0]?.item.name], [limits.sharedGetsRemembered, 'b']);
    await gets.close();
    assert.equal(await readFile(file(), 'utf8'), later);
  });
});
