// Streams that are no folder, or one that different programs would read in different ways: each is refused, by its own reason.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { FolderReader } from '../../../src/core/folder/reader.ts';
import { brokenRule, hostileNames } from '../../support/hostileNames.ts';
import { endBlocks, padded, paxBlocks, rawBlock, rawPax } from '../../support/tarBlocks.ts';

const file = (name: string | Uint8Array): Buffer => rawBlock({ name });
const folder = (name: string): Buffer => rawBlock({ name, type: '5' });
const long = 'x'.repeat(limits.folderPathBytes);

/** The entries of a stream of which as many bytes were offered as it has. */
function read(stream: Uint8Array, offered = stream.length): readonly string[] {
  const reader = new FolderReader(offered);
  const paths: string[] = [];
  for (const piece of reader.read(stream)) if (piece.type === 'entry') paths.push(piece.entry.path);
  reader.end();
  return paths;
}

const hostile: readonly (readonly [name: string, reason: string, blocks: readonly Uint8Array[]])[] = [
  ...Object.entries({
    'a hard link': '1',
    'a symbolic link': '2',
    'a character device': '3',
    'a block device': '4',
    'a pipe': '6',
    'a contiguous file': '7',
    'headers for all entries': 'g',
    "GNU's long name": 'L',
    "GNU's long link": 'K',
    "GNU's sparse file": 'S',
    "GNU's multiple volumes": 'M',
    "GNU's volume label": 'V',
    "GNU's dump folder": 'D',
    "Solaris' headers": 'X',
    'an old file without type': '\0',
  }).map(([name, type]) => [name, 'type', [rawBlock({ type }), endBlocks]] as const),
  ['an absolute path', 'name', [file('/etc/passwd'), endBlocks]],
  ['a path that goes up', 'name', [file('../a'), endBlocks]],
  ['a path that goes up within', 'name', [folder('a/'), file('a/../../b'), endBlocks]],
  ['a path of a dot', 'name', [folder('./'), endBlocks]],
  ['a path with an empty component', 'name', [folder('a/'), file('a//b'), endBlocks]],
  ['no path', 'name', [paxed('path=', 'a'), endBlocks]],
  ['a file with a slash at its end', 'name', [folder('a/'), file('a/'), endBlocks]],
  ['something behind the end of a name', 'name', [file('a\0b'), endBlocks]],
  ['NUL in a pax path', 'name', [paxed('path=a\0b', 'a'), endBlocks]],
  ['a name that is not UTF-8', 'name', [file(Uint8Array.of(0x61, 0xff)), endBlocks]],
  [
    'a pax path that is not UTF-8',
    'name',
    [Buffer.concat([rawPax(Buffer.from('9 path=\xff\n', 'latin1')), file('a')]), endBlocks],
  ],
  ['a path up by its prefix', 'name', [rawBlock({ name: 'a', prefix: '..' }), endBlocks]],
  ['the same file twice', 'collision', [file('a'), file('a'), endBlocks]],
  ['the same folder twice', 'collision', [folder('a/'), folder('a'), endBlocks]],
  ['a file where a folder is', 'collision', [folder('a/'), file('a'), endBlocks]],
  ['names that differ in case', 'collision', [file('Read'), file('rEAD'), endBlocks]],
  ['folders that differ in case', 'collision', [folder('ä/'), folder('Ä/'), endBlocks]],
  ['names that differ in normal form', 'collision', [paxed('path=\u00e9', 'a'), paxed('path=e\u0301', 'b'), endBlocks]],
  ['names that are one once they are safe', 'collision', [file('a:b'), file('a?b'), endBlocks]],
  ['names that are one without what nobody sees', 'collision', [file('ab'), paxed('path=a\u200bb', 'a'), endBlocks]],
  ['a file in no folder', 'order', [file('a/b'), endBlocks]],
  ['a file in a file', 'order', [file('a'), file('a/b'), endBlocks]],
  ['a wrong checksum', 'checksum', [rawBlock({ checksum: '0000001\0' }), endBlocks]],
  ["GNU's format", 'format', [rawBlock({ magic: 'ustar  \0' }), endBlocks]],
  ['the format before ustar', 'format', [rawBlock({ magic: '\0\0\0\0\0\0\0\0' }), endBlocks]],
  ['a size in base 256', 'number', [rawBlock({ raw: [[124, '\x80\0\0\0\0\0\0\0\0\0\0\x01']] }), endBlocks]],
  ['a size that is none', 'number', [rawBlock({ size: '-0000000001' }), endBlocks]],
  ['an empty size', 'number', [rawBlock({ size: '           ' }), endBlocks]],
  ['a time in base 256', 'number', [rawBlock({ raw: [[136, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff']] }), endBlocks]],
  ['a mode that is none', 'number', [rawBlock({ mode: '0000899' }), endBlocks]],
  ['a file larger than the stream', 'size', [rawBlock({ size: 1_000_000 }), endBlocks]],
  [
    'a file that takes the end',
    'size',
    [rawBlock({ size: 600 }), padded('x'.repeat(600)).subarray(0, 600), endBlocks.subarray(88)],
  ],
  ['a size of pax larger than the stream', 'size', [paxed('size=8796093022208', 'a'), endBlocks]],
  ['a folder with content', 'size', [rawBlock({ name: 'a/', type: '5', size: 1 }), padded('x'), endBlocks]],
  [
    'something in a padding',
    'padding',
    [rawBlock({ size: 1 }), Buffer.concat([Buffer.from('xy'), Buffer.alloc(510)]), endBlocks],
  ],
  [
    'something in the padding of a pax header',
    'padding',
    [rawBlock({ type: 'x', size: 9 }), padded('9 path=b\nx'), file('a'), endBlocks],
  ],
  ['a file behind the end', 'end', [endBlocks, file('a')]],
  ['a file behind one block of zeros', 'end', [Buffer.alloc(512), file('a'), endBlocks]],
  ['a name that begins with NUL', 'end', [rawBlock({ name: '\0a' }), endBlocks]],
  ['no end', 'size', [file('a')]],
  ['half an end', 'size', [file('a'), Buffer.alloc(512)]],
  ['half a block', 'size', [file('a'), file('b').subarray(0, 100)]],
  ['nothing', 'end', []],
  ['a pax header before the end', 'number', [paxBlocks('mtime=1'), endBlocks]],
  ['a pax header for a pax header', 'extension', [paxBlocks('path=a'), paxBlocks('path=b'), file('a'), endBlocks]],
  ["GNU's sparse file in pax", 'extension', [paxed('GNU.sparse.major=1', 'a'), endBlocks]],
  ['a link in pax', 'extension', [paxed('linkpath=/etc/passwd', 'a'), endBlocks]],
  ['an owner in pax', 'extension', [paxed('uid=0', 'a'), endBlocks]],
  ['an attribute in pax', 'extension', [paxed('SCHILY.xattr.user.a=b', 'a'), endBlocks]],
  ['another character set in pax', 'extension', [paxed('hdrcharset=BINARY', 'a'), endBlocks]],
  ['two paths in pax', 'extension', [Buffer.concat([paxBlocks('path=b', 'path=c'), file('a')]), endBlocks]],
  ...[
    '9 path=b',
    '0 path=b\n',
    '-9 path=b\n',
    ' 9 path=b\n',
    '99 path=b\n',
    '8 path=b\n',
    '9_path=b\n',
    '5 =b\n',
    'path=b\n',
    '4 a\n',
  ].map(
    (body) =>
      [`the pax record ${JSON.stringify(body)}`, 'extension', [Buffer.concat([rawPax(body), file('a')]), endBlocks]] as const,
  ),
  ...['size=-1', 'size=1e3', 'size=0x1', 'size=', 'size=99999999999999', 'mtime=', 'mtime=a', 'mtime=1.', 'mtime=1e9'].map(
    (record) => [`the pax record ${record}`, 'number', [paxed(record, 'a'), endBlocks]] as const,
  ),
  ['a pax header without end', 'limit', [rawBlock({ type: 'x', size: 8_000_000 }), Buffer.alloc(2048)]],
  ['a path that is too long', 'limit', [paxed(`path=${long}x`, 'a'), endBlocks]],
  ['a path that is too deep', 'limit', [...deep(limits.folderDepth + 1), endBlocks]],
];

function paxed(record: string, name: string): Buffer {
  return Buffer.concat([paxBlocks(record), file(name)]);
}

function deep(levels: number): readonly Buffer[] {
  return Array.from({ length: levels }, (_, level) => {
    const path = Array.from({ length: level + 1 }, () => 'd').join('/');
    return Buffer.concat([paxBlocks(`path=${path}/`), folder('a/')]);
  });
}

describe('A stream that is no folder', () => {
  for (const [name, reason, blocks] of hostile) {
    it(`is refused for its ${reason}: ${name}`, () => {
      assert.throws(() => read(Buffer.concat(blocks)), { code: 'ERR_MESSAGE_INVALID', detail: { reason } });
    });
  }

  it('is refused where it has more or fewer bytes than were offered', () => {
    const stream = Buffer.concat([file('a'), endBlocks]);
    for (const offered of [stream.length - 1, stream.length + 1, stream.length + 512])
      assert.throws(() => read(stream, offered), { code: 'ERR_MESSAGE_INVALID', detail: { reason: 'size' } });
  });

  it('is refused where it ends before its end', () => {
    for (const blocks of [
      [],
      [file('a')],
      [file('a'), Buffer.alloc(512)],
      [rawBlock({ size: 9 }), padded('x')],
      [rawBlock({ size: 9 })],
    ])
      assert.throws(() => read(Buffer.concat(blocks), 10_000), { code: 'ERR_MESSAGE_INVALID', detail: { reason: 'end' } });
  });

  it('is refused at the first folder too many', () => {
    const reader = new FolderReader(limits.itemBytes);
    const begin = (n: number): unknown => [...reader.read(folder(`d${n}/`))];
    for (let n = 0; n < limits.folderFolders; n += 1) begin(n);
    assert.throws(() => begin(limits.folderFolders), { code: 'ERR_MESSAGE_INVALID', detail: { reason: 'limit' } });
  });

  it('gives no path that could not land anywhere, whatever names come', () => {
    for (const name of hostileNames) {
      const stream = Buffer.concat([paxed(`path=${name}`, 'a'), endBlocks]);
      try {
        for (const path of read(stream)) assert.equal(brokenRule(path), undefined, JSON.stringify([name, path]));
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assert.equal((error as { code?: unknown }).code, 'ERR_MESSAGE_INVALID');
      }
    }
  });

  it('is one where it ends in more zeros, is as deep as it may be, and has the longest path', () => {
    assert.deepEqual(read(Buffer.concat([file('a'), endBlocks, Buffer.alloc(9728)])), ['a']);
    assert.equal(read(Buffer.concat([...deep(limits.folderDepth), endBlocks])).length, limits.folderDepth);
    assert.deepEqual(read(Buffer.concat([rawBlock({ name: 'b', prefix: 'a' }), endBlocks].toSpliced(0, 0, folder('a')))), [
      'a',
      'a/b',
    ]);
  });
});
