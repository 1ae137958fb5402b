// A listener held against programs that know nothing of Ferry: curl, with a client certificate made by openssl.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { parsePeerInfo } from '../../../src/core/wire/messages.ts';
import { peerIdOfCertificate } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools, runTool } from '../../support/tools.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/PROTOCOL.md'), 'utf8');

type Answer = { readonly code: number; readonly status: number; readonly type: string; readonly body: string };

describe('curl with a certificate of openssl (skipped where either is missing)', () => {
  let peer: HeadlessPeer | undefined;
  let folder = '';
  const url = (path: string): string => `https://127.0.0.1:${peer?.online.port}${path}`;
  const certificate = ['--cert', 'cert.pem', '--key', 'key.pem'];

  const curl = async (...args: readonly string[]): Promise<Answer> => {
    const { code, stdout } = await runTool(
      'curl',
      ['--silent', '--insecure', '--http1.1', '--write-out', '\n%{http_code} %{content_type}', ...args],
      { cwd: folder },
    );
    const end = stdout.lastIndexOf('\n');
    const [status, type = ''] = stdout.slice(end + 1).split(' ');
    return { code, status: Number(status), type, body: stdout.slice(0, end) };
  };

  before(async function () {
    needsTools(this, 'curl', 'openssl');
    folder = await tempFolder();
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-subj',
      '/CN=curl',
      '-days',
      '2',
    ];
    const made = await runTool('openssl', request, { cwd: folder });
    assert.equal(made.code, 0, made.stderr);
    peer = await headlessPeer({ name: 'Ada', answer: 'save' });
  });
  after(async () => {
    await peer?.stop();
    await removeTempFolders();
  });

  it('is told who is there', async () => {
    const { code, status, type, body } = await curl(...certificate, url('/v1/peer'));
    assert.deepEqual([code, status, type], [0, 200, 'application/json']);
    assert.equal(parsePeerInfo(JSON.parse(body)).name, 'Ada');
  });

  const problems: readonly (readonly [string, readonly string[], number, string])[] = [
    ['/v1/nothing', [], 404, 'not-found'],
    ['/v1/peer', ['--request', 'DELETE'], 405, 'not-found'],
    ['/v2/peer', [], 505, 'version-unsupported'],
    ['/v1/peer', ['--header', 'Origin: https://example.org'], 403, 'peer-rejected'],
    ['/v1/offers', ['--data', 'hello'], 400, 'message-invalid'],
    [`/v1/offers/${'A'.repeat(22)}/items/0`, ['--upload-file', 'cert.pem'], 404, 'not-found'],
  ];
  for (const [path, args, expected, slug] of problems) {
    it(`gets the problem ${slug} with ${expected} for ${[...args, path].join(' ')}`, async () => {
      const { code, status, type, body } = await curl(...certificate, ...args, url(path));
      assert.deepEqual([code, status, type], [0, expected, 'application/problem+json']);
      assert.equal((JSON.parse(body) as { type: string }).type, `urn:ferry:problem:${slug}`);
    });
  }

  it('offers a file, and is known by its key', async () => {
    const bytes = await readFile(join(folder, 'cert.pem'));
    const offer = {
      id: 'curl_offers_something_',
      sender: { name: 'curl' },
      items: [{ kind: 'file', name: 'cert.pem', size: bytes.length, mediaType: 'text/plain' }],
    };
    await writeFile(join(folder, 'offer.json'), JSON.stringify(offer));
    const answer = await curl(
      ...certificate,
      '--header',
      'Content-Type: application/json',
      '--data-binary',
      '@offer.json',
      url('/v1/offers'),
    );
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { items: [{ n: 0, from: 0 }] }]);
    const entry = await peer!.entry('receiving');
    assert.equal(entry.peer.id, peerIdOfCertificate(bytes.toString()));
  });

  it('is cut, hears how much arrived, and sends the rest, with the commands of the page', async () => {
    const id = 'curl_goes_on_after_cut';
    const items = [{ kind: 'file', name: 'notes.txt', size: 26, mediaType: 'text/plain' }];
    const offer = JSON.stringify({ id, sender: { name: 'curl' }, items });
    assert.equal((await curl(...certificate, '--data-binary', offer, url('/v1/offers'))).status, 200);
    const notes = 'The ferry leaves at nine.\n';
    await writeFile(join(folder, 'notes.txt'), notes);
    const [shown = assert.fail('the page shows no rest')] = /^\$ \( head -c 10 [^`]*/m.exec(page) ?? [];
    const isTyped = (line: string): boolean => /^(?:\$| {4})/.test(line);
    const lines = shown.trimEnd().split('\n');
    const commands = lines.filter(isTyped).map((line) => line.replace(/^\$ /, ''));
    const digest = createHash('sha256').update(notes).digest('base64');
    const script = [`ID=${id} DIGEST=${digest}`, ...commands].join('\n');
    const { stdout } = await runTool('sh', ['-c', script.replaceAll('40123', String(peer?.online.port))], { cwd: folder });
    assert.deepEqual(
      stdout.trimEnd().split(/\r?\n/),
      lines.filter((line) => !isTyped(line)),
    );
    assert.equal(await readFile(join(peer!.folder, 'notes.txt'), 'utf8'), notes);
  });

  const put = async (sha256: string) =>
    curl(
      ...certificate,
      ...['--header', `Repr-Digest: sha-256=:${sha256}:`],
      ...['--upload-file', 'cert.pem', url('/v1/offers/curl_offers_something_/items/0')],
    );

  it('can send what was accepted, with its digest as a header', async () => {
    const bytes = await readFile(join(folder, 'cert.pem'));
    const answer = await put(createHash('sha256').update(bytes).digest('base64'));
    assert.equal(answer.status, 204);
    assert.ok((await filesOf(peer!)).includes('cert.pem'));
    assert.ok((await readFile(join(peer!.folder, 'cert.pem'))).equals(bytes));
  });

  it('hears that an item is not awaited when it sends it again', async () => {
    assert.equal((await put(Buffer.alloc(32).toString('base64'))).status, 404);
  });

  const nothing: readonly (readonly [string, readonly string[]])[] = [
    ['without a certificate', []],
    ['with TLS 1.2', [...certificate, '--tls-max', '1.2']],
  ];
  for (const [name, args] of nothing) {
    it(`gets nothing ${name}`, async () => {
      const { code, status, body } = await curl(...args, url('/v1/peer'));
      assert.notEqual(code, 0);
      assert.deepEqual([status, body], [0, '']);
    });
  }

  it('gets nothing over plain HTTP', async () => {
    const { code, status, body } = await curl(`http://127.0.0.1:${peer?.online.port}/v1/peer`);
    assert.notEqual(code, 0);
    assert.deepEqual([status, body], [0, '']);
  });
});
