// The command line in processes of its own, and a real editor: each to the other.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { parsePeerId } from '../../src/core/peers/peerId.ts';
import { withShare } from '../../src/core/sharing/shares.ts';
import { sharedUri } from '../../src/editor/sharing/sharedUri.ts';
import { endFerries, type Fact, type Ferry, type FerryOptions, runFerry, startFerry } from '../support/cliProcess.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('The command line', function () {
  this.timeout(180_000);
  const scene = setScene();
  let folder = '';
  let options: FerryOptions;

  const editor = (): string => `127.0.0.1:${scene.me().addresses[0].port}`;
  const send = (...words: readonly string[]) => runFerry(['send', ...words, '--to', editor()], options);
  /** Listens for the editor, which it trusts. */
  const listen = async (...more: readonly string[]): Promise<{ readonly ferry: Ferry; readonly fact: Fact }> => {
    await runFerry(['trust', scene.me().id], options);
    const ferry = await startFerry(['receive', '--json', '--into', join(folder, 'into'), ...more], options);
    return { ferry, fact: await ferry.fact('listening') };
  };
  const sendThere = async ({ id }: Fact, ...command: readonly [string, ...unknown[]]): Promise<void> =>
    sendTo(scene.api, { identity: { peerId: parsePeerId(String(id)) } }, command);

  beforeEach(async () => {
    folder = await tempFolder();
    const root = vscode.extensions.getExtension('ferry.vscode-ferry')!.extensionPath;
    const program = [join(root, 'node_modules', 'node', 'bin', 'node'), join(root, 'src', 'cli', 'ferry.ts')];
    options = { data: join(folder, 'data'), name: 'terminal', program };
    await writeFile(join(folder, 'terminal.txt'), 'hello\n');
    await mkdir(join(folder, 'grove'));
    await writeFile(join(folder, 'grove', 'oak.txt'), 'a\n');
  });
  afterEach(endFerries);

  it('sends a file, a folder, a dictionary and something sealed to the editor', async () => {
    scene.person.answer(/wants to send/, 'Accept');
    const both = await send(join(folder, 'terminal.txt'), join(folder, 'grove'));
    assert.equal(both.code, 0, both.stderr);
    assert.equal(await readFile(join(scene.received, 'terminal.txt'), 'utf8'), 'hello\n');
    assert.equal(await readFile(join(scene.received, 'grove', 'oak.txt'), 'utf8'), 'a\n');
    await writeFile(join(folder, 'harbour.yaml'), 'port: 8080\n');
    const dict = await runFerry(['dict', join(folder, 'harbour.yaml'), '--as', 'cbor', '--to', editor()], options);
    assert.equal(dict.code, 0, dict.stderr);
    assert.equal((await readFile(join(scene.received, 'harbour.cbor'))).toString('hex'), 'a164706f7274191f90');
    await writeFile(join(folder, 'whispered.txt'), 'between us\n');
    const sealed = await send(join(folder, 'whispered.txt'), '--encrypt');
    assert.equal(sealed.code, 0, sealed.stderr);
    assert.equal(await readFile(join(scene.received, 'whispered.txt'), 'utf8'), 'between us\n');
    assert.equal(scene.api.inbox.entries[0]!.received[0]!.wasSealed, true);
  });

  it('hears that the person in the editor declined', async () => {
    scene.person.answer(/wants to send/, 'Decline');
    assert.equal((await send(join(folder, 'terminal.txt'))).code, 5);
  });

  it('takes a file and a folder that the editor sends', async () => {
    const { ferry, fact } = await listen();
    await sendThere(fact, 'ferry.sendFile', vscode.Uri.file(join(folder, 'terminal.txt')));
    await sendThere(fact, 'ferry.sendFolder', vscode.Uri.file(join(folder, 'grove')));
    await ferry.fact('received', ({ name }) => name === 'grove (folder with 1 file)');
    assert.equal(await readFile(join(folder, 'into', 'terminal.txt'), 'utf8'), 'hello\n');
    assert.equal(await readFile(join(folder, 'into', 'grove', 'oak.txt'), 'utf8'), 'a\n');
  });

  it('goes on with what the editor was sending when it runs again', async () => {
    await bigFile(join(folder, 'big.bin'));
    const { ferry, fact } = await listen();
    const sent = sendThere(fact, 'ferry.sendFile', vscode.Uri.file(join(folder, 'big.bin')));
    await ferry.fact('progress', ({ moved }) => Number(moved) > 0);
    ferry.kill('SIGINT');
    assert.equal(await ferry.ended, 130);
    const again = await startFerry(
      ['receive', '--json', '--once', '--into', join(folder, 'into'), '--port', String(fact['port'])],
      options,
    );
    assert.equal(await again.ended, 0, again.stdout());
    await sent;
    assert.equal(scene.api.outbox.entries[0]!.state.phase, 'delivered');
    assert.equal(await sumOf(join(folder, 'into', 'big.bin')), await sumOf(join(folder, 'big.bin')));
  });

  it('exchanges messages with the editor', async () => {
    const { ferry, fact } = await listen();
    const id = parsePeerId(String(fact['id']));
    await scene.api.book.change(id, (entry) => ({
      ...{ ...entry, name: 'terminal', trust: 'paired', addresses: [{ host: '127.0.0.1', port: Number(fact['port']) }] },
    }));
    await scene.api.messages.send({ id, name: 'terminal' }, 'hello from the editor');
    assert.equal((await ferry.fact('message'))['text'], 'hello from the editor');
    assert.equal((await runFerry(['message', editor(), 'hello', 'back'], options)).code, 0);
    await eventually(
      scene.api.messages.onDidChange,
      () => scene.api.messages.thread(id)?.messages.some(({ text }) => text === 'hello back') || undefined,
      'the message is in the thread',
    );
  });

  it('lists and gets what the editor shares', async () => {
    const { stdout } = await runFerry(['invite', '--json'], options);
    const { id } = JSON.parse(stdout) as { readonly id: string };
    await scene.api.book.change(parsePeerId(id), (entry) => ({ ...entry, name: 'terminal', trust: 'paired' }));
    const shares = await scene.api.shares();
    await shares.change((all) => withShare(all, { name: 'grove', path: join(folder, 'grove'), with: 'paired' }));
    try {
      const listed = await runFerry(['list', editor(), 'grove'], options);
      assert.deepEqual([listed.code, listed.stdout], [0, '     2 B  oak.txt\n'], listed.stderr);
      const got = await runFerry(['get', editor(), 'grove', '--into', join(folder, 'got')], options);
      assert.equal(got.code, 0, got.stderr);
      assert.equal(await readFile(join(folder, 'got', 'grove', 'oak.txt'), 'utf8'), 'a\n');
    } finally {
      await shares.change(() => []);
    }
  });

  it('shares a folder, from which the editor gets a file and a folder, and in which it reads', async () => {
    const { stdout } = await runFerry(['invite', '--json'], options);
    const id = parsePeerId((JSON.parse(stdout) as { readonly id: string }).id);
    await runFerry(['trust', scene.me().id], options);
    const ferry = await startFerry(['share', join(folder, 'grove'), '--json'], options);
    const { port } = await ferry.fact('sharing');
    const address = { host: '127.0.0.1', port: Number(port) };
    await scene.api.book.change(id, (entry) => ({ ...entry, name: 'terminal', trust: 'paired', addresses: [address] }));
    const row = { id, name: 'terminal', trust: 'paired', windows: [], lastUsed: 0 };
    scene.person.answer(/^Get from terminal$/, '$(folder) grove');
    scene.person.answer(/^Get from terminal · grove$/, '$(file) oak.txt');
    await vscode.commands.executeCommand('ferry.getFile', row);
    await scene.says(/^Saved oak\.txt from terminal\.$/);
    assert.equal(await readFile(join(scene.received, 'oak.txt'), 'utf8'), 'a\n');
    scene.replacePerson().answer(/^Get from terminal$/, '$(folder) grove');
    scene.person.answer(/^Get from terminal · grove$/, '$(cloud-download) Get this folder');
    await vscode.commands.executeCommand('ferry.getFile', row);
    await scene.says(/^Saved grove.* from terminal\.$/);
    await ferry.fact('get', ({ state, name }) => state === 'done' && name === 'grove (folder with 1 file)');
    const document = await vscode.workspace.openTextDocument(sharedUri({ id, name: 'terminal' }, ['grove', 'oak.txt']));
    assert.equal(document.getText(), 'a\n');
  });

  it('takes a dictionary, and something sealed, that the editor sends', async () => {
    const { ferry, fact } = await listen();
    const editing = await vscode.workspace.openTextDocument({ content: 'port: 8080\n', language: 'yaml' });
    await vscode.window.showTextDocument(editing);
    scene.person.answer(/^Understood as$/, /^YAML/);
    await sendThere(fact, 'ferry.sendDictionary');
    const { name, kind } = await ferry.fact('received');
    assert.equal(kind, 'dictionary');
    assert.equal((await runFerry(['dict', join(folder, 'into', String(name))], options)).stdout, '{"port":8080}\n');
    scene.person.answer(/^Who can unseal it\?$/, '$(key) For their key');
    await sendThere(fact, 'ferry.sendFileEncrypted', vscode.Uri.file(join(folder, 'terminal.txt')));
    await ferry.fact('received', (one) => one['name'] === 'terminal.txt');
    assert.equal(await readFile(join(folder, 'into', 'terminal.txt'), 'utf8'), 'hello\n');
  });

  it('goes on with what it was sending to the editor when it runs again', async () => {
    await bigFile(join(folder, 'big.bin'));
    scene.person.answer(/wants to send/, 'Accept');
    const words = ['send', join(folder, 'big.bin'), '--to', editor(), '--json'];
    const first = await startFerry(words, options);
    await first.fact('progress', ({ moved }) => Number(moved) > 0);
    first.kill('SIGINT');
    assert.equal(await first.ended, 130, first.stdout());
    await scene.entryIn('paused');
    const second = await startFerry(words, options);
    assert.equal((await second.fact('sending'))['again'], true);
    assert.equal(await second.ended, 0, second.stdout());
    assert.equal(scene.api.inbox.entries.length, 1);
    assert.equal(await sumOf(join(scene.received, 'big.bin')), await sumOf(join(folder, 'big.bin')));
  });

  it('is paired with by the editor, by a code', async () => {
    const ferry = await startFerry(['pair', '--json'], { ...options, input: true });
    const { id, port } = await ferry.fact('listening');
    const address = { host: '127.0.0.1', port: Number(port) };
    await scene.api.book.change(parsePeerId(String(id)), (entry) => ({ ...entry, addresses: [address] }));
    scene.person.answer(/^(?:\d\s*){6}$/, /They Picked/);
    const pairing = vscode.commands.executeCommand('ferry.pair', { id, name: 'terminal', windows: [], trust: 'unknown' });
    const { code } = await ferry.fact('code');
    ferry.write('y\n');
    await pairing;
    await scene.says(/^Paired with terminal\.$/);
    assert.equal(await ferry.ended, 0, ferry.stdout());
    const shown = scene.person.shown.find(({ text }) => /^(?:\d\s*){6}$/.test(text))?.text.replaceAll(/\D/g, '');
    assert.equal(shown, code);
  });

  it('pairs with the editor by a code', async () => {
    scene.person.answer(/wants to pair/, 'Compare Codes');
    const { current } = scene.api.ui;
    scene.api.ui.current = {
      ...current,
      pick: async (items, pickOptions, signal) => {
        await current.pick(items, pickOptions, signal);
        const state = scene.api.pairings.entries[0]?.state;
        const code = state?.phase === 'comparing' ? state.code : '';
        return items.find(({ label }) => label.replaceAll(/\D/g, '') === code);
      },
    };
    const ferry = await startFerry(['pair', editor(), '--json'], { ...options, input: true });
    await ferry.fact('code');
    ferry.write('y\n');
    assert.equal(await ferry.ended, 0, ferry.stdout() + ferry.stderr());
    await scene.says(/^Paired with terminal\.$/);
  });
});

/** So large that it is in the middle for a while. */
async function bigFile(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.write(randomBytes(1000), 0, 1000, 600_000_000 - 1000);
  await file.close();
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
