// A window whose folder lies on no disk of this machine.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import * as vscode from 'vscode';

import { type HeadlessPeer } from '../../support/headlessPeer.ts';
import { setScene } from '../scene.ts';
import { nothingUnexpected, offered, receives, run, saidTo, sends, shares, take, textItem } from './mainCommands.ts';

const far = (path: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, path);
const textOf = async (path: string): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(far(path)));

describe('A virtual workspace', () => {
  const scene = setScene();
  const place = () => ({ folder: far('src'), file: far('src/main.txt'), path: 'src/main.txt' });

  describe('receiving', () => receives(scene));
  describe('sending', () => {
    sends(scene, place);
    shares(scene, place);
  });

  it('begins in a folder of this computer where only such a one can be chosen', async () => {
    for (const command of ['ferry.sendFolder', 'ferry.shareFolder']) {
      await run(command);
      const { at } = scene.person.shown.find(({ kind }) => kind === 'openDialog')!;
      assert.equal(at?.scheme, 'file', command);
      scene.replacePerson();
    }
  });

  it('has room for a sealed copy, which is opened there', async () => {
    const copy = far('main.jwe');
    scene.person.answer(/^Who can unseal it\?$/, /passphrase/);
    scene.person.answer(/^Passphrase for what you send$/, /^[a-z]+(-[a-z]+){5}$/);
    scene.person.saveTo(copy);
    await run('ferry.sealCopy', far('src/main.txt'));
    const passphrase = await vscode.env.clipboard.readText();
    scene.person.type(/^main\.jwe$/, () => passphrase);
    const opened = scene.opened();
    await run('ferry.openSealed', copy);
    assert.equal((await opened).getText(), '/src/main.txt\n');
    nothingUnexpected(scene);
  });

  describe('what comes', () => {
    let peer: HeadlessPeer;
    beforeEach(async () => {
      peer = await scene.start();
    });
    afterEach(() => {
      nothingUnexpected(scene);
      assert.equal(existsSync(far('').fsPath), false);
    });

    it('is accepted into no folder, and that is said', async () => {
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'new.txt', 'new\n'));
      await run('ferry.inbox.acceptToWorkspace', row);
      assert.ok(saidTo(scene).includes('No folder of this machine is open in this window.'));
      scene.api.inbox.decline(row.entry.id);
      await outcome;
    });

    it('is accepted and saved on this computer alone, which is what the dialog begins with', async () => {
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'new.txt', 'new\n'));
      scene.person.saveTo(far('new.txt'));
      await run('ferry.inbox.acceptSaveAs', row);
      const dialog = scene.person.shown.find(({ kind }) => kind === 'saveDialog');
      assert.deepEqual([dialog?.at?.scheme, dialog?.at?.path.split('/').at(-1)], ['file', 'new.txt']);
      assert.equal(scene.api.inbox.find(row.entry.id)?.state.phase, 'waiting');
      await scene.says(/^Ferry cannot write there: it is read-only, or not on this computer\. Choose another place\.$/);
      scene.api.inbox.decline(row.entry.id);
      await outcome;
    });

    it('is saved there once it has come, and where nothing can be written, that is said', async () => {
      await scene.set('ferry.receive.action', 'print');
      const row = await take(scene, peer, textItem('file', 'new.txt', 'new\n'));
      scene.person.saveTo(far('saved.txt'));
      await run('ferry.inbox.saveAs', row);
      assert.equal(await textOf('saved.txt'), 'new\n');
      scene.person.saveTo(far('fixed/saved.txt'));
      await run('ferry.inbox.saveAs', row);
      await scene.says(/^Ferry cannot write there/);
    });

    it('is a dictionary that is saved there, or not', async () => {
      const row = await take(scene, peer, textItem('dictionary', 'd.json', '{"a":1}'));
      scene.person.answer(/^Save the dictionary as$/, /XML/);
      scene.person.saveTo(far('d.xml'));
      await run('ferry.inbox.saveDictionary', row);
      assert.match(await textOf('d.xml'), /<number key="a">1<\/number>/);
      scene.person.saveTo(far('fixed/d.xml'));
      await run('ferry.inbox.saveDictionary', row);
      await scene.says(/^Ferry cannot write there/);
      scene.person.answer(/^Convert to$/, /XML/);
      await vscode.workspace.fs.writeFile(far('d.json'), Buffer.from('{"a":1}'));
      await run('ferry.convertDictionary', far('d.json'));
      assert.equal(scene.person.shown.filter(({ text }) => /^Ferry cannot write there/.test(text)).length, 2);
    });

    it('is compared with what lies there, and takes its place or stands beside it', async () => {
      const row = await take(scene, peer, textItem('file', 'far.txt', 'theirs\n', { path: 'far.txt' }));
      scene.person.answer(/differ\.$/, 'Replace Mine');
      await run('ferry.inbox.compareFile', row);
      const { document } = vscode.window.activeTextEditor!;
      assert.deepEqual([document.uri.toString(), document.getText()], [far('far.txt').toString(), 'theirs\n']);
      await run('workbench.action.revertAndCloseActiveEditor');
      scene.replacePerson().answer(/differ\.$/, 'Keep Both');
      await run('ferry.inbox.compareFile', row);
      assert.equal(await textOf('far (1).txt'), 'theirs\n');
    });

    it('is compared by its name alone', async () => {
      const row = await take(scene, peer, textItem('file', 'main.txt', 'theirs\n'));
      await run('ferry.inbox.compareFile', row);
      assert.ok(
        saidTo(scene).some((text) =>
          /^(main\.txt: yours and the received one differ|No folder that is open here has)/.test(text),
        ),
        saidTo(scene).join('\n'),
      );
    });

    for (const choice of ['Replace Mine', 'Keep Both']) {
      it(`changes nothing that cannot be changed, and that is said: ${choice}`, async () => {
        const row = await take(scene, peer, textItem('file', 'fixed.txt', 'theirs\n', { path: 'fixed/fixed.txt' }));
        scene.person.answer(/differ\.$/, choice);
        await run('ferry.inbox.compareFile', row);
        assert.equal(await textOf('fixed/fixed.txt'), '/fixed/fixed.txt\n');
        await scene.says(/^Ferry cannot write there/);
      });
    }

    for (const kind of ['snippet', 'dictionary'] as const) {
      it(`is no ${kind} that is inserted where nothing can be changed, and that is said`, async () => {
        const row = await take(scene, peer, textItem(kind, 'd.json', '{"a":1}'));
        const { document } = await vscode.window.showTextDocument(far('fixed/fixed.txt'));
        await run('ferry.inbox.insert', row);
        assert.equal(document.getText(), '/fixed/fixed.txt\n');
        await scene.says(/^The document in front of you cannot be changed\./);
      });
    }
  });
});
