// The receiver by hand of PROTOCOL.md: its command is run, and its answers are typed, as the page has them.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { TransferOutcome } from '../../../src/core/sending/transfer.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools } from '../../support/tools.ts';

const page =
  readFileSync(resolve(import.meta.dirname, '../../../docs/PROTOCOL.md'), 'utf8').split('## A peer by hand\n')[1] ?? '';
const port = 41_733;
const command = /^\$ (openssl s_server .*)$/m.exec(page)?.[1]?.replace('40124', String(port)).split(' ') ?? [];
const typed = [...page.matchAll(/^```text\n(HTTP.*?)^```$/gms)].map(([, text = '']) => text);

describe('The receiver by hand (skipped without openssl)', () => {
  let server: ChildProcess | undefined;
  let sender: HeadlessPeer | undefined;
  before(function () {
    needsTools(this, 'openssl');
  });
  afterEach(async () => {
    server?.kill('SIGKILL');
    await sender?.stop();
    await removeTempFolders();
  });

  for (const [name, accepted, body] of [
    ['an item', typed[0], /PUT \/v1\/.*Transfer-Encoding: chunked.*\b1a\r?\nThe ferry/s],
    [
      'the rest of an item',
      typed[0]?.replace('"from":0', '"from":10').replace('28', '29'),
      /PATCH \/v1\/.*Upload-Offset: 10\b.*\n10\r?\nleaves at/s,
    ],
  ] as const) {
    it(`takes ${name} with the command and the answers of the page`, () => takes(accepted, body));
  }

  const takes = async (accepted: string | undefined, body: RegExp): Promise<void> => {
    assert.equal(typed.length, 2);
    const [folder, identity] = [await tempFolder(), await createIdentity()];
    await writeFile(join(folder, 'cert.pem'), identity.certificatePem);
    await writeFile(join(folder, 'key.pem'), identity.privateKeyPem);
    const [program = '', ...args] = command;
    const running = spawn(program, args, { cwd: folder, stdio: 'pipe' });
    server = running;
    let shown = '';
    let wake = (): void => undefined;
    // What comes between two looks must not be lost.
    for (const stream of [running.stdout, running.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        shown += chunk.toString();
        wake();
      });
    }
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(shown)) {
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    };
    await until(/must return a certificate/);
    const peer = await headlessPeer();
    sender = peer;
    const item = memoryItem('notes.txt', Buffer.from('The ferry leaves at nine.\n'));
    /** What it says comes before it listens. */
    const send = async (): Promise<TransferOutcome> => {
      const outcome = await peer.send({ id: identity.peerId, addresses: [{ host: '127.0.0.1', port }] }, [item]);
      return outcome.phase === 'failed' && outcome.error.code === 'ERR_PEER_UNREACHABLE' ? send() : outcome;
    };
    const sending = send();
    await until(/"items":/);
    running.stdin.write(accepted);
    await until(/Repr-Digest: sha-256=:mggg4H7SU213S7Vf5wWIVdoqQyL1Ealz\+StTnPxW8B8=:/);
    running.stdin.write(typed[1]);
    assert.equal((await sending).phase, 'delivered');
    assert.match(shown, body);
  };
});
