// What is accepted without a question, and what an offer is seen to hold.

import assert from 'node:assert/strict';

import { decide, mayLeaveSeal, placeOfPeer, unsealedLanding } from '../../../src/core/consent/consent.ts';
import { contentsOf, dangerousFirst, needsSecondYes } from '../../../src/core/consent/contents.ts';
import { blankEntry, type PeerBook } from '../../../src/core/peers/book.ts';
import type { AutoAccept, BookEntry } from '../../../src/core/peers/peers.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import type { OfferedItem, PlainItem } from '../../../src/core/wire/item.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';

const file = (name: string): PlainItem => ({ kind: 'file', name, size: 1, mediaType: 'text/plain' });
const sealed: OfferedItem = { kind: 'sealed', size: 1, form: 'compact', for: 'key' };
const all: AutoAccept = { kinds: ['file', 'dictionary', 'sealed'], maxBytes: 100 };
const bookOf = (entry: Partial<BookEntry>): PeerBook => {
  const held: BookEntry = { ...blankEntry(id(1)), trust: 'paired', ...entry };
  return {
    onDidChange: () => ({ dispose: () => undefined }),
    entries: () => [held],
    find: (peer) => (peer === held.id ? held : undefined),
    trustOf: () => held.trust,
    change: () => Promise.resolve(),
  };
};
const entryOf = (items: readonly OfferedItem[], unasked = false): InboxEntry => ({
  ...{ id: 'x', offerId: 'x', peer: { id: id(1), name: 'Ada' }, items, arrivedAt: new Date(0) },
  ...{ fromStranger: false, unasked, state: { phase: 'waiting' }, received: [] },
});
const decision = (items: readonly OfferedItem[], rule: AutoAccept | undefined = all): string =>
  decide(entryOf(items), { book: bookOf({}), autoAccept: rule });

describe('Consent', () => {
  it('is not asked for where the person allowed all of it to a paired peer', () => {
    assert.equal(decision([file('a.txt'), sealed]), 'accept');
    assert.equal(decision([file('a.txt')], { ...all, maxBytes: 0 }), 'ask');
    assert.equal(decision([file('a.txt'), sealed], { ...all, kinds: ['file'] }), 'ask');
    assert.equal(decide(entryOf([file('a')]), { book: bookOf({ trust: 'known' }), autoAccept: all }), 'ask');
  });

  const dangerous = [
    '.vscode/tasks.json',
    '.vscode/settings.json',
    'x/.vscode/launch.json',
    '.VSCODE/TASKS.JSON',
    'tasks.json',
    'tas\u200bks.json',
    '.git/hooks/pre-commit',
    '.githooks/pre-commit',
    '.husky/pre-commit',
    'package.json',
    'Makefile',
    '.envrc',
    '.bashrc',
    'conftest.py',
    'a.exe',
    'a.desktop',
    'x.code-workspace',
    'setup.exe ',
    'run.sh.',
    'gradlew',
    'build.gradle',
    'Cargo.toml',
    'build.rs',
    '.pre-commit-config.yaml',
    'invoice.js\u0065',
    'AppRun.AppImage',
    'foo.msc',
    'ＴＡＳＫＳ.json',
    'App.csproj',
    'Directory.Build.targets',
    'mix.exs',
    'flake.nix',
    'compose.yaml',
    'mypy.ini',
    'setup.cfg',
    '.rubocop.yml',
    '.Rprofile',
    '.nvim.lua',
    '.dir-locals.el',
    'karma.conf.js',
    '.hg/hgrc',
    '.project',
    'Podfile',
  ];
  for (const name of dangerous) {
    it(`is asked for a file named ${JSON.stringify(name)}, wherever it lands`, () => {
      assert.equal(decision([file('a.txt'), file(name)]), 'ask');
    });
  }

  it('is not asked for names that run nothing', () => {
    const names = ['a.txt', 'notes.md', 'photo.png', 'data.json', 'main.py', 'index.ts', 'report.pdf', 'default.css', 'a.xml'];
    for (const name of [...names, 'settings.txt', 'compose.md', 'project.txt', 'my.config.json'])
      assert.equal(decision([file(name)]), 'accept', name);
  });

  it('is asked for what comes out of a seal as what it is, where nobody was asked before', () => {
    const may = (item: PlainItem, kinds: AutoAccept['kinds'], unasked = true): boolean =>
      mayLeaveSeal(entryOf([sealed], unasked), item, { book: bookOf({}), autoAccept: { ...all, kinds } });
    assert.equal(may(file('a.txt'), ['sealed', 'file']), true);
    assert.equal(may(file('a.txt'), ['sealed', 'dictionary']), false);
    assert.equal(may({ ...file('a.json'), kind: 'dictionary' }, ['sealed', 'file']), false);
    assert.equal(may(file('.vscode/tasks.json'), ['sealed', 'file']), false);
    assert.equal(may({ ...file('a'), size: 101 }, ['sealed', 'file']), false);
    assert.equal(may(file('tasks.json'), ['sealed'], false), true);
  });
});

describe('What an offer holds', () => {
  it('is asked for a folder of anybody else, in a seal as well: not all that is in it is named', () => {
    const folder: PlainItem = { ...file('project'), kind: 'folder', folder: { files: 100, folders: 0, names: ['a.txt'] } };
    assert.equal(decision([folder]), 'ask');
    assert.equal(mayLeaveSeal(entryOf([sealed], true), folder, { book: bookOf({}), autoAccept: all }), false);
    const own = bookOf({});
    assert.equal(decide(entryOf([folder]), { book: { ...own, trustOf: () => 'own' }, autoAccept: undefined }), 'accept');
  });

  it('is asked for a folder of an own window too where one that it names may run something', () => {
    const folder: PlainItem = {
      ...file('project'),
      kind: 'folder',
      folder: { files: 1, folders: 0, names: ['.vscode/tasks.json'] },
    };
    assert.equal(decide(entryOf([folder]), { book: { ...bookOf({}), trustOf: () => 'own' }, autoAccept: undefined }), 'ask');
  });

  it('names what may run something in a folder first, and the others in their order', () => {
    assert.deepEqual(dangerousFirst(['b.txt', 'a.txt', 'x/.vscode/tasks.json', 'run.sh']), [
      ...['x/.vscode/tasks.json', 'run.sh', 'b.txt', 'a.txt'],
    ]);
  });

  it('shows what may run something first, and the others in their order', () => {
    const items = [file('a.txt'), sealed, file('.vscode/tasks.json'), file('b.txt'), file('run.sh')];
    assert.deepEqual(
      contentsOf(items).map(({ n, name, mayRun }) => [n, name, mayRun]),
      [
        [2, '.vscode/tasks.json', true],
        [4, 'run.sh', true],
        [0, 'a.txt', false],
        [1, undefined, false],
        [3, 'b.txt', false],
      ],
    );
  });
});

describe('A folder that an editor has open', () => {
  const folder: PlainItem = { ...file('sources'), kind: 'folder', folder: { files: 1, folders: 0, names: ['a.txt'] } };
  const asked: readonly (readonly [string, readonly OfferedItem[], string, string?])[] = [
    ['a name that can run something', [file('a.txt'), file('package.json')], ''],
    ['a harmless name in a folder of settings', [file('a.json')], '.vscode'],
    ['another name that can run something', [file('a.txt')], '', 'Makefile'],
    ['a name that is dangerous once it is safe', [file('x/tasks.json')], ''],
    ['what is sealed', [sealed], ''],
    ['a folder', [folder], ''],
  ];
  for (const [name, items, below, other] of asked)
    it(`takes a second yes for ${name}`, () => assert.equal(needsSecondYes(items, below, { name: other }), true));

  it('takes none for what only lies there', () => {
    assert.equal(needsSecondYes([file('a.txt'), { ...file('main.1-3.ts'), kind: 'snippet' }], 'src'), false);
  });

  it('takes none for what nobody can know where the person was told so, but for what is known to be able to run', () => {
    const yes = (items: readonly OfferedItem[], below = 'src'): boolean => needsSecondYes(items, below, { isTold: true });
    assert.deepEqual([yes([folder]), yes([sealed]), yes([folder, file('a.txt')])], [false, false, false]);
    const withTask = { ...folder, folder: { files: 1, folders: 0, names: ['.vscode/tasks.json'] } };
    assert.deepEqual([yes([withTask]), yes([folder, file('package.json')])], [true, true]);
    assert.deepEqual([yes([folder], '.vscode'), yes([sealed], '.vscode')], [true, true]);
  });

  it('never gets what may run something out of a seal that was accepted there', () => {
    const landing = { folder: '/work', name: 'sealed.jwe' };
    const of = (item: PlainItem): unknown => unsealedLanding({ phase: 'received', action: 'save', landing }, item);
    assert.deepEqual([of(file('a.txt')), of(file('package.json')), of(folder)], [{ folder: '/work' }, 'folder', 'folder']);
    assert.equal(unsealedLanding({ phase: 'received', action: 'print', landing: 'storage' }, file('package.json')), 'storage');
  });
});

describe('The folder of a peer', () => {
  it('is the one in its entry in the book', () => {
    assert.deepEqual(placeOfPeer(bookOf({ receiveFolder: '/ada' }), id(1)), { folder: '/ada' });
    assert.equal(placeOfPeer(bookOf({}), id(1)), undefined);
    assert.equal(placeOfPeer(bookOf({ receiveFolder: '/ada' }), id(2)), undefined);
  });
});
