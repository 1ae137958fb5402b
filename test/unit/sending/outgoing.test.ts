// A transfer as its record: what another process finds again of its files and folders, and what it does not.

import assert from 'node:assert/strict';

import { randomToken } from '../../../src/core/base/token.ts';
import { type OutgoingEntry, outgoingOf, recordOfOutgoing } from '../../../src/core/sending/outgoing.ts';
import type { FolderRules, SourceFile } from '../../../src/core/wire/item.ts';
import { ada } from '../../support/offers.ts';

const rules: FolderRules = { followGitignore: true, exclude: ['**/.git'], includeSecrets: false };
const folderBy = (more: Partial<FolderRules>): SourceFile => ({
  ...{ path: '/project', stamp: 'a'.repeat(64), folder: { rules: { ...rules, ...more }, paths: 'b'.repeat(64) } },
});

describe('The record of a transfer', () => {
  const again = (...files: OutgoingEntry['files']): OutgoingEntry['files'] | undefined => {
    const items = files.map((_, n) => ({ kind: 'file', name: `${n}`, size: 3, mediaType: 'text/plain' }) as const);
    const entry: OutgoingEntry = {
      ...{ id: randomToken(), peer: ada, items, files, sealing: 'none', createdAt: new Date(), state: { phase: 'queued' } },
    };
    return outgoingOf(JSON.parse(JSON.stringify(recordOfOutgoing(entry))))?.files;
  };

  it('has each file and folder, with the rules that were chosen for it', () => {
    const files = [{ path: '/a', stamp: '1 2 3' }, undefined, folderBy({}), folderBy({ includeSecrets: true })];
    assert.deepEqual(again(...files), files);
  });

  for (const [what, file] of [
    ['more rules than a person writes', folderBy({ exclude: Array.from({ length: 101 }, (_, n) => `${n}`) })],
    ['a rule without end', folderBy({ exclude: ['*'.repeat(1025)] })],
    ['a path without end', { path: 'a'.repeat(16_385), stamp: '1' }],
  ] as const) {
    it(`is there, and its item cannot be found again, where that has ${what}`, () => {
      assert.deepEqual(again(file), [undefined]);
    });
  }

  it('is none where rules are missing or of another kind', () => {
    const record = (folder: unknown): unknown => ({
      ...{ direction: 'out', id: randomToken(), peer: { id: ada.id, name: 'Ada' }, sealing: 'none', createdAt: 1 },
      ...{ items: [{ kind: 'file', name: 'a', size: 3, mediaType: 'text/plain' }], state: { phase: 'paused' } },
      files: [{ path: '/a', stamp: '1', folder }],
    });
    assert.notEqual(outgoingOf(record(folderBy({}).folder)), undefined);
    for (const folder of [{}, { rules }, { rules: { ...rules, exclude: '*' }, paths: '' }, { rules: {}, paths: '' }, null]) {
      assert.equal(outgoingOf(record(folder)), undefined, JSON.stringify(folder));
    }
  });
});
