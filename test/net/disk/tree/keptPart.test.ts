// A folder that another process began: it goes on where its list says, also within a large file, and never with what may be torn.

import assert from 'node:assert/strict';
import { appendFile, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../../src/core/base/limits.ts';
import { openTreePart, reopenTreePart, type TreePartOptions } from '../../../../src/net/disk/tree/treePart.ts';
import { endBlocks, padded, rawBlock } from '../../../support/tarBlocks.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { afterOtherStart, treeAt } from '../../../support/trees.ts';

const file = (name: string, content: string): Buffer =>
  Buffer.concat([rawBlock({ name, size: Buffer.byteLength(content), mtime: '12345670123' }), padded(content)]);
const folder = (name: string): Buffer => rawBlock({ name, type: '5', mtime: '12345670123' });
const stream = (...blocks: readonly Uint8Array[]): Buffer => Buffer.concat([...blocks, endBlocks]);
const time = Number.parseInt('12345670123', 8);

/** Writes something else into a file from some byte on. */
async function tear(path: string, at: number): Promise<void> {
  const opened = await open(path, 'r+');
  await opened.write('torn', at);
  await opened.close();
}

describe('A folder that another process began', () => {
  const content = 'large'.repeat(limits.pieceBytes / 4);
  const bytes = stream(folder('d'), file('d/a', 'A'.repeat(700)), file('large', content), folder('e'), file('e/b', 'B'));
  const tree = { 'd/': '', 'd/a': 'A'.repeat(700), large: content, 'e/': '', 'e/b': 'B' };
  const contentAt = 2560;
  let root = '';
  let options: TreePartOptions & { readonly list: string };
  beforeEach(async () => {
    root = await tempFolder();
    const list = join(await tempFolder(), 'list');
    options = { path: join(root, 'one.part'), folder: root, name: 'tree', size: bytes.length, list, keepExecutable: true };
  });
  afterEach(removeTempFolders);
  /** A part of which so many bytes were synced, and so many had come when its process ended; gives the list that it left. */
  const leave = async (synced: number, stop: number): Promise<string> => {
    const first = await openTreePart(options);
    await first.write(bytes.subarray(0, synced));
    await first.sync();
    await first.write(bytes.subarray(synced, stop));
    await first.keep();
    return readFile(options.list, 'utf8');
  };
  const goOn = async (expected: number): Promise<void> => {
    const { part, from } = await reopenTreePart(options);
    assert.equal(from, expected);
    await part.write(bytes.subarray(from));
    await part.finish();
    const path = await part.publish();
    assert.deepEqual(await treeAt(path), tree);
    assert.equal((await stat(join(path, 'd'))).mtimeMs, time * 1000);
    assert.equal((await stat(join(path, 'large'))).mtimeMs, time * 1000);
  };

  // Where a start of the machine has a name, what was written counts; elsewhere, what was synced.
  const isNamed = process.platform === 'linux';
  for (const [synced, stop, expected, written = expected] of [
    [0, 0, 0],
    [0, 2100, 0],
    [100, 700, 0],
    [600, 2048, 512],
    [2048, 2300, 2048],
    [2100, 2600, 2048, 2600],
    [2100, 500_000, 2048, 500_000],
    [500_000, 500_000, 500_000],
    [500_000, 600_000, 500_000, 600_000],
    [500_000, bytes.length - 2560, 500_000, bytes.length - 2560],
    [500_000, bytes.length - 1800, 500_000, bytes.length - 2048],
    [bytes.length - 2560, bytes.length, bytes.length - 2560],
    [bytes.length, bytes.length, bytes.length - 1024],
  ] as const) {
    it(`goes on where its list says, and within a large file: ${stop} bytes, ${synced} of them synced`, async () => {
      await leave(synced, stop);
      // What a process that was ended wrote in part.
      await appendFile(options.list, `["file","d/x",1]\n${synced === 0 ? '[9]' : '["fol'}`);
      await goOn(isNamed ? written : expected);
    });

    it(`goes on with what is on the disk after the machine stopped: ${stop} bytes, ${synced} of them synced`, async () => {
      const text = await leave(synced, stop);
      await writeFile(options.list, afterOtherStart(text));
      // Of what was not synced there may be anything.
      if (synced === 500_000 && stop > synced) await tear(join(options.path, 'large'), synced - contentAt);
      await goOn(expected);
    });
  }

  it('believes no number of a file that has begun where the sum is not right', async () => {
    await leave(2048, 100_000);
    const text = await readFile(options.list, 'utf8');
    assert.equal(text.includes('"begun"'), isNamed);
    await writeFile(options.list, text.replace(`,${content.length},`, `,${content.length - 1},`));
    await goOn(2048);
  });

  it('goes on a second time within the same file', async () => {
    await leave(0, 100_000);
    for (const stop of [200_000, 300_000]) {
      const { part, from } = await reopenTreePart(options);
      await part.write(bytes.subarray(from, stop));
      await part.sync();
      await part.keep();
    }
    await goOn(300_000);
  });
});
