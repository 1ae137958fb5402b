// The way of one item's bytes from the network to the disk: counted, hashed, checked, and only then given their name.

import { equalBytes } from './base64.ts';
import { FerryError } from './errors.ts';
import type { ItemBody, Landing, PartFile, ReceiveStore } from './ports.ts';
import { safeFileName } from './safeName.ts';

export type LandingRequest = {
  readonly store: ReceiveStore;
  readonly landing: Landing;
  readonly name: string;
  /** Bytes, as offered. */
  readonly size: number;
  readonly body: ItemBody;
  /** Called at most ten times a second with the bytes that have come. */
  readonly onProgress: (received: number) => void;
  /** Asked last of all: an item that was cancelled meanwhile gets no name. */
  readonly isWanted: () => boolean;
};

export type Landed = { readonly path: string; readonly sha256: Uint8Array };

const progressEveryMs = 100;

/**
 * Lands one item. Fails with ERR_ITEM_TOO_LARGE at the first byte more than was offered, ERR_SIZE_MISMATCH, ERR_DIGEST_MISMATCH,
 * ERR_CANCELLED, or with what the body and the store fail with; nothing is left behind then.
 */
export async function landItem({ store, landing, name, size, body, onProgress, isWanted }: LandingRequest): Promise<Landed> {
  const part = await store.create(landing, safeFileName(name));
  try {
    await pump(body, part, size, onProgress);
    const sha256 = await part.finish();
    const sent = body.digest();
    if (sent === undefined || !equalBytes(sent, sha256)) {
      throw new FerryError('ERR_DIGEST_MISMATCH', 'the bytes do not have the digest that came with them');
    }
    if (!isWanted()) throw new FerryError('ERR_CANCELLED', 'the transfer was cancelled');
    return { path: await part.publish(), sha256 };
  } finally {
    await part.discard();
  }
}

async function pump(body: ItemBody, part: PartFile, size: number, onProgress: (received: number) => void): Promise<void> {
  let received = 0;
  let shown = performance.now();
  for await (const chunk of body.bytes) {
    received += chunk.length;
    if (received > size) {
      throw new FerryError('ERR_ITEM_TOO_LARGE', 'more bytes came than were offered', { detail: { offered: size } });
    }
    await part.write(chunk);
    const now = performance.now();
    if (now - shown < progressEveryMs) continue;
    shown = now;
    onProgress(received);
  }
  if (received < size) {
    throw new FerryError('ERR_SIZE_MISMATCH', 'fewer bytes came than were offered', { detail: { offered: size, received } });
  }
}
