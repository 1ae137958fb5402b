// The disk that receives, as core asks it of the world: the network zone fulfils it, tests may bring their own.

/** Where an accepted item lands: in the person's folder, or in Ferry's own storage to be printed or shown from there. */
export type Landing = 'folder' | 'storage';

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
  /** Opens a part file for a name already made safe. */
  create(landing: Landing, name: string): Promise<PartFile>;
  /** A SHA-256 over chunks. */
  createHash(): { update(chunk: Uint8Array): unknown; digest(): Uint8Array };
};

/** A file that is not there yet under its name. Ends with publish or discard. */
export type PartFile = {
  /** Appends. May return before the bytes are on disk; a failure then comes with a later call. */
  write(chunk: Uint8Array): Promise<void>;
  /** Waits for all writes. */
  finish(): Promise<void>;
  /** Gives the file its name, or a numbered one where that is taken, without ever replacing a file; gives the full path. */
  publish(): Promise<string>;
  /** Removes it. Idempotent, never fails. */
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
  /** Makes `bytes` end with this error. */
  abort(error: Error): void;
};
