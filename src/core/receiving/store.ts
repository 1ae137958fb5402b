// The disk that receives, as core asks it of the world: the network zone fulfils it, tests may bring their own.

/**
 * Where an accepted item lands: in the person's folder, in Ferry's own storage to be printed or shown from there, or in a place
 * that the person chose for it.
 */
export type Landing = 'folder' | 'storage' | ChosenPlace;

/** A folder by its absolute path, and another name for the one item of an offer. */
export type ChosenPlace = { readonly folder: string; readonly name?: string };

/** Space that is kept for an offer. */
export type Reservation = {
  /** So many bytes of the offer are on disk by now, and take their space there. */
  wrote(bytes: number): void;
  /** The rest is free for others. Idempotent. */
  release(): void;
};

/** The disk that receives. */
export type ReceiveStore = {
  /**
   * Checks folder and space before a byte moves, and keeps the space until it is released; a store that keeps none gives nothing.
   * Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE.
   */
  prepare(landing: Landing, bytes: number): Promise<Reservation | undefined>;
  /** Opens a new part for an item. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. */
  create(landing: Landing, target: Target): Promise<PartFile>;
  /** Opens the part that was left for an item, if there is one that can be gone on with. Fails as `create`. */
  reopen(landing: Landing, target: Target): Promise<KeptPart | PublishedPart | undefined>;
  /** Removes what was left for an item. Never fails. */
  forget(landing: Landing, target: Target): Promise<void>;
  /** A SHA-256 over chunks. */
  createHash(): RunningHash;
};

/**
 * Where the bytes of an item belong: `part` is what they are found again by, as long as they have no name. `tree`: they are the
 * stream of a folder, with so many bytes.
 */
export type Target = { readonly name: string; readonly part: string; readonly tree?: TreeTarget };

/** `keepExecutable`: whether files that their owner may run over there may be run here. */
export type TreeTarget = { readonly size: number; readonly keepExecutable: boolean };

export type RunningHash = { update(chunk: Uint8Array): unknown; digest(): Uint8Array };

/** A part with what is in it already. */
export type KeptPart = { readonly part: PartFile; readonly size: number };

/**
 * A part that has its name already: its process went before it could say so. `discard` takes away what tells it, once that is
 * said; it never fails.
 */
export type PublishedPart = { readonly published: string; readonly discard: () => Promise<void> };

/** A file that is not there yet under its name. Ends with discard, after publish where all is well, or with keep. */
export type PartFile = {
  /** Appends. May return before the bytes are on disk; a failure then comes with a later call. */
  write(chunk: Uint8Array): Promise<void>;
  /** Has `tell` called with how many bytes have come that another process can go on behind, each time that may be more. */
  whenKept(tell: (bytes: number) => void): void;
  /** Makes what has come of a folder something that another process can go on with. Not while something is written. */
  checkpoint?(): Promise<void>;
  /** Waits for all writes. */
  finish(): Promise<void>;
  /** The SHA-256 of all that is in it at the end, read back while more is written: for what another process began. */
  followed(): { digest(): Promise<Uint8Array> };
  /** What has come of a folder. */
  readonly counts?: { readonly files: number; readonly folders: number };
  /**
   * Gives the file its name, or a numbered one where that is taken, without ever replacing a file; gives the full path. Data and
   * name are on the disk then, as far as the system can say so.
   */
  publish(): Promise<string>;
  /** Leaves what is in it for `reopen`. Idempotent, never fails. */
  keep(): Promise<void>;
  /** Removes it; a name that was given stays. Idempotent, never fails. */
  discard(): Promise<void>;
};

/** The body of an item as it arrives. */
export type ItemBody = {
  /** Bytes, where the sender says so before them. */
  readonly length?: number;
  /** Fails with ERR_CONNECTION_LOST or ERR_TIMEOUT where the bytes stop coming. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** After the end of `bytes`: the digest that the sender gave in the trailer. */
  digest(): Promise<Uint8Array | undefined>;
  /** Likewise: the digest of the bytes of this body alone. */
  ownDigest?(): Promise<Uint8Array | undefined>;
  /** Tells the sender how many bytes of the item are kept, whatever becomes of the connection, for whoever may hear of that. */
  kept?(bytes: number): void;
  /** Makes `bytes` end with this error. */
  abort(error: Error): void;
};
