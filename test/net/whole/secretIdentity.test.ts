// The identity in the secret storage, as several windows of one person see it.

import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { silentLog } from '../../../src/core/base/log.ts';
import { blankEntry } from '../../../src/core/peers/book.ts';
import { formatBook } from '../../../src/core/peers/stored.ts';
import { type OwnIdentity, ownIdentity } from '../../../src/editor/host/secretIdentity.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from '../../../src/net/connection/identity.ts';
import { identityNote } from '../../../src/net/disk/kept/identityNote.ts';
import { withLock } from '../../../src/net/disk/lockFile.ts';
import { FakeSecrets, memoryPlace, type SecretPlace } from '../../support/fakeSecrets.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const maker = { create: createIdentity, parse: parseIdentity, serialise: serialiseIdentity, withLock };

describe('The identity of a person', () => {
  let folder = '';
  let place: SecretPlace;
  type Window = { readonly secrets: FakeSecrets; readonly identity: OwnIdentity<Identity>; readonly replaced: string[] };
  const window = (at: SecretPlace = place): Window => {
    const secrets = new FakeSecrets(at);
    const identity = ownIdentity(secrets, folder, maker, silentLog);
    const replaced: string[] = [];
    identity.onDidReplace(() => replaced.push('replaced'));
    return { secrets, identity, replaced };
  };
  beforeEach(async () => {
    folder = await tempFolder();
    place = memoryPlace();
  });
  afterEach(removeTempFolders);

  it('is made once, and is the same after the next start', async () => {
    const first = window();
    assert.equal(first.identity.known(), undefined);
    const { peerId } = await first.identity.load();
    assert.equal((await first.identity.load()).peerId, peerId);
    assert.equal((await window().identity.load()).peerId, peerId);
    assert.deepEqual([first.replaced, await readdir(folder)], [[], []]);
  });

  it('is taken by another window when one has restored it', async () => {
    const [one, other] = [window(), window()];
    await Promise.all([one.identity.load(), other.identity.load()]);
    const restored = await createIdentity();
    await one.identity.replace(serialiseIdentity(restored));
    const told = new Promise<void>((done) => other.identity.onDidReplace(done));
    other.secrets.announce('ferry.identity');
    await told;
    for (const { identity } of [one, other]) assert.equal((await identity.load()).peerId, restored.peerId);
    assert.deepEqual([one.replaced, other.replaced], [[], ['replaced']]);
  });

  it('stays where what another window stored is none, or is another secret', async () => {
    const one = window();
    const { peerId } = await one.identity.load();
    one.secrets.announce('other.secret');
    await place.write('no identity');
    one.secrets.announce('ferry.identity');
    await new Promise(setImmediate);
    assert.equal((await one.identity.load()).peerId, peerId);
    assert.deepEqual(one.replaced, []);
  });

  it('is never replaced by itself: what cannot be read fails, and is still there', async () => {
    place = memoryPlace('no identity');
    const { identity } = window();
    await assert.rejects(identity.load(), { code: 'ERR_IDENTITY_UNREADABLE' });
    await assert.rejects(identity.replace('neither'), { code: 'ERR_IDENTITY_UNREADABLE' });
    assert.equal(await place.read(), 'no identity');
    const { identity: locked } = window({ ...place, read: () => Promise.reject(new Error('locked')) });
    await assert.rejects(locked.load(), { code: 'ERR_IDENTITY_UNREADABLE' });
  });

  it('is loaded by the next call where the first failed', async () => {
    let isLocked = true;
    const { identity } = window({ ...place, read: () => (isLocked ? Promise.reject(new Error('locked')) : place.read()) });
    await assert.rejects(identity.load(), { code: 'ERR_IDENTITY_UNREADABLE' });
    isLocked = false;
    assert.match((await identity.load()).peerId, /^[A-Z2-7-]+$/);
  });

  describe('that the secret storage has lost', () => {
    const noted = (at: SecretPlace): OwnIdentity<Identity> => {
      const { wasHere, remember } = identityNote(folder);
      const note = { wasHere, remember: ({ peerId }: Identity) => remember(peerId) };
      return ownIdentity(new FakeSecrets(at), folder, { ...maker, note }, silentLog);
    };
    const missing = { code: 'ERR_IDENTITY_UNREADABLE', detail: { reason: 'missing' } };

    it('is not made anew by itself where its ID was remembered', async () => {
      const { peerId } = await noted(place).load();
      assert.equal((await noted(place).load()).peerId, peerId);
      const empty = memoryPlace();
      await assert.rejects(noted(empty).load(), missing);
      assert.equal(await empty.read(), undefined);
    });

    it('is not made anew by itself where there are peers, or a list of them that cannot be read', async () => {
      const book = join(folder, 'peers.json');
      for (const text of [
        formatBook([{ ...blankEntry(peerIdOfNobody(1)), name: 'Ada' }]),
        'damaged',
        '{"version":2,"peers":[]}',
      ]) {
        await writeFile(book, text);
        await assert.rejects(noted(memoryPlace()).load(), missing);
      }
      await writeFile(book, formatBook([]));
      assert.match((await noted(memoryPlace()).load()).peerId, /^[A-Z2-7-]+$/);
    });

    it('is replaced by a backup, or by a new one where the person wants that', async () => {
      const old = await createIdentity();
      await noted(memoryPlace(serialiseIdentity(old))).load();
      const restored = noted(memoryPlace());
      await assert.rejects(restored.load(), missing);
      await restored.replace(serialiseIdentity(old));
      assert.equal((await restored.load()).peerId, old.peerId);
      const renewed = noted(memoryPlace());
      await assert.rejects(renewed.load(), missing);
      await renewed.renew();
      const { peerId } = await renewed.load();
      assert.notEqual(peerId, old.peerId);
      assert.equal((await readFile(join(folder, 'identity.id'), 'utf8')).trim(), peerId);
    });
  });
});
