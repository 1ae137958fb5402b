// What other extensions can do with Ferry. Copy this file into an extension, and get the interface like this:
//
//   const ferry = await vscode.extensions.getExtension<FerryApi>('ferry.vscode-ferry')?.activate();
//   if (ferry?.apiVersion === 1) ...
//
// Nothing is sent before the person has agreed to it in a dialog that names the caller, the items and the peer.

import type { Event, Uri } from 'vscode';

export type FerryApi = {
  /** Grows when something changes that callers must know of. */
  readonly apiVersion: 1;
  /** The peers that are there or were met, as Ferry lists them; none while it is offline. Blocked ones are not among them. */
  listPeers(): Promise<readonly FerryPeer[]>;
  /**
   * Asks the person, and sends. Resolves when the transfer is over, or waits for a peer who is away. Rejects only where the
   * request has not this shape.
   */
  send(request: FerrySend): Promise<FerrySent>;
  /** Fires when items were accepted and have arrived, in this window. */
  readonly onDidReceive: Event<FerryReceived>;
};

export type FerryPeer = {
  /** What `send` takes. Not for the person's eyes; the same as long as the peer has its key. */
  readonly id: string;
  /** As the person knows the peer, made fit for the screen. No proof of who it is. */
  readonly name: string;
  /** `own`: another window of this person. */
  readonly trust: 'own' | 'paired' | 'known' | 'unknown';
  /** Whether one of its windows answers. */
  readonly isHere: boolean;
};

export type FerrySend = {
  /** Who asks, as the person shall read it: the name of the calling extension. */
  readonly caller: string;
  /** The `id` of a peer; where it is missing the person picks. */
  readonly peer?: string;
  /** Files and folders of this machine, or files of any file system that VS Code has; 1 to 1000. */
  readonly files: readonly Uri[];
};

export type FerrySent = {
  /**
   * `notSent`: the person did not agree, or nobody was picked, or none of the files could be read. `waiting`: the peer is away.
   */
  readonly state: 'notSent' | 'waiting' | 'paused' | 'delivered' | 'partly' | 'declined' | 'expired' | 'cancelled' | 'failed';
};

export type FerryReceived = {
  readonly peer: FerryPeer;
  readonly items: readonly FerryItem[];
};

export type FerryItem = {
  readonly kind: string;
  /** As it was saved, and what it claims to be. */
  readonly name: string;
  readonly mediaType: string;
  readonly uri: Uri;
  /** Whether it is still sealed: then it is what it came as. */
  readonly isSealed: boolean;
};
