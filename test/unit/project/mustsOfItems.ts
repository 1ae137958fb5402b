// The sentences of PROTOCOL.md that say MUST about what items are: sealed items, dictionaries and folders.

import type { Must } from './musts.ts';

export const mustsOfItems: readonly Must[] = [
  {
    says: 'A receiver that named `ahead` MUST say with `104`',
    shownBy: ['net/listening/ahead.test.ts', 'are told while they come, and are those that are there'],
  },
  {
    says: 'MUST come to keep so much of what has come',
    shownBy: ['net/whole/folderKilled.test.ts', 'has no file of two versions where the one that was coming'],
  },
  {
    says: 'MUST NOT make, write or read anything else because of a `path`',
    shownBy: ['host/snippets.test.ts', 'opens nothing for'],
  },
  {
    says: 'MUST NOT let a `blob` make it fetch anything',
    shownBy: ['net/disk/gitBlobs.test.ts', 'is fetched from nowhere where the repository promises to have it elsewhere'],
  },
  {
    says: 'MUST NOT seal for another without asking its person',
    shownBy: ['host/sealing.test.ts', 'sends nothing to a peer whose seal key is not the one it had'],
  },
  {
    says: 'MUST NOT use the compact form for content of more than',
    shownBy: ['unit/sealing/seal.test.ts', 'are a JWE on the first line and a body behind it when they are large'],
  },
  {
    says: 'MUST take the compact form with content of up to',
    shownBy: ['unit/sealing/unseal.test.ts', 'takes content in one JWE of more bytes than Ferry writes'],
  },
  {
    says: 'MUST NOT put anything behind the JWE',
    shownBy: ['unit/sealing/seal.test.ts', 'are a JWE on the first line and a body behind it when they are large'],
  },
  {
    says: 'MUST accept one LF behind a JWE',
    shownBy: ['unit/sealing/seal.test.ts', 'open with one line feed behind a small one'],
  },
  {
    says: 'MUST take records with content of any size',
    shownBy: ['unit/sealing/seal.test.ts', 'come back as they were for any content, layout, manifest and chunks'],
  },
  { says: 'MUST NOT take the one for the other', shownBy: ['unit/sealing/records/sealedBytes.test.ts', 'sealed'] },
  {
    says: 'MUST refuse, before it uses any key',
    shownBy: ['unit/sealing/unsealHostile.test.ts', 'is refused by its head, before the rest is read'],
  },
  {
    says: 'a reader MUST make it safe before it touches a disk',
    shownBy: ['unit/receiving/inboxItems.test.ts', 'An accepted item'],
  },
  {
    says: 'content has any other number of bytes',
    shownBy: ['unit/sealing/unseal.test.ts', 'refuses records whose content is shorter or longer than the manifest says'],
  },
  {
    says: 'MUST make a new key for every item',
    shownBy: ['unit/sealing/seal.test.ts', 'differ each time that the same content is sealed'],
  },
  { says: 'MUST accept padding', shownBy: ['unit/sealing/records/records.test.ts', 'opens what http_ece seals, padded or not'] },
  {
    says: 'a body of more than 4096 records',
    shownBy: ['unit/sealing/records/records.test.ts', 'opens short records up to a number that costs little time'],
  },
  {
    says: 'MUST refuse a body with another `rs`',
    shownBy: ['unit/sealing/records/records.test.ts', 'refuses the mark of the last record in another place'],
  },
  {
    says: 'MUST NOT publish an item before',
    shownBy: ['net/whole/sealed.test.ts', 'leaves nothing behind, and the sender hears one opaque code'],
  },
  {
    says: 'a receiver MUST read all three',
    shownBy: ['unit/dictionary/formats.test.ts', 'decode one dictionary to the same value'],
  },
  {
    says: 'a receiver MUST keep them apart',
    shownBy: ['unit/dictionary/formats.test.ts', 'carries the numbers at the edges with their types and signs'],
  },
  {
    says: 'MUST use them for what XML cannot hold',
    shownBy: ['unit/dictionary/xml.test.ts', 'escapes in the W3C way only what XML cannot hold'],
  },
  { says: 'MUST refuse the whole dictionary', shownBy: ['unit/dictionary/hostile.test.ts', 'refuses ${name}'] },
  {
    says: 'MUST NOT have a member `folder`',
    shownBy: ['unit/wire/messages.test.ts', 'a file with what is in a folder'],
  },
  { says: 'A header of type `g` MUST NOT be there', shownBy: ['unit/folder/hostileStreams.test.ts', 'headers for all entries'] },
  { says: 'A folder MUST come before what is in it', shownBy: ['unit/folder/hostileStreams.test.ts', 'a file in no folder'] },
  { says: 'MUST read on to it', shownBy: ['unit/folder/hostileStreams.test.ts', 'is one where it ends in more zeros'] },
  {
    says: 'MUST refuse the whole folder with `message-invalid`',
    shownBy: ['net/whole/folder.test.ts', 'is refused as a whole ${way} where it is no stream of a folder'],
  },
  {
    says: 'Each component of a path MUST be made safe',
    shownBy: ['unit/folder/hostileStreams.test.ts', 'gives no path that could not land anywhere'],
  },
  {
    says: 'MUST NOT unpack into a folder that is there',
    shownBy: ['net/disk/tree/treePart.test.ts', 'lies beside what has its name, whatever that is, and never in it'],
  },
  {
    says: 'MUST NOT follow a link on the way, and what it makes',
    shownBy: ['net/disk/tree/treePart.test.ts', 'takes the place of nothing that somebody put into its part folder'],
  },
  {
    says: 'MUST NOT take their being harmless for all of them being so',
    shownBy: ['unit/consent/consent.test.ts', 'is asked for a folder of anybody else'],
  },
  {
    says: 'A sender MUST NOT follow links in the folder',
    shownBy: ['net/disk/tree/treeSource.test.ts', 'leaves links and devices at home, and follows none'],
  },
  {
    says: 'MUST NOT send a file in another size than its header says',
    shownBy: ['net/disk/tree/treeChanges.test.ts', 'goes without a file of ${size} bytes that ${what}, and is told'],
  },
  {
    says: 'The bytes before it MUST be those that were sent',
    shownBy: ['net/disk/tree/treeChanges.test.ts', 'goes on where it stopped, without what was left out before'],
  },
];
