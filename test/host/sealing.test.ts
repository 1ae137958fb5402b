// Sealed items in a real editor: sent, received, kept, opened, and the identity's backup.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import { sealOutgoing } from '../../src/core/sealing/items.ts';
import type { Recipient } from '../../src/core/sealing/jwe/compactJwe.ts';
import type { ItemSource, OutgoingItem } from '../../src/core/wire/item.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const secret = 'nobody but you shall read this: 4711';

describe('Sealed items', () => {
  const scene = setScene();
  const { entryIn, me, opened, says, set, start } = scene;

  const send = (peer: HeadlessPeer, command: string, file: vscode.Uri): Promise<void> => sendTo(scene.api, peer, [command, file]);

  beforeEach(() => scene.person.answer(/wants to send/, 'Accept'));

  it('sends a file sealed for the peer: the offer shows neither name nor type', async () => {
    const peer = await start({ answer: 'save' });
    scene.person.answer(/^Who can unseal it\?$/, '$(key) For their key');
    await send(peer, 'ferry.sendFileEncrypted', await secretFile());
    const entry = await peer.entry('received');
    const [offered] = entry.items;
    assert.deepEqual({ ...offered, size: 0 }, { kind: 'sealed', size: 0, form: 'compact', for: 'key' });
    assert.equal(await readFile(join(peer.folder, 'plans.txt'), 'utf8'), secret);
    await says(/^Encrypting and sending plans\.txt to neighbour/);
  });

  it('seals by itself when the setting says always', async () => {
    const peer = await start({ answer: 'save' });
    await set('ferry.send.encrypt', 'always');
    await send(peer, 'ferry.sendFile', await secretFile());
    assert.equal((await peer.entry('received')).items[0]!.kind, 'sealed');
  });

  it('seals for a passphrase, which ends on the clipboard', async () => {
    const peer = await start({ answer: 'save' });
    scene.person.answer(/^Who can unseal it\?$/, '$(lock) For a passphrase…');
    scene.person.answer(/^Passphrase for what you send$/, /^[a-z]+(-[a-z]+){5}$/);
    await send(peer, 'ferry.sendFileEncrypted', await secretFile());
    const entry = await peer.entry('received');
    assert.equal(entry.received[0]!.sealedFor, 'passphrase');
    assert.match(await vscode.env.clipboard.readText(), /^[a-z]+(-[a-z]+){5}$/);
    assert.ok(!(await readFile(entry.received[0]!.path, 'latin1')).includes('4711'));
  });

  it('sends nothing to a peer whose seal key is not the one it had', async () => {
    const peer = await start({ answer: 'save' });
    const other = await createIdentity();
    const { kty, crv, x, y } = other.sealKey;
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, sealKey: { kty, crv, x, y } }));
    scene.person.answer(/^Who can unseal it\?$/, '$(key) For their key');
    await send(peer, 'ferry.sendFileEncrypted', await secretFile());
    await says(/^plans\.txt was not sent\. The seal key of neighbour is not the one that they had before\./);
    assert.deepEqual(peer.inbox.entries, []);
  });

  it('unseals on arrival what is sealed for its own key', async () => {
    const peer = await start();
    assert.equal((await peer.send(me(), [await sealed(ownKey())])).phase, 'delivered');
    const entry = await entryIn('received');
    assert.equal(entry.received[0]!.path, join(scene.received, 'plans.txt'));
    assert.equal(await readFile(entry.received[0]!.path, 'utf8'), secret);
    assert.match(
      scene.person.shown[0]!.text,
      /^neighbour \(new, unverified\) wants to send an item \(\d+ B, encrypted\)\. Fingerprint: [A-Z2-7]{7}\.$/,
    );
  });

  it('keeps an item sealed when the setting says so, and opens it without writing it', async () => {
    const peer = await start();
    await set('ferry.receive.keepSealed', true);
    assert.equal((await peer.send(me(), [await sealed(ownKey())])).phase, 'delivered');
    const { path } = (await entryIn('received')).received[0]!;
    assert.match(path, /sealed-[A-Za-z0-9]{8}\.jwe$/);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const onDisk = await readFile(path, 'latin1');
    assert.ok(!onDisk.includes('4711') && !onDisk.includes('plans'));
    const shown = opened();
    await vscode.commands.executeCommand('ferry.openSealed', vscode.Uri.file(path));
    assert.equal((await shown).getText(), secret);
    assert.ok(!(await readdir(scene.received)).some((name) => name.startsWith('plans') && name !== 'plans.txt'));
  });

  it('opens a sealed item on double click', async () => {
    const path = join(await tempFolder(), 'kept.jwe');
    const item = await sealed(ownKey());
    await writeFile(path, await bytesOf(item));
    const shown = opened();
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    assert.equal((await shown).getText(), secret);
  });

  it('asks for the passphrase when an item is opened, not when it arrives, and takes the third try', async () => {
    const peer = await start();
    const typed = ['wrong', 'wrong again', 'correct horse'];
    const sealedOnDisk = async () => (await readdir(scene.received)).filter((name) => /^sealed-.*\.jwe$/.test(name));
    await mkdir(scene.received, { recursive: true });
    const before = await sealedOnDisk();
    scene.person.type(/^sealed-/, () => typed.shift());
    const item = await sealed({ kind: 'passphrase', passphrase: 'correct horse', generated: true });
    assert.equal((await peer.send(me(), [item])).phase, 'delivered');
    await says(/^Saved sealed-[A-Za-z0-9]{8}\.jwe from neighbour\.$/);
    assert.ok(!scene.person.shown.some(({ kind }) => kind === 'input'));
    await vscode.commands.executeCommand('ferry.inbox.open', { entry: scene.api.inbox.entries[0]! });
    const entry = scene.api.inbox.entries[0]!;
    assert.equal(await readFile(entry.received[0]!.path, 'utf8'), secret);
    assert.equal(entry.received[0]!.sealedFor, undefined);
    assert.deepEqual(await sealedOnDisk(), before);
  });

  it('opens and copies what a row shows as it is by then, when it has left its seal meanwhile', async () => {
    const peer = await start();
    scene.person.type(/^sealed-/, () => 'correct horse');
    const item = await sealed({ kind: 'passphrase', passphrase: 'correct horse', generated: true });
    assert.equal((await peer.send(me(), [item])).phase, 'delivered');
    const shown = await scene.entryIn('received');
    const stale = { entry: shown, item: { ...shown.received[0]! } };
    await vscode.commands.executeCommand('ferry.inbox.open', stale);
    scene.replacePerson();
    const target = vscode.Uri.file(join(await tempFolder(), 'copy.txt'));
    scene.person.saveTo(target);
    await vscode.commands.executeCommand('ferry.inbox.open', stale);
    await vscode.commands.executeCommand('ferry.inbox.saveAs', stale);
    assert.deepEqual(
      scene.person.shown.map(({ kind }) => kind),
      ['saveDialog'],
    );
    assert.equal(await readFile(target.fsPath, 'utf8'), secret);
  });

  it('leaves an item sealed after three wrong passphrases', async () => {
    const peer = await start();
    scene.person.type(/^sealed-/, () => 'wrong');
    const item = await sealed({ kind: 'passphrase', passphrase: 'right', generated: true });
    assert.equal((await peer.send(me(), [item])).phase, 'delivered');
    await says(/^Saved sealed-[A-Za-z0-9]{8}\.jwe from neighbour\.$/);
    await vscode.commands.executeCommand('ferry.inbox.open', { entry: scene.api.inbox.entries[0]! });
    await says(/none of the passphrases opened it\. It stays sealed\.$/);
    assert.equal(scene.api.inbox.entries[0]!.received[0]!.sealedFor, 'passphrase');
  });

  it('says so when an item is sealed for somebody else, and writes nothing', async () => {
    const { sealKey } = await createIdentity();
    const path = join(await tempFolder(), 'theirs.jwe');
    await writeFile(path, await bytesOf(await sealed({ kind: 'key', key: sealKey })));
    await vscode.commands.executeCommand('ferry.openSealed', vscode.Uri.file(path));
    await says(/^This item is sealed for somebody else/);
  });

  it('says so when a sealed item is damaged', async () => {
    const path = join(await tempFolder(), 'damaged.jwe');
    const bytes = await bytesOf(await sealed(ownKey()));
    bytes[bytes.length - 30]! ^= 1;
    await writeFile(path, bytes);
    await vscode.commands.executeCommand('ferry.openSealed', vscode.Uri.file(path));
    await says(/^This item cannot be unsealed\./);
  });

  it('seals a copy of a file for a passphrase without sending it', async () => {
    const target = join(await tempFolder(), 'copy.jwe');
    scene.person.answer(/^Who can unseal it\?$/, '$(lock) For a passphrase…');
    scene.person.answer(/^Passphrase for what you send$/, /^[a-z]+(-[a-z]+){5}$/);
    scene.person.saveTo(vscode.Uri.file(target));
    await vscode.commands.executeCommand('ferry.sealCopy', await secretFile());
    const passphrase = await vscode.env.clipboard.readText();
    scene.person.type(/^copy\.jwe$/, () => passphrase);
    const shown = opened();
    await vscode.commands.executeCommand('ferry.openSealed', vscode.Uri.file(target));
    assert.equal((await shown).getText(), secret);
  });

  it('backs its identity up and restores it', async () => {
    const before = scene.api.own()!;
    const file = vscode.Uri.file(join(await tempFolder(), 'me.ferry-identity'));
    scene.person.answer(/^Passphrase for the backup of your identity$/, /^[a-z]+(-[a-z]+){5}$/);
    scene.person.saveTo(file);
    await vscode.commands.executeCommand('ferry.backUpIdentity');
    assert.equal((await stat(file.fsPath)).mode & 0o777, 0o600);
    const passphrase = await vscode.env.clipboard.readText();
    scene.person.open(file);
    scene.person.type(/^Backup of an identity$/, () => passphrase);
    scene.person.answer(/^Replace your identity by/, 'Replace Identity');
    await vscode.commands.executeCommand('ferry.restoreIdentity');
    await says(new RegExp(`^Your identity is now ${fingerprintOf(before)}\\.`));
    await scene.online();
    assert.equal(scene.api.own(), before);
  });

  const ownKey = (): Recipient => ({ kind: 'key', key: scene.api.sealKey()! });
});

async function secretFile(): Promise<vscode.Uri> {
  const path = join(await tempFolder(), 'plans.txt');
  await writeFile(path, secret);
  return vscode.Uri.file(path);
}

async function sealed(recipient: Recipient): Promise<OutgoingItem> {
  const { offered, open } = memoryItem('plans.txt', Buffer.from(secret));
  if (offered.kind === 'sealed') throw new TypeError('not sealed yet');
  const source: ItemSource = { offered: { ...offered, mediaType: 'text/plain' }, open };
  return sealOutgoing(source, recipient, new AbortController().signal);
}

async function bytesOf(item: OutgoingItem): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of item.open(new AbortController().signal)) chunks.push(new Uint8Array(chunk));
  return Buffer.concat(chunks);
}
