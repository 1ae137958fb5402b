// The identity in the secret storage, as several windows of one person see it.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';

import { silentLog } from '../../../src/core/base/log.ts';
import { type OwnIdentity, ownIdentity } from '../../../src/editor/host/secretIdentity.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from '../../../src/net/connection/identity.ts';
import { withLock } from '../../../src/net/disk/lockFile.ts';
import { FakeSecrets, memoryPlace, type SecretPlace } from '../../support/fakeSecrets.ts';
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
});
