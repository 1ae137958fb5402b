// A folder by hand, as PROTOCOL.md has it: the page's commands make one, send it, and unpack one out of its seal.

import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { sealAllOutgoing } from '../../../src/core/sealing/items.ts';
import type { SealKeyJwk } from '../../../src/core/wire/sealKey.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { filesOf, headlessPeer } from '../../support/headlessPeer.ts';
import { consoleOf } from '../../support/pageCommands.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools, runTool } from '../../support/tools.ts';
import { everything } from '../../support/trees.ts';

const vectors = resolve(import.meta.dirname, '../../vectors/sealing');

describe('A folder by hand (skipped without its programs)', () => {
  afterEach(removeTempFolders);

  it('is made by tar and sent by curl with the commands of the page', async function () {
    needsTools(this, 'tar', 'curl', 'openssl');
    const { commands, shown } = consoleOf('mkdir -p timetable/lines');
    const [folder, identity] = [await tempFolder(), await createIdentity()];
    const peer = await headlessPeer({ answer: 'save' });
    try {
      await writeFile(join(folder, 'cert.pem'), identity.certificatePem);
      await writeFile(join(folder, 'key.pem'), identity.privateKeyPem);
      const script = commands.replaceAll('40123', String(peer.online.port)).replaceAll('curl -', 'curl --silent -');
      const { stdout, stderr } = await runTool('bash', ['-c', script], { cwd: folder });
      assert.deepEqual([stdout.replace('}204', '}\n204'), stderr], [shown, '']);
      const [entry] = peer.inbox.entries;
      assert.deepEqual([entry?.state.phase, entry?.received[0]?.missing], ['received', undefined]);
      assert.deepEqual(await filesOf(peer), ['timetable']);
      assert.equal(await readFile(join(peer.folder, 'timetable/lines/north.txt'), 'utf8'), 'The ferry leaves at nine.\n');
    } finally {
      await peer.stop();
    }
  });

  it('comes out of its seal with jose and tar and the commands of the page', async function () {
    needsTools(this, 'jose', 'tar');
    const { commands, shown } = consoleOf('jose jwe dec -i sealed-folder.jwe');
    const folder = await tempFolder();
    const source = join(folder, 'timetable');
    await mkdir(join(source, 'lines'), { recursive: true });
    await writeFile(join(source, 'lines/north.txt'), 'The ferry leaves at nine.\n');
    await copyFile(join(vectors, 'recipient.jwk'), join(folder, 'recipient.jwk'));
    const key = JSON.parse(await readFile(join(vectors, 'recipient.jwk'), 'utf8')) as SealKeyJwk;
    const { signal } = new AbortController();
    const [sealed] = await sealAllOutgoing([(await folderItem(source, everything)).item], { kind: 'key', key }, signal);
    const chunks: Buffer[] = [];
    for await (const chunk of sealed?.open(signal) ?? []) chunks.push(Buffer.from(chunk));
    await writeFile(join(folder, 'sealed-folder.jwe'), Buffer.concat(chunks));
    const { stdout, stderr } = await runTool('bash', ['-c', commands], { cwd: folder });
    assert.deepEqual([stdout, stderr], [shown, '']);
  });
});
