// The sentences of PROTOCOL.md about shared folders that say MUST, as in musts.ts.

import type { Must } from './musts.ts';

export const mustsOfShares: readonly Must[] = [
  {
    says: 'A page with `next` MUST have entries',
    shownBy: ['net/sharing/hostilePeer.test.ts', 'that goes on with nothing in it'],
  },
  {
    says: 'A reader MUST give up where a list has more',
    shownBy: ['net/sharing/hostilePeer.test.ts', 'with a list without end'],
  },
  {
    says: 'MUST NOT be the same for other bytes',
    shownBy: ['net/sharing/sharedDisk.test.ts', 'since it was described, and tells it by its tag'],
  },
  {
    says: 'A file that changes while it is read MUST NOT seem whole',
    shownBy: ['net/sharing/goingOn.test.ts', 'fails and leaves nothing where the file has changed'],
  },
  {
    says: 'MUST be answered with `not-paired`, whether',
    shownBy: ['unit/sharing/sharing.test.ts', 'to others not even that it is nothing'],
  },
  {
    says: 'MUST be answered with `not-shared`, one like the other',
    shownBy: ['unit/sharing/sharing.test.ts', 'answers every id that is none for this peer alike'],
  },
  {
    says: 'a listener MUST NOT take a path from whoever asks',
    shownBy: ['net/sharing/sharedDisk.test.ts', 'are worth something for the peer they were made for alone'],
  },
  {
    says: 'It MUST NOT follow a link below the shared folder',
    shownBy: ['net/sharing/sharedDisk.test.ts', 'gives nothing through a folder that has become a link'],
  },
  {
    says: 'bodies that are under way MUST end within a second',
    shownBy: ['net/sharing/goingOn.test.ts', 'ends when it is no longer shared'],
  },
  {
    says: 'A receiver MUST check that the answer is what it asked for',
    shownBy: ['net/sharing/hostilePeer.test.ts', 'where the rest that it sends is another one'],
  },
  {
    says: 'It MUST hold size and digest against the description',
    shownBy: ['net/sharing/hostilePeer.test.ts', 'leaves nothing behind where it sends'],
  },
];
