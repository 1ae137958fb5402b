// Dictionaries in a real editor: made from a selection, sent, copied, converted, received and inserted.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { loadFormat } from '../../src/core/dictionary/formats.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { OutgoingItem } from '../../src/core/wire/item.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const python = "config = {\n    'name': 'Ada', 'big': 2**0 if False else 1,\n}\n";
const pythonDict = "{'name': 'Ada', 'big': 123456789012345678901234567890, 'ok': True, 'none': None, 't': (1, 2.0)}";
const asJson = '{"name":"Ada","big":123456789012345678901234567890,"ok":true,"none":null,"t":[1,2.0]}';

describe('Dictionaries', () => {
  const scene = setScene();
  const { says, set } = scene;
  let peer: HeadlessPeer;

  const receive = async (id: 'json' | 'xml' | 'cbor', bytes: Uint8Array): Promise<InboxEntry> => {
    scene.person.answer(/wants to send/, 'Accept');
    const { mediaType, extension } = await loadFormat(id);
    const item: OutgoingItem = {
      offered: { kind: 'dictionary', name: `data.${extension}`, size: bytes.length, mediaType },
      open: async function* () {
        yield bytes;
      },
    };
    assert.equal((await peer.send(scene.me(), [item])).phase, 'delivered');
    return scene.entryIn('received');
  };
  const edit = async (content: string, language: string): Promise<vscode.TextEditor> =>
    vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language }));

  const sendDictionary = (): Promise<void> => sendTo(scene.api, peer, ['ferry.sendDictionary']);

  beforeEach(async () => {
    peer = await scene.start({ answer: 'save' });
  });

  for (const [setting, mediaType] of [
    ['json', 'application/json'],
    ['xml', 'application/xml'],
    ['binary', 'application/cbor'],
  ] as const) {
    it(`sends a selected Python dict as ${setting}`, async () => {
      await set('ferry.dictionary.format', setting);
      scene.person.answer(/^Understood as$/, 'Python dict, 5 keys');
      const editor = await edit(`x = 1\n${pythonDict}\ny = 2\n`, 'python');
      editor.selection = new vscode.Selection(1, 0, 1, pythonDict.length);
      await sendDictionary();
      const [item] = (await peer.entry('received')).received;
      assert.equal(item!.item.kind, 'dictionary');
      assert.equal(item!.item.mediaType, mediaType);
      const value = (await loadFormat(setting === 'binary' ? 'cbor' : setting)).decode(await readFile(item!.path));
      const expected = (await loadFormat('json')).decode(new TextEncoder().encode(asJson));
      assert.deepEqual(value, expected);
    });
  }

  it('tells the place where a selection stops being a dictionary, and shows it', async () => {
    scene.person.answer(/^This is no dictionary/, 'Show Place');
    const editor = await edit(python, 'python');
    await vscode.commands.executeCommand('ferry.sendDictionary');
    const text = await says(/^This is no dictionary that Ferry can read: line 2, column \d+: /);
    assert.match(text, /Tried: .*Python/);
    const [diagnostic] = vscode.languages.getDiagnostics(editor.document.uri).filter(({ source }) => source === 'Ferry');
    assert.equal(diagnostic?.range.start.line, 1);
  });

  it("gives the document's own notation the last word, and offers other readings with a mark", async () => {
    scene.person.answer(/^This is no dictionary that Ferry can read: line 2, column 5: /, 'Other Readings…');
    scene.person.answer(/^Understood as$/, /^INI/);
    scene.person.answer(/^Copy the dictionary as$/, 'JSON');
    await edit('a = 1\nb = inf\n', 'toml');
    await vscode.commands.executeCommand('ferry.copyDictionary');
    assert.equal(await vscode.env.clipboard.readText(), '{\n  "a": "1",\n  "b": "inf"\n}');
  });

  it('copies a selection as CBOR diagnostic notation, without a peer', async () => {
    scene.person.answer(/^Understood as$/, /^YAML/);
    scene.person.answer(/^Copy the dictionary as$/, 'CBOR diagnostic notation');
    await edit('a: 1\nb: [x, 2.5]\n', 'yaml');
    await vscode.commands.executeCommand('ferry.copyDictionary');
    assert.equal(await vscode.env.clipboard.readText(), '{"a": 1, "b": ["x", 2.5]}');
  });

  it('converts a dictionary file', async () => {
    const folder = await tempFolder();
    const [source, target] = [join(folder, 'a.json'), join(folder, 'a.cbor')];
    await writeFile(source, asJson);
    scene.person.answer(/^Convert to$/, 'Binary');
    scene.person.saveTo(vscode.Uri.file(target));
    await vscode.commands.executeCommand('ferry.convertDictionary', vscode.Uri.file(source));
    const [from, to] = [await loadFormat('json'), await loadFormat('cbor')];
    assert.deepEqual(to.decode(await readFile(target)), from.decode(await readFile(source)));
  });

  it('converts CBOR of another program, and says what was changed', async () => {
    const folder = await tempFolder();
    const [source, target] = [join(folder, 'a.cbor'), join(folder, 'a.json')];
    await writeFile(source, Uint8Array.of(0xbf, 0x01, 0x41, 0xff, 0xff));
    scene.person.answer(/^Convert to$/, 'JSON');
    scene.person.saveTo(vscode.Uri.file(target));
    await vscode.commands.executeCommand('ferry.convertDictionary', vscode.Uri.file(source));
    assert.equal(await readFile(target, 'utf8'), '{"1":"/w=="}');
    await says(/^The file was converted with changes\. .*Keys that are no text became text\./);
  });

  it('inserts a received dictionary as a literal of the language at the cursor', async () => {
    const value = (await loadFormat('json')).decode(new TextEncoder().encode('{"a":[1,null],"b":true}'));
    const entry = await receive('xml', (await loadFormat('xml')).encode(value));
    const editor = await edit('def f():\n    x = \n', 'python');
    editor.selection = new vscode.Selection(1, 8, 1, 8);
    editor.options = { insertSpaces: true, tabSize: 4 };
    await vscode.commands.executeCommand('ferry.inbox.insert', { entry });
    const expected =
      'def f():\n    x = {\n        "a": [\n            1,\n            None,\n        ],\n        "b": True,\n    }\n';
    assert.equal(editor.document.getText(), expected);
  });

  it('opens a binary dictionary as JSON with a note', async () => {
    const value = (await loadFormat('json')).decode(new TextEncoder().encode(asJson));
    const entry = await receive('cbor', (await loadFormat('cbor')).encode(value));
    await vscode.commands.executeCommand('ferry.inbox.open', { entry });
    const document = await scene.opened();
    assert.match(
      document.getText(),
      /^\/\/ Received as binary \(CBOR\), shown as JSON\.\n\{\n {2}"name": "Ada",\n {2}"big": 123456789012345678901234567890,/,
    );
  });

  it('opens JSON and XML laid out for people under the name of the peer, and leaves the bytes as they came', async () => {
    const bytes = new TextEncoder().encode('{"a":[1],"b":{}}');
    const entry = await receive('json', bytes);
    await vscode.commands.executeCommand('ferry.inbox.open', { entry });
    const document = await scene.opened();
    assert.equal(document.getText(), '{\n  "a": [\n    1\n  ],\n  "b": {}\n}\n');
    assert.equal(document.uri.path, '/neighbour/data.json');
    assert.deepEqual(new Uint8Array(await readFile(entry.received[0]!.path)), bytes);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const asXml = await receive('xml', (await loadFormat('xml')).encode((await loadFormat('json')).decode(bytes)));
    await vscode.commands.executeCommand('ferry.inbox.open', { entry: asXml });
    assert.ok((await scene.opened()).lineCount > 3);
  });

  it('says where a dictionary is to be inserted or compared when no editor is open', async () => {
    const entry = await receive('json', new TextEncoder().encode('{}'));
    for (const command of ['ferry.inbox.insert', 'ferry.inbox.compare']) {
      await vscode.commands.executeCommand(command, { entry });
      await says(/^No text editor is open\./);
      scene.replacePerson();
    }
  });

  it('shows no difference between a received dictionary and one that is the same, whether or not its last line ends', async () => {
    const entry = await receive('json', new TextEncoder().encode('{"a":1}'));
    for (const end of ['', '\n']) {
      await edit(`{\n  "a": 1\n}${end}`, 'json');
      await vscode.commands.executeCommand('ferry.inbox.compare', { entry });
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputTextDiff);
      const sides = [input.original, input.modified].map((uri) => vscode.workspace.fs.readFile(uri));
      const [theirs, mine] = await Promise.all(sides);
      assert.deepEqual(theirs, mine);
    }
  });

  it('prints a received dictionary as a tree', async () => {
    await set('ferry.receive.action', 'print');
    await receive('json', new TextEncoder().encode('{"server":{"port":8080}}'));
    const text = await eventually(
      vscode.workspace.onDidChangeTextDocument,
      () =>
        vscode.workspace.textDocuments
          .find((document) => document.uri.scheme === 'output' && document.getText().includes('port'))
          ?.getText(),
      'the channel shows the tree',
    );
    assert.match(text, /data\.json \| application\/json \| 24 B \|.*\n {2}map, 1 key\n {4}server: map, 1 key\n {6}port: 8080\n/);
  });

  it('refuses a hostile dictionary in words, and still saves its bytes', async () => {
    const bytes = new TextEncoder().encode('<!DOCTYPE x [<!ENTITY a "b">]><map xmlns="http://www.w3.org/2005/xpath-functions"/>');
    const entry = await receive('xml', bytes);
    await vscode.commands.executeCommand('ferry.inbox.open', { entry });
    await says(/^This is not a valid dictionary: it breaks the rules of XML at byte 0\. Its bytes can still be saved\.$/);
    assert.deepEqual(new Uint8Array(await readFile(entry.received[0]!.path)), bytes);
  });

  it('compares a received dictionary with the selection', async () => {
    const entry = await receive('json', new TextEncoder().encode('{"a":1}'));
    await edit('{"a": 2}', 'json');
    await vscode.commands.executeCommand('ferry.inbox.compare', { entry });
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(input.original)), '{\n  "a": 1\n}');
  });
});
