// The first minute, in a real editor: what a person who has read nothing is told, and what is offered where nothing can be done.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { FerryError } from '../../src/core/base/errors.ts';
import { silentLog } from '../../src/core/base/log.ts';
import { errorWords } from '../../src/editor/asking/errorWords.ts';
import { followFirstSteps } from '../../src/editor/firstSteps.ts';
import { nobodyWords } from '../../src/editor/peers/nobody.ts';
import { rowsOf } from '../../src/editor/peers/pickRows.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('The first minute', () => {
  const scene = setScene();
  const { says } = scene;
  const offline = async (): Promise<void> => {
    await vscode.commands.executeCommand('ferry.goOffline');
  };

  afterEach(async () => {
    await vscode.commands.executeCommand('ferry.goOnline');
    await scene.online();
  });

  /** What stays ticked, and when. */
  const memory = () => {
    const kept = new Map<string, unknown>();
    const ticked = new vscode.EventEmitter<undefined>();
    const memento = {
      keys: () => [...kept.keys()],
      get: (key: string) => kept.get(key),
      update: async (key: string, value: unknown) => {
        kept.set(key, value);
        ticked.fire(undefined);
      },
    } as unknown as vscode.Memento;
    const has = (step: string) =>
      eventually(ticked.event, () => kept.get(`ferry.done.${step}`) as true | undefined, `${step} is ticked`);
    return { kept, memento, has };
  };

  it('ticks each step once it has gone well, and keeps it so', async () => {
    const { kept, memento, has } = memory();
    const { presence, book, outbox } = scene.api;
    let chosen = false;
    // What other tests sent, and whom they found, was a success too.
    for (const { id } of outbox.entries) outbox.remove(id);
    const { directory } = await scene.online();
    await directory.refresh();
    const nobody = (): true | undefined =>
      directory.peers.every(({ trust, windows }) => trust === 'own' || windows.length === 0) || undefined;
    await eventually(directory.onDidChange, nobody, 'nobody else is there');
    const settings = { isVisibilityChosen: () => chosen };
    const context = { presence, book, outbox, settings, log: silentLog };
    const following = followFirstSteps(context, memento);
    try {
      assert.deepEqual([...kept], []);
      const peer = await scene.start({ answer: 'save' });
      const path = join(await tempFolder(), 'first.txt');
      await writeFile(path, 'first');
      await sendTo(scene.api, peer, ['ferry.sendFile', vscode.Uri.file(path)]);
      await has('find');
      await has('send');
      assert.equal(kept.has('ferry.done.pair'), false);
      await book.change(peer.identity.peerId, (entry) => ({ ...entry, trust: 'paired' }));
      await has('pair');
      chosen = true;
      await book.change(peer.identity.peerId, (entry) => ({ ...entry, nickname: 'friend' }));
      await has('reach');
    } finally {
      following.dispose();
    }
  });

  it('says why nobody on the network is found', () => {
    const { state } = scene.api.presence;
    assert.ok(state.phase === 'online');
    assert.equal(nobodyWords(state, 'on'), 'Only this computer can see you.');
    assert.equal(nobodyWords({ ...state, visibility: 'network' }, 'off'), 'Ferry does not look for peers on the network.');
    assert.equal(nobodyWords({ ...state, visibility: 'network' }, 'on'), undefined);
    assert.equal(nobodyWords({ phase: 'offline', by: 'person' }, 'on'), undefined);
  });

  it('lists who was used last, then paired ones, then the others, own windows and who does not answer', async () => {
    const peers: HeadlessPeer[] = [];
    for (const name of ['away', 'near', 'paired', 'recent']) peers.push(await scene.start({ name }));
    const found = peers.map(({ identity: { peerId: id }, name, address }) => ({
      ...{ id, name, trust: name === 'paired' ? ('paired' as const) : ('known' as const), lastUsed: name === 'recent' ? 1 : 0 },
      windows: name === 'away' ? [] : [{ window: name, peerId: id, address, name, focusedAt: 0 }],
    }));
    const own = { ...found[1]!, id: scene.api.own()!, trust: 'own' as const };
    const rows = rowsOf([own, ...found], []);
    const separator = vscode.QuickPickItemKind.Separator;
    assert.deepEqual(
      rows.map(({ kind, label, peer }) => (kind === separator ? label : peer?.name)),
      ['recent', 'recent', 'paired', 'paired', 'near', 'near', 'This computer', 'near', 'not answering', 'away'],
    );
  });

  for (const [command, words] of [
    ['ferry.pair', /^Ferry is offline, so nobody can be paired with\.$/],
    ['ferry.copyInvite', /^Ferry is offline, so nobody could reach you by an invite\.$/],
    ['ferry.renamePeer', /^There are no peers yet that Ferry remembers\.$/],
    ['ferry.forgetPeer', /^There are no peers yet that Ferry remembers\.$/],
  ] as const) {
    it(`says of ${command} while offline what can be done, and nothing of peers that were not found`, async () => {
      await offline();
      await vscode.commands.executeCommand(command);
      await says(words);
      assert.equal(scene.person.shown.filter(({ kind }) => kind === 'error').length, 0);
    });
  }

  it('copies an invite once it is online, which is offered', async () => {
    await offline();
    scene.person.answer(/^Ferry is offline/, 'Go Online');
    await vscode.commands.executeCommand('ferry.copyInvite');
    await says(/^Your invite is on the clipboard\./);
  });

  it('begins every sentence about an error with a capital letter, but for names', () => {
    const error = new FerryError('ERR_PEER_UNREACHABLE', 'x');
    assert.match(errorWords(error), /^The peer cannot be reached\./);
    assert.match(errorWords(error, 'ada'), /^ada cannot be reached\./);
    assert.match(errorWords(new FerryError('ERR_CONNECTION_LOST', 'x')), /^The connection to the peer ended early/);
  });

  it('says nothing of items where an address does not answer', () => {
    for (const code of ['ERR_CONNECTION_LOST', 'ERR_TIMEOUT'] as const) {
      const words = errorWords(new FerryError(code, 'x', { detail: { greeting: true } }));
      assert.match(words, /^The peer .*Check the address, and that Ferry is online there\.$/);
    }
  });

  it('sends the files of rows of Source Control', async () => {
    const peer = await scene.start({ answer: 'save' });
    const folder = await tempFolder();
    const rows = [];
    for (const name of ['a.txt', 'b.txt']) {
      await writeFile(join(folder, name), name);
      rows.push({ resourceUri: vscode.Uri.file(join(folder, name)) });
    }
    await sendTo(scene.api, peer, ['ferry.sendFile', ...rows]);
    await says(/^neighbour received 2 files\.$/);
  });

  it('says that a folder of another file system cannot be sent as one', async () => {
    const elsewhere = memoryFolder();
    try {
      await vscode.commands.executeCommand('ferry.sendFolder', vscode.Uri.parse('ferry-folder:/project'));
      await says(/^This folder is not on this computer, so it cannot be sent as one\. Send its files\.$/);
    } finally {
      elsewhere.dispose();
    }
  });

  it('writes a sealed copy where the person says, also where that is no disk of this computer', async () => {
    const elsewhere = memoryFolder();
    const path = join(await tempFolder(), 'plan.txt');
    await writeFile(path, 'plan');
    scene.person.answer(/^Who can unseal it\?$/, /passphrase/);
    scene.person.answer(/^Passphrase for what you send$/, /^(?!\$)/);
    scene.person.saveTo(vscode.Uri.parse('ferry-folder:/plan.jwe'));
    try {
      await vscode.commands.executeCommand('ferry.sealCopy', vscode.Uri.file(path));
      await says(/^Sealed copy saved as plan\.jwe\.$/);
      assert.match(Buffer.from(elsewhere.written.get('/plan.jwe') ?? []).toString(), /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/);
    } finally {
      elsewhere.dispose();
    }
  });

  it('offers to send again what nobody answered in time', async () => {
    const peer = await scene.start({ offerLifeMs: 100 });
    const path = join(await tempFolder(), 'again.txt');
    await writeFile(path, 'again');
    await sendTo(scene.api, peer, ['ferry.sendFile', vscode.Uri.file(path)]);
    const words = await says(/^neighbour did not answer in time/);
    assert.deepEqual(scene.person.shown.find(({ text }) => text === words)?.actions, ['Send Again']);
  });
});

/** A file system in memory in which there is one folder, and what was written. */
function memoryFolder(): { readonly written: ReadonlyMap<string, Uint8Array>; dispose(): void } {
  const written = new Map<string, Uint8Array>();
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const missing = (uri: vscode.Uri): never => {
    throw vscode.FileSystemError.FileNotFound(uri);
  };
  const isFolder = ({ path }: vscode.Uri): boolean => path === '/' || path === '/project';
  const registered = vscode.workspace.registerFileSystemProvider('ferry-folder', {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) => (isFolder(uri) ? { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 } : missing(uri)),
    readFile: (uri) => {
      if (isFolder(uri)) throw vscode.FileSystemError.FileIsADirectory(uri);
      return missing(uri);
    },
    writeFile: (uri, bytes) => void written.set(uri.path, bytes),
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  });
  return { written, dispose: () => void registered.dispose() };
}
