// The hostile network seen from the same machine: what a web page, a link or another user of the machine can reach.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { randomToken } from '../../../src/core/base/token.ts';
import { met } from '../../../src/core/peers/book.ts';
import { sealOutgoing } from '../../../src/core/sealing/items.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { keepPrivate } from '../../../src/net/disk/privateFolder.ts';
import { writePrivateFile } from '../../../src/net/disk/wholeFile.ts';
import { onEntry } from '../../support/entries.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { ask, rawTcp, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { startRecordingRelay } from '../../support/recordingRelay.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

/** The alert that no protocol is shared (RFC 7301 section 3.2), as a record that is not encrypted yet. */
const noApplicationProtocol = '15030300020278';

describe('A web page', () => {
  let host: Identity;
  let stranger: Identity;
  let peer: HeadlessPeer;
  let shown: readonly unknown[];

  before(async () => {
    [host, stranger] = await Promise.all([createIdentity(), createIdentity()]);
    peer = await headlessPeer({ identity: host });
    shown = eventsOf(peer);
  });
  afterEach(() => assert.deepEqual(shown, []));
  after(async () => {
    await peer.stop();
    await removeTempFolders();
  });

  const origin = { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  const offerText = JSON.stringify({
    id: randomToken(),
    sender: { name: 'page' },
    items: [{ kind: 'file', name: 'a', size: 1, mediaType: 'a/b' }],
  });
  const fetches: readonly (readonly [string, string])[] = [
    ['a GET', requestText('GET', '/v1/peer', origin)],
    [
      'a form that is posted',
      requestText('POST', '/v1/offers', { ...origin, 'Content-Type': 'text/plain', 'Content-Length': String(offerText.length) }) +
        offerText,
    ],
    [
      'a preflight',
      requestText('OPTIONS', '/v1/offers', {
        ...origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Private-Network': 'true',
      }),
    ],
    [
      'a WebSocket',
      requestText('GET', '/v1/peer', { ...origin, Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }),
    ],
  ];
  for (const [name, text] of fetches) {
    it(`W1: ${name} over plain HTTP gets an alert at most`, async () => {
      const socket = await rawTcp(peer.online.port);
      const closed = untilClosed(socket);
      socket.write(text);
      const answer = await closed;
      assert.ok(answer.length === 0 || (answer.length === 7 && answer[0] === 0x15), answer.toString('hex'));
    });

    it(`W1: ${name} over TLS as a browser speaks it gets nothing, and with a certificate a refusal`, async () => {
      const browser = rawTls(peer.online.port, undefined, { ALPNProtocols: ['h2', 'http/1.1'] });
      const closed = untilClosed(browser);
      browser.write(text);
      assert.equal((await closed).length, 0);
      const certified = rawTls(peer.online.port, stranger);
      const { status, headers } = await ask(certified, text);
      assert.equal(status, 403);
      assert.deepEqual(
        [...headers.keys()].filter((key) => key.startsWith('access-control') || key === 'upgrade'),
        [],
      );
      certified.destroy();
    });
  }

  it('W1: a browser that speaks HTTP/2 alone is told so in the handshake', async () => {
    const relay = await startRecordingRelay(peer.address);
    const browser = rawTls(relay.port, undefined, { ALPNProtocols: ['h2'] });
    await untilClosed(browser);
    assert.equal(Buffer.concat(relay.recordings[0]?.down ?? []).toString('hex'), noApplicationProtocol);
    await relay.close();
  });
});

describe('The extension as a whole', () => {
  const root = join(import.meta.dirname, '../../..');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly activationEvents: readonly string[];
    readonly contributes: Readonly<Record<string, unknown>>;
  };
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')] as const);
  const naming = (words: RegExp): readonly string[] => sources.filter(([, text]) => words.test(text)).map(([path]) => path);

  it('W2: sends nothing because of a link, for no handler of links is there', () => {
    assert.ok(sources.length > 80);
    assert.deepEqual(naming(/UriHandler|handleUri/), []);
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
    const reached = Object.keys(manifest.contributes).filter((key) => /uri|terminal|notebook|chat|authentication/i.test(key));
    assert.deepEqual(reached, []);
    assert.deepEqual(naming(/registerTerminalLinkProvider|registerDocumentLinkProvider/), []);
  });

  it('W3: shows nothing of a peer as a page, for no webview is made and no markup trusted', () => {
    assert.deepEqual(naming(/createWebviewPanel|registerWebview\w*Provider|WebviewView\b|\bwebview\b/), []);
    assert.deepEqual(naming(/\bMarkdownString\b|(?<!workspace\.)\bisTrusted\b|\bsupportHtml\b|enableCommandUris|innerHTML/), []);
    assert.doesNotMatch(JSON.stringify(manifest), /"webview"/);
  });

  it('L2: has no channel between windows but files: nothing listens on a socket or pipe of the machine', async () => {
    assert.deepEqual(
      naming(/\bcreateServer\b/).toSorted(),
      ['httpLayer.ts', 'listener.ts'].map((name) => join('net', 'listening', name)),
    );
    assert.deepEqual(naming(/\.listen\(/), [join('net', 'listening', 'listener.ts')]);
    const listening = sources.find(([path]) => path.endsWith('listener.ts'))?.[1] ?? '';
    assert.deepEqual(
      [...listening.matchAll(/\.listen\(([^,]*,)/g)].map((match) => match[1]),
      ['{ host,'],
    );
    assert.deepEqual(
      naming(/\\\\\.\\pipe|\.sock\b|XDG_RUNTIME_DIR|BroadcastChannel|from 'node:(?:cluster|worker_threads|inspector)'/),
      [],
    );
    // Programs of the system, which are asked one thing and end: git for a blob, sync for the disk.
    assert.deepEqual(naming(/from 'node:child_process'/).toSorted(), [
      join('net', 'disk', 'gitBlobs.ts'),
      join('net', 'disk', 'tree', 'syncAll.ts'),
    ]);
    const pipes = (): number => process.getActiveResourcesInfo().filter((name) => name.includes('Pipe')).length;
    const before = pipes();
    const peer = await headlessPeer();
    assert.equal(pipes(), before);
    await peer.stop();
    await removeTempFolders();
  });
});

describe('Another user of the machine', () => {
  let receiver: HeadlessPeer;
  let paths: readonly string[];
  let root = '';
  let umask = 0;

  before(async () => {
    // Whatever the system adds to files by itself is not counted on.
    umask = process.umask(0);
    const sender = await headlessPeer({ name: 'sender' });
    receiver = await headlessPeer({ name: 'receiver', pairing: 'confirm' });
    root = dirname(receiver.folder);
    const actions = ['save', 'print', 'printAndSave', 'open'] as const;
    let count = 0;
    onEntry(receiver.inbox.onDidChange, ({ id, state }) => {
      if (state.phase !== 'waiting') return;
      const action = actions[count++ % actions.length] ?? 'save';
      receiver.inbox.accept(id, action, { keepSealed: true }).catch(() => undefined);
    });
    assert.equal((await sender.pair(receiver)).phase, 'paired');
    await receiver.book.change(sender.identity.peerId, (entry) => met(entry, 'sender'));
    for (let time = 0; time < actions.length; time += 1) {
      const item = memoryItem('a.txt', Buffer.from('only for me'));
      const { kty, crv, x, y } = receiver.identity.sealKey;
      const source = { offered: { kind: 'file', name: 'b.txt', size: 11, mediaType: 'text/plain' } as const, open: item.open };
      const sealed = await sealOutgoing(source, { kind: 'key', key: { kty, crv, x, y } }, new AbortController().signal);
      assert.equal((await sender.send(receiver, [item, sealed])).phase, 'delivered');
    }
    await writePrivateFile(join(root, 'backup.jwe'), item('a backup'));
    await receiver.inbox.idle();
    paths = (await readdir(root, { recursive: true })).map((path) => join(root, path));
    await sender.stop();
  });
  after(async () => {
    process.umask(umask);
    await receiver.stop();
    await removeTempFolders();
  });

  it('L1: finds every file 0600 and every folder 0700 after a session, even where the system would give more away', async () => {
    const modes = await Promise.all(
      paths.map(async (path) => {
        const found = await lstat(path);
        return [path, found.isDirectory() ? 'folder' : 'file', (found.mode & 0o777).toString(8)] as const;
      }),
    );
    assert.ok(modes.filter(([, kind]) => kind === 'file').length >= 10 && modes.some(([, kind]) => kind === 'folder'));
    assert.deepEqual(
      modes.filter(([, kind, mode]) => mode !== (kind === 'folder' ? '700' : '600')),
      [],
    );
  });

  it('L1: finds closed again at the next start what was opened to others meanwhile', async () => {
    const folder = join(await tempFolder(), 'storage');
    await mkdir(join(folder, 'below'), { recursive: true, mode: 0o777 });
    await writeFile(join(folder, 'peers.json'), '{}', { mode: 0o666 });
    await symlink('/etc/passwd', join(folder, 'link'));
    const before = (await stat('/etc/passwd')).mode;
    await keepPrivate(folder);
    const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;
    assert.deepEqual([await modeOf(folder), await modeOf(join(folder, 'peers.json'))], [0o700, 0o600]);
    assert.equal((await stat('/etc/passwd')).mode, before);
    await keepPrivate(join(folder, 'new'));
    assert.equal(await modeOf(join(folder, 'new')), 0o700);
  });

  it('L1: finds no private key in any of them', async () => {
    const { privateKeyPem, sealKey } = receiver.identity;
    const secrets = [privateKeyPem.split('\n')[1] ?? assert.fail(), sealKey.d];
    for (const path of paths) {
      if ((await lstat(path)).isDirectory()) continue;
      const text = await readFile(path, 'latin1');
      assert.ok(!secrets.some((secret) => text.includes(secret)), path);
    }
  });

  it('L1: cannot read one as that user (skipped where the tests do not run as root)', function () {
    if (process.getuid?.() !== 0) skip(this, 'root, who alone can become another user');
    const read = (path: string): number | null => spawnSync('cat', [path], { uid: 65_534, gid: 65_534 }).status;
    assert.equal(read('/etc/passwd'), 0);
    for (const path of paths) assert.notEqual(read(path), 0, path);
  });
});

/** Whatever a peer is shown from now on. */
function eventsOf({ inbox, pairings }: HeadlessPeer): readonly unknown[] {
  const shown: unknown[] = [];
  onEntry(inbox.onDidChange, (entry) => shown.push(entry));
  onEntry(pairings.onDidChange, (pairing) => shown.push(pairing));
  return shown;
}

async function* item(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
