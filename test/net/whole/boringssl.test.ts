// Real BoringSSL, which is what a desktop VS Code runs on, against our listener and our dialler: Debian's bssl-tool at the other
// end.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { parsePeerInfo } from '../../../src/core/wire/messages.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { openSocket } from '../../../src/net/dialling/openSocket.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { handshakeEnds, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools } from '../../support/tools.ts';

/** What is not over by then hangs. */
const endsWithinMs = 60_000;

describe('BoringSSL at the other end (skipped without bssl-tool; on Debian: android-boringssl)', () => {
  let own: Identity;
  let other: Identity;
  let files: readonly string[];
  const running: ChildProcess[] = [];

  before(async function () {
    needsTools(this, { program: 'bssl-tool', package: 'android-boringssl' });
    [own, other] = await Promise.all([createIdentity(), createIdentity()]);
    const [key, cert] = [join(await tempFolder(), 'key.pem'), join(await tempFolder(), 'cert.pem')];
    await writeFile(key, other.privateKeyPem, { mode: 0o600 });
    await writeFile(cert, other.certificatePem);
    files = ['-key', key, '-cert', cert];
  });
  afterEach(async () => {
    for (const child of running.splice(0)) await ended(child);
  });
  after(removeTempFolders);

  const start = (...args: readonly string[]): ChildProcess => {
    const child = spawn('bssl-tool', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    running.push(child);
    return child;
  };

  describe('dials our listener', () => {
    let peer: HeadlessPeer;
    before(async () => {
      peer = await headlessPeer({ name: 'Ada', identity: own });
    });
    after(() => peer.stop());

    const say = async (
      text: string,
      ...args: readonly string[]
    ): Promise<{ readonly output: string; readonly errors: string }> => {
      const client = start('client', '-connect', `127.0.0.1:${peer.online.port}`, '-alpn-protos', 'http/1.1', ...args);
      const [output, errors] = [textOf(client.stdout), textOf(client.stderr)];
      client.stdin?.on('error', () => undefined);
      client.stdin?.write(text);
      await once(client, 'close', { signal: AbortSignal.timeout(endsWithinMs) });
      return { output: output(), errors: errors() };
    };
    const request = requestText('GET', '/v1/peer', { Connection: 'close' });

    it('with a certificate of ours: TLS 1.3 and an answer', async () => {
      const { output, errors } = await say(request, ...files);
      assert.match(errors, /Version: TLSv1\.3/);
      assert.match(errors, /ALPN protocol: http\/1\.1/);
      assert.match(output, /^HTTP\/1\.1 200 OK\r\n/);
      assert.equal(parsePeerInfo(JSON.parse(output.slice(output.indexOf('\r\n\r\n')))).name, 'Ada');
    });

    it('without one: nothing', async () => {
      const { output, errors } = await say(request);
      assert.match(errors, /Version: TLSv1\.3/);
      assert.equal(output, '');
    });

    it('with TLS 1.2 at most: refused in the handshake', async () => {
      const { output, errors } = await say(request, ...files, '-max-version', 'tls1.2');
      assert.match(errors, /TLSV1_ALERT_PROTOCOL_VERSION/);
      assert.equal(output, '');
    });
  });

  describe('listens for our dialler', () => {
    const listen = async (...args: readonly string[]): Promise<{ readonly host: string; readonly port: number }> => {
      const port = await freePort();
      const server = start('server', '-accept', String(port), '-require-any-client-cert', ...files, ...args);
      const errors = textOf(server.stderr);
      // It says nothing before it is asked: a first connection that is refused is made again.
      for (;;) {
        const probe = rawTls(port, own);
        if (await handshakeEnds(probe)) {
          probe.destroy();
          return { host: '127.0.0.1', port };
        }
        probe.destroy();
        if (server.exitCode !== null) throw new Error(`bssl-tool ended: ${errors()}`);
      }
    };

    it('and gets our certificate, as we get its key', async () => {
      const address = await listen('-loop');
      const { socket, peerId } = await openSocket(own, address, other.peerId, AbortSignal.timeout(endsWithinMs));
      assert.deepEqual([peerId, socket.getProtocol()], [other.peerId, 'TLSv1.3']);
      socket.destroy();
    });

    it('and is left where another key is expected', async () => {
      const address = await listen('-loop');
      await assert.rejects(openSocket(own, address, (await createIdentity()).peerId, AbortSignal.timeout(endsWithinMs)), {
        code: 'ERR_PEER_MISMATCH',
      });
    });

    it('and refuses whoever comes without a certificate', async () => {
      const { port } = await listen('-loop');
      const socket = rawTls(port, undefined);
      assert.equal((await untilClosed(socket)).length, 0);
    });
  });
});

/** What a stream has said so far. */
function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  return () => text;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
