// What is in front of the person in an editor that is none of text: a comparison of notebooks, an image, bytes, a preview.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Event } from '../../src/core/base/event.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { offeredName } from '../../src/core/wire/item.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { bytesEditor, registerBytesEditor } from './bytesEditor.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const unsaved = 'plan.drawing: changes that are not saved cannot be sent from this kind of editor.';

describe('What another editor shows', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  let folder: string;

  const send = async (...args: readonly unknown[]): Promise<InboxEntry> => {
    await sendTo(scene.api, peer, ['ferry.sendFile', ...args]);
    return peer.entry('received');
  };
  const sentBy = async ({ items, received }: InboxEntry) => [offeredName(items[0]!), await readFile(received[0]!.path)];
  const file = async (name: string, content: string | Uint8Array): Promise<vscode.Uri> => {
    await writeFile(join(folder, name), content);
    return vscode.Uri.file(join(folder, name));
  };
  const told = () => scene.person.shown.map(({ kind, text, actions }) => [kind, text, ...actions]);

  beforeEach(async () => {
    folder = await tempFolder();
    peer = await scene.start({ answer: 'save' });
  });

  it('is sent: the changed side of a comparison of notebooks', async () => {
    const [old, now] = [await file('old.ipynb', notebook('old')), await file('now.ipynb', notebook('now'))];
    await vscode.commands.executeCommand('vscode.diff', old, now, 'old and now');
    await inFront(vscode.TabInputNotebookDiff);
    assert.deepEqual(await sentBy(await send()), ['now.ipynb', Buffer.from(notebook('now'))]);
  });

  it('is sent: an image, byte for byte', async () => {
    const { extensionPath } = vscode.extensions.getExtension('ferry.vscode-ferry')!;
    const picture = await readFile(join(extensionPath, 'media', 'icon.png'));
    await vscode.commands.executeCommand('vscode.open', await file('dot.png', picture));
    await inFront(vscode.TabInputCustom);
    assert.deepEqual(await sentBy(await send()), ['dot.png', picture]);
  });

  it('is sent: the bytes of a file, though it is open as text beside them', async () => {
    const bytes = Buffer.from([0x41, 0xff, 0x0d, 0x42, 0x0a]);
    const uri = await file('raw.txt', bytes);
    const editor = registerBytesEditor();
    try {
      await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand('vscode.openWith', uri, bytesEditor, vscode.ViewColumn.Beside);
      await inFront(vscode.TabInputCustom);
      assert.deepEqual(await sentBy(await send()), ['raw.txt', bytes]);
    } finally {
      editor.close();
    }
  });

  it('is saved first where only its own editor can write it, and not sent where that is not wanted', async () => {
    const uri = await file('plan.drawing', 'old');
    const editor = registerBytesEditor();
    try {
      await vscode.commands.executeCommand('vscode.openWith', uri, bytesEditor);
      await inFront(vscode.TabInputCustom);
      await editor.change(uri, 'new');
      await vscode.commands.executeCommand('ferry.sendFile');
      assert.deepEqual(told(), [['warn', unsaved, 'Save']]);
      assert.deepEqual([await readFile(uri.fsPath, 'utf8'), peer.inbox.entries], ['old', []]);
      scene.person.answer(/cannot be sent from this kind of editor/, 'Save');
      assert.deepEqual(await sentBy(await send()), ['plan.drawing', Buffer.from('new')]);
      assert.equal(await readFile(uri.fsPath, 'utf8'), 'new');
    } finally {
      editor.close();
    }
  });

  it('is named as left out where it cannot be saved, and the others go', async () => {
    const [uri, other] = [await file('plan.drawing', 'old'), await file('other.txt', 'other')];
    const editor = registerBytesEditor();
    try {
      await vscode.commands.executeCommand('vscode.openWith', uri, bytesEditor);
      await inFront(vscode.TabInputCustom);
      await editor.change(uri, undefined);
      scene.person.answer(/cannot be sent from this kind of editor/, 'Save');
      const entry = await send(uri, [uri, other]);
      assert.deepEqual(entry.items.map(offeredName), ['other.txt']);
      await scene.says(/^Left out: plan\.drawing: Changes that are not saved cannot be sent/);
      await vscode.commands.executeCommand('ferry.sendFile');
      await scene.says(/^Changes that are not saved cannot be sent from this kind of editor\. Save the file first\.$/);
    } finally {
      editor.close();
    }
  });

  it('is no file in a preview of Markdown, and that is said', async () => {
    await vscode.window.showTextDocument(await file('readme.md', '# Title'));
    await vscode.commands.executeCommand('markdown.showPreview');
    await inFront(vscode.TabInputWebview);
    await vscode.commands.executeCommand('ferry.sendFile');
    const sentence = 'What is in front of you shows no file of its own. Open the file itself, then send it.';
    assert.deepEqual(told(), [['warn', sentence, 'Open File…']]);
  });
});

function notebook(text: string): string {
  const cells = [{ cell_type: 'markdown', metadata: {}, source: [text] }];
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 2 });
}

/** Tabs come to the front a little after their editors. */
function inFront(kind: abstract new (...args: never) => unknown): Promise<unknown> {
  const { tabGroups } = vscode.window;
  const front = (): true | undefined => (tabGroups.activeTabGroup.activeTab?.input instanceof kind ? true : undefined);
  const changed: Event<unknown> = (listener) =>
    vscode.Disposable.from(tabGroups.onDidChangeTabs(listener), tabGroups.onDidChangeTabGroups(listener));
  return eventually(changed, front, 'the tab is in front');
}
