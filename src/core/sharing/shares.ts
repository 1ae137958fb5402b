// What this person shares: folders by name, each with all paired peers or with some. Nothing is shared before somebody says so.

import { FerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Standing } from '../peers/peers.ts';
import { numberedName, safeFileName } from '../text/safeName.ts';

/** A shared folder. `name`: what peers see, another one for each share. `path`: where it is on this machine, links followed. */
export type Share = {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** All paired peers, or these of them. */
  readonly with: 'paired' | readonly PeerId[];
};

/** The shares of a person, the same in all windows. */
export type ShareBook = {
  readonly onDidChange: Event<void>;
  entries(): readonly Share[];
  /**
   * Shares a folder, as withShare, under its real path: what takes the place of a link later on is not shared. Gives the share.
   * Fails as `change`, or with ERR_SOURCE_MISSING.
   */
  add(added: Pick<Share, 'name' | 'path' | 'with'>): Promise<Share>;
  /** Changes them all at once. Fails as `change` does, or where they cannot be read or written. */
  change(change: (shares: readonly Share[]) => readonly Share[]): Promise<void>;
  close(): void;
};

/**
 * The shares with one more, or with a folder that is shared already shared with others. `name` is numbered where it is taken.
 * Fails with ERR_BUSY where there are as many as there can be.
 */
export function withShare(shares: readonly Share[], added: Pick<Share, 'name' | 'path' | 'with'>): readonly Share[] {
  const known = shares.find(({ path }) => path === added.path);
  if (known !== undefined) return shares.map((share) => (share === known ? { ...share, with: added.with } : share));
  if (shares.length >= limits.shares) throw new FerryError('ERR_BUSY', 'there are as many shared folders as there can be');
  const wanted = safeFileName(added.name);
  const isTaken = (name: string): boolean => shares.some((share) => keyOf(share.name) === keyOf(name));
  let name = wanted;
  for (let count = 1; isTaken(name); count += 1) name = numberedName(wanted, count);
  return [...shares, { id: randomToken(), name, path: added.path, with: added.with }];
}

/**
 * Whether a peer may list and get what is in a share: this person's own windows always, others only as long as they are paired.
 */
export function isSharedWith(share: Share, peer: PeerId, standing: Standing): boolean {
  if (standing === 'own') return true;
  return standing === 'paired' && (share.with === 'paired' || share.with.includes(peer));
}

function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
