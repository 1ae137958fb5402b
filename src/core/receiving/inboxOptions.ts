// What an inbox can be told: how long offers wait, how seals come off, and who is a stranger.

import type { PeerId } from '../peers/peerId.ts';
import type { InboxJournal } from './inboxJournal.ts';
import type { Unseal } from './landing.ts';

export type InboxOptions = {
  /** How long an offer waits for the person, in milliseconds. */
  readonly offerLifeMs?: number;
  /** Takes the seal off items that are for this person's key; without it they are kept sealed. */
  readonly unseal?: Unseal;
  /** Whether files in folders of this peer may be run here where they may be run there; not where nothing is said. */
  readonly keepsExecutable?: (peer: PeerId) => boolean;
  /** Keeps entries beyond this process; without it they end with it. */
  readonly journal?: InboxJournal;
  /** Whether a peer was never met; without it every peer counts as met. */
  readonly isStranger?: (peer: PeerId) => boolean;
};
