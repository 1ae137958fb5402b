// Two foreign JOSE tools against ours, both ways: Debian's `jose` command and python3-jwcrypto. What is not installed is
// skipped, and says so.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openCompact } from '../../../src/core/sealing/jwe/compactJwe.ts';
import { unsealBytes } from '../../../src/core/sealing/records/sealedBytes.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import vector from '../../vectors/sealing/items.json' with { type: 'json' };
import {
  base64url,
  forKey,
  keyPair,
  keyThumbprint,
  manifestOf,
  plaintextOf,
  sealToBytes,
  someBytes,
  tinyRecords,
  unsealToBytes,
  vectors,
  withKey,
} from './sealingHelpers.ts';

const python = '/usr/bin/python3';
const generated = 'marry-oboe-outhouse-coastland-sulphate-chill';
const typed = 'When the ferry leaves, wave 7 times! Ünïcödé';

type Tool = {
  readonly name: string;
  readonly present: () => boolean;
  /** Opens a compact JWE with a JWK or a passphrase. */
  readonly open: (jwe: Uint8Array, secret: Secret) => Promise<Buffer>;
  /** Seals a plaintext with that header and gives the compact JWE. */
  readonly seal: (plaintext: Uint8Array | string, header: unknown, secret: Secret) => Promise<Buffer>;
};
type Secret = { readonly key: object } | { readonly passphrase: string };

function run(command: string, args: readonly string[], input?: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw error;
  assert.equal(status, 0, `${command} failed: ${stderr.toString()}`);
  return stdout;
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function asJwk(secret: Secret): object {
  return 'key' in secret ? secret.key : { kty: 'oct', k: base64url(secret.passphrase) };
}

const joseCommand: Tool = {
  name: 'the jose command',
  present: () => answers('jose', ['alg']),
  async open(jwe, secret) {
    const folder = await tempFolder();
    await writeFile(join(folder, 'key.jwk'), JSON.stringify(asJwk(secret)));
    await writeFile(join(folder, 'item.jwe'), jwe);
    run('jose', ['jwe', 'dec', '-i', join(folder, 'item.jwe'), '-k', join(folder, 'key.jwk'), '-O', join(folder, 'plain')]);
    return readFile(join(folder, 'plain'));
  },
  async seal(plaintext, header, secret) {
    const folder = await tempFolder();
    await writeFile(join(folder, 'key.jwk'), JSON.stringify(asJwk(secret)));
    await writeFile(join(folder, 'plain'), plaintext);
    const template = JSON.stringify({ protected: header });
    run('jose', [
      'jwe',
      'enc',
      '-c',
      '-i',
      template,
      '-I',
      join(folder, 'plain'),
      '-k',
      join(folder, 'key.jwk'),
      '-o',
      join(folder, 'item.jwe'),
    ]);
    return readFile(join(folder, 'item.jwe'));
  },
};

const jwcryptoScript = `
import base64, json, sys
from jwcrypto import jwe, jwk
task = json.load(sys.stdin)
key = jwk.JWK(**task['key'])
if task['do'] == 'open':
    opened = jwe.JWE()
    opened.allowed_algs = ['ECDH-ES', 'PBES2-HS512+A256KW', 'A256GCM']
    opened.deserialize(task['jwe'], key)
    print(base64.b64encode(opened.payload).decode())
else:
    sealed = jwe.JWE(base64.b64decode(task['plaintext']), json.dumps(task['header']), recipient=key,
                     algs=['ECDH-ES', 'PBES2-HS512+A256KW', 'A256GCM'])
    print(sealed.serialize(compact=True), end='')
`;

const jwcrypto: Tool = {
  name: 'python3-jwcrypto',
  present: () => answers(python, ['-c', 'import jwcrypto']),
  async open(jwe, secret) {
    const task = { do: 'open', jwe: Buffer.from(jwe).toString('latin1'), key: asJwk(secret) };
    return Buffer.from(run(python, ['-c', jwcryptoScript], JSON.stringify(task)).toString(), 'base64');
  },
  async seal(plaintext, header, secret) {
    const task = { do: 'seal', header, plaintext: Buffer.from(plaintext).toString('base64'), key: asJwk(secret) };
    return run(python, ['-c', jwcryptoScript], JSON.stringify(task));
  },
};

const types = { typ: 'ferry-sealed+jwe', cty: 'ferry-item' };

for (const tool of [joseCommand, jwcrypto]) {
  describe(`${tool.name} (skipped where it is missing)`, () => {
    before(function () {
      if (!tool.present()) skip(this, `${tool.name}; on Debian: apt-get install ${tool === jwcrypto ? jwcrypto.name : 'jose'}`);
    });
    after(removeTempFolders);

    const secret: Secret = { key: keyPair.privateKey };
    const content = Buffer.concat([Buffer.from('über\n'), someBytes(3000)]);

    it('opens what Ferry seals for a key', async () => {
      const plaintext = await tool.open(await sealToBytes(content, forKey), secret);
      assert.deepEqual(plaintext, Buffer.from(Buffer.concat([Buffer.from(plaintextOf('', { size: content.length })), content])));
    });

    it('opens what Ferry seals for a generated passphrase', async () => {
      const sealed = await sealToBytes(content, { kind: 'passphrase', passphrase: generated, generated: true });
      assert.deepEqual((await tool.open(sealed, { passphrase: generated })).subarray(-content.length), content);
    });

    it('opens the head of a large item and finds its key there', async () => {
      const sealed = await sealToBytes(content, forKey, { layout: tinyRecords });
      const head = (await tool.open(sealed.subarray(0, sealed.indexOf('\n')), secret)).toString();
      const manifest: unknown = JSON.parse(head);
      assert.match(String(Reflect.get(Object(manifest), 'key')), /^[\w-]{22}$/);
      assert.equal(head, plaintextOf('', { size: content.length, key: Reflect.get(Object(manifest), 'key'), recordSize: 50 }));
    });

    it('seals for a key what Ferry opens', async () => {
      const header = { alg: 'ECDH-ES', enc: 'A256GCM', ...types, kid: keyThumbprint };
      const plaintext = Buffer.concat([Buffer.from(plaintextOf('', { size: content.length })), content]);
      const sealed = await tool.seal(plaintext, header, { key: keyPair.publicKey });
      assert.deepEqual(await unsealToBytes(sealed, withKey), { manifest: manifestOf(content.length), content });
    });

    it('seals for a passphrase what Ferry opens', async () => {
      const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', ...types };
      const sealed = await tool.seal(plaintextOf('hello'), header, { passphrase: typed });
      const opened = await unsealToBytes(sealed, { kind: 'passphrase', passphrase: typed });
      assert.equal(opened.content.toString(), 'hello');
    });

    it('opens the vector files', async () => {
      const { passphrase, items, identity } = vector;
      for (const { file, open, form, content: expected } of items) {
        if (open === 'typedPassphrase') continue;
        const [head = ''] = (await readFile(join(vectors, file), 'latin1')).split('\n');
        const plaintext = (await tool.open(Buffer.from(head), open === 'key' ? secret : { passphrase })).toString();
        assert.ok(form === 'records' ? plaintext.includes('"recordSize":128') : plaintext.endsWith(`\n${expected}`), file);
      }
      assert.equal(
        (await tool.open(await readFile(join(vectors, identity.file)), { passphrase })).toString(),
        identity.plaintext,
      );
    });
  });
}

describe('python3-jwcrypto with a passphrase that a person typed (skipped where it is missing)', () => {
  before(function () {
    if (!jwcrypto.present()) skip(this, 'python3-jwcrypto; on Debian: apt-get install python3-jwcrypto');
  });

  it('opens what Ferry seals with 600 000 rounds', async () => {
    const sealed = await sealToBytes(Buffer.from('hello'), { kind: 'passphrase', passphrase: typed, generated: false });
    assert.equal((await jwcrypto.open(sealed, { passphrase: typed })).toString(), plaintextOf('hello'));
  });

  it('seals bytes of another type that Ferry opens', async () => {
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: 'ferry-identity+jwe' };
    const sealed = await jwcrypto.seal('{"a":1}', header, { passphrase: typed });
    assert.equal(Buffer.from(await unsealBytes(sealed, 'ferry-identity+jwe', typed)).toString(), '{"a":1}');
  });
});

describe('the script for python3-cryptography (skipped where it is missing)', () => {
  before(function () {
    const isThere = answers(python, ['-c', 'import cryptography']);
    if (!isThere) skip(this, 'python3-cryptography; on Debian: apt-get install python3-cryptography');
  });
  after(removeTempFolders);

  it('opens the records of a large vector item with what its manifest says, and refuses them cut', async () => {
    const folder = await tempFolder();
    const script = join(vectors, 'open_records.py');
    const sealed = await readFile(join(vectors, 'large-for-key.sealed'));
    const end = sealed.indexOf('\n');
    const head = Buffer.from(await openCompact(sealed.subarray(0, end), types.typ, withKey));
    await writeFile(join(folder, 'manifest.json'), head);
    const open = (body: Uint8Array): ReturnType<typeof spawnSync> =>
      spawnSync(python, [script, join(folder, 'manifest.json')], { input: body });
    const body = sealed.subarray(end + 1);
    const expected = vector.items.find(({ file }) => file === 'large-for-key.sealed')?.content;
    assert.equal(open(body).stdout.toString(), expected);
    assert.notEqual(open(body.subarray(0, 21 + 2 * 128)).status, 0);
  });
});
