// The connection that a pairing runs on, as both of its sides see it: the code is bound to it, and the pairing ends with it.

import type { Event } from '../base/event.ts';

export type PairingChannel = {
  /** The same object for every call on one connection. */
  readonly connection: object;
  /**
   * 32 bytes that the two ends of this connection have and nobody else (RFC 8446 section 7.5). Fails with ERR_CONNECTION_LOST.
   */
  exportedKey(): Uint8Array;
  /** Fires once, when the connection ends; at once where it has ended already. */
  readonly onEnd: Event<void>;
};
