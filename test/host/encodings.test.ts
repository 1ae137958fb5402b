// Text that arrives in another encoding than UTF-8: printed and opened as the sender saw it.

import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { OutgoingItem } from '../../src/core/wire/item.ts';
import { receivedText } from '../../src/editor/receiving/receivedText.ts';
import type { TestApi } from '../../src/extension.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../support/temp.ts';
import { ferry, forgetPeers, newPerson } from './person.ts';

const samples: readonly (readonly [encoding: string, text: string, bytes: Buffer])[] = [
  ['windows-1252', 'größer €', Buffer.from('gr\xf6\xdfer \x80', 'latin1')],
  ['windows1252', 'größer €', Buffer.from('gr\xf6\xdfer \x80', 'latin1')],
  ['Shift_JIS', '日本', Buffer.from('93fa967b', 'hex')],
  ['UTF-16LE', 'a\nü', Buffer.from('a\nü', 'utf16le')],
  ['UTF-16BE', 'aü', Buffer.from('006100fc', 'hex')],
];

describe('Text in another encoding', () => {
  let api: TestApi;
  let peer: HeadlessPeer;
  before(async () => {
    api = await ferry();
    await eventually(api.presence.onDidChange, () => api.presence.session, 'Ferry goes online');
    peer = await headlessPeer({ name: 'neighbour' });
  });
  beforeEach(() => {
    newPerson(api).answer(/wants to send/, 'Accept');
  });
  after(async () => {
    await vscode.workspace.getConfiguration('ferry').update('receive.action', undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await peer.stop();
    await forgetPeers(api);
    await removeTempFolders();
  });

  for (const [encoding, text, bytes] of samples) {
    it(`is read as it was written: ${encoding}`, async () => {
      assert.equal((await receivedText(bytes, { encoding }))?.text, text);
    });
  }

  it('is UTF-8 where that is what was named, and what its mark says in any case', async () => {
    assert.equal((await receivedText(Buffer.from('grün'), { encoding: 'utf8' }))?.text, 'grün');
    assert.equal((await receivedText(Buffer.from('\ufeffgrün', 'utf16le'), { encoding: 'windows-1252' }))?.text, 'grün');
    assert.equal((await receivedText(Buffer.from('grün'), { encoding: 'EBCDIC' }))?.text, 'grün');
  });

  it('is none where the bytes are none, whatever was named', async () => {
    const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    for (const encoding of ['windows-1252', 'Shift_JIS', 'utf8', '']) {
      assert.equal(await receivedText(picture, { encoding }), undefined, encoding);
    }
  });

  it('is opened in its encoding', async () => {
    await vscode.workspace.getConfiguration('ferry').update('receive.action', 'open', true);
    const [, text, bytes] = samples[2]!;
    const item = memoryItem('japan.txt', bytes);
    const offered = { ...item.offered, context: { encoding: 'Shift_JIS' } } as OutgoingItem['offered'];
    const opened = eventually(
      vscode.window.onDidChangeActiveTextEditor as never,
      () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith('japan.txt')),
      'the text is open',
    );
    const { port } = api.presence.session!;
    const to = { id: api.own()!, addresses: [{ host: '127.0.0.1', port }] };
    assert.equal((await peer.send(to, [{ ...item, offered }])).phase, 'delivered');
    const { document } = await opened;
    assert.deepEqual([document.getText(), document.encoding], [text, 'shiftjis']);
  });
});
