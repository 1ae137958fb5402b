// The way of one item's bytes from the network to the disk: counted, hashed, unsealed where they are sealed, checked, and only
// then given their name.

import { equalBytes } from '../base/bytes.ts';
import { FerryError, toFerryError } from '../base/errors.ts';
import { isInterruption } from '../base/interruption.ts';
import { randomToken } from '../base/token.ts';
import { safeFileName } from '../text/safeName.ts';
import { isTooLarge, type OfferedItem, type PlainItem, sealedFileName } from '../wire/item.ts';
import type { ReceivedItem } from './entry.ts';
import type { ItemBody, KeptPart, Landing, PartFile, ReceiveStore, Target } from './store.ts';

/** Takes the seal off a body: what is in it, and its content as it comes. */
export type Unseal = (
  bytes: AsyncIterable<Uint8Array>,
) => Promise<{ readonly item: PlainItem; readonly content: AsyncIterable<Uint8Array> }>;

export type LandingRequest = {
  readonly store: ReceiveStore;
  readonly landing: Landing;
  readonly offered: OfferedItem;
  readonly body: ItemBody;
  /** What its bytes are found again by, where they stay without a name. */
  readonly part: string;
  /** What of the item lies there already, of another process. */
  readonly kept?: KeptPart | undefined;
  /** Whether files of a folder that may be run over there may be run here. */
  readonly keepExecutable?: boolean;
  /** How to unseal a sealed item on its way; one without lands as it came. */
  readonly unseal?: Unseal | undefined;
  /** Called at most ten times a second with the bytes that have come. */
  readonly onProgress: (received: number) => void;
  /**
   * Called once the item has its name, in place of `discard`, which takes its part away: as long as that is there, a process that
   * comes after this one knows that the item has landed.
   */
  readonly onPublished?: (landed: Landed, discard: () => Promise<void>) => void;
  /** Waited for before the item gets its name. */
  readonly ready?: Promise<unknown> | undefined;
  /** Asked last of all: an item that was cancelled meanwhile gets no name. */
  readonly isWanted: () => boolean;
};

/**
 * What landed: `item` is what the file is, which for an item that stays sealed is the seal itself. `sha256` is that of the file
 * where its bytes are those that travelled; what came out of a seal is authentic by its seal, and hashing it as well would cost
 * as much again.
 */
export type Landed = Pick<ReceivedItem, 'path' | 'sha256' | 'item' | 'missing'>;

const progressEveryMs = 100;
const checkpointEveryMs = 2_000;

/**
 * Lands one item. Fails with ERR_ITEM_TOO_LARGE at the first byte more than was offered, ERR_SIZE_MISMATCH, ERR_DIGEST_MISMATCH,
 * ERR_CANCELLED, or with what the body, the seal and the store fail with; nothing is left behind then.
 */
export async function landItem(request: LandingRequest): Promise<Landed> {
  const { offered, unseal } = request;
  if (offered.kind === 'sealed' && unseal !== undefined) return landUnsealed(request, unseal);
  const item = landedItem(offered, offered.kind === 'sealed' ? sealedFileName(offered.form, randomToken()) : offered.name);
  const checkpoints = new Checkpoints();
  return withPart(request, item, async (part) => {
    // What another process began is read back; else it is hashed while it is written, for the disk has its own thread.
    const isRest = request.kept !== undefined;
    const followed = isRest && offered.kind !== 'folder' ? part.followed() : undefined;
    const hash = request.store.createHash();
    part.whenKept((bytes) => request.body.kept?.(bytes));
    for await (const chunk of counted(request)) {
      const written = part.write(chunk);
      if (followed === undefined) hash.update(chunk);
      await written;
      await checkpoints.reached(part);
    }
    await part.finish();
    const sha256 = followed === undefined ? hash.digest() : await followed.digest();
    if (!isRest || followed !== undefined) {
      expectDigest(await request.body.digest(), sha256);
      return sha256;
    }
    // A folder that was unpacked is no stream any more: its rest is held against the digest of the rest.
    expectDigest(await request.body.ownDigest?.(), sha256);
    return undefined;
  });
}

/** What an item is on disk that lands as it came: itself, or its seal. */
export function landedItem(offered: OfferedItem, name: string): PlainItem {
  return offered.kind === 'sealed' ? { kind: 'file', name, size: offered.size, mediaType: 'application/jose' } : offered;
}

/** Whether what has come of an item can be gone on with by another process: what comes out of a seal cannot be sealed again. */
export function canBeKept({ offered, unseal }: Pick<LandingRequest, 'offered' | 'unseal'>): boolean {
  return offered.kind !== 'sealed' || unseal === undefined;
}

/** The digest on the wire is that of the sealed bytes. */
async function landUnsealed(request: LandingRequest, unseal: Unseal): Promise<Landed> {
  const hash = request.store.createHash();
  const { item, content } = await unseal(hashed(counted(request, true), hash));
  try {
    checkInner(item);
  } catch (error) {
    await content[Symbol.asyncIterator]().return?.();
    throw error;
  }
  return withPart(request, item, async (part) => {
    await fillWith(part, content);
    expectDigest(await request.body.digest(), hash.digest());
    return undefined;
  });
}

/** Lands content that came out of its seal later than it arrived. Fails as the content and the store do; nothing is left then. */
export async function landContent(
  store: ReceiveStore,
  landing: Landing,
  { item, content }: { readonly item: PlainItem; readonly content: AsyncIterable<Uint8Array> },
): Promise<Landed> {
  checkInner(item);
  const reservation = await store.prepare(landing, item.size);
  try {
    return await withPart({ store, landing, part: randomToken(), isWanted: () => true }, item, async (part) => {
      await fillWith(part, content);
      return undefined;
    });
  } finally {
    reservation?.release();
  }
}

/** What an offer says of sizes is checked when it comes; of what is in a seal nothing was said. */
function checkInner(item: PlainItem): void {
  if (isTooLarge(item)) throw new FerryError('ERR_ITEM_TOO_LARGE', 'what was sealed is larger than its kind may be');
}

async function fillWith(part: PartFile, content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of content) await part.write(chunk);
  await part.finish();
}

type Parting = Pick<LandingRequest, 'store' | 'landing' | 'part' | 'kept' | 'keepExecutable' | 'isWanted'> &
  Partial<Pick<LandingRequest, 'offered' | 'unseal' | 'onPublished' | 'ready'>>;

async function withPart(
  { store, landing, part: id, kept, isWanted, offered, unseal, ready, onPublished, keepExecutable = false }: Parting,
  item: PlainItem,
  fill: (part: PartFile) => Promise<Uint8Array | undefined>,
): Promise<Landed> {
  const part = kept?.part ?? (await store.create(landing, targetOf(item, id, { keepExecutable, landing })));
  let landed: Landed;
  try {
    const sha256 = await fill(part);
    await ready;
    if (!isWanted()) throw new FerryError('ERR_CANCELLED', 'the transfer was cancelled');
    const missing = missingOf(item, part);
    landed = { path: await part.publish(), sha256, item, ...missing };
  } catch (cause) {
    // What this process cannot go on with, the next one may.
    if (offered !== undefined && canBeKept({ offered, unseal }) && isInterruption(toFerryError(cause))) await part.keep();
    else await part.discard();
    throw cause;
  }
  const discard = (): Promise<void> => part.discard();
  if (onPublished === undefined) await discard();
  else onPublished(landed, discard);
  return landed;
}

/** Where an item belongs that lands as what it is. */
export function targetOf(
  item: PlainItem,
  part: string,
  { keepExecutable, landing }: { readonly keepExecutable: boolean; readonly landing: Landing },
): Target {
  const name = safeFileName((typeof landing === 'object' ? landing.name : undefined) ?? item.name);
  return item.kind === 'folder' ? { name, part, tree: { size: item.size, keepExecutable } } : { name, part };
}

function missingOf({ folder }: PlainItem, { counts }: PartFile): Pick<Landed, 'missing'> {
  if (folder === undefined || counts === undefined) return {};
  const missing = folder.files + folder.folders - counts.files - counts.folders;
  if (missing < 0) throw new FerryError('ERR_MESSAGE_INVALID', 'more is in the folder than was offered');
  return missing === 0 ? {} : { missing };
}

/** `isTold`: what is taken here is all that is kept. */
async function* counted(
  { body, kept, offered: { size }, onProgress }: LandingRequest,
  isTold = false,
): AsyncGenerator<Uint8Array> {
  let received = kept?.size ?? 0;
  let shown = performance.now();
  for await (const chunk of body.bytes) {
    received += chunk.length;
    if (received > size) throw tooLarge(size);
    yield chunk;
    if (isTold) body.kept?.(received);
    const now = performance.now();
    if (now - shown < progressEveryMs) continue;
    shown = now;
    onProgress(received);
  }
  if (received < size) throw tooSmall(size, received);
}

function tooLarge(offered: number): FerryError {
  return new FerryError('ERR_ITEM_TOO_LARGE', 'more bytes came than were offered', { detail: { offered } });
}

function tooSmall(offered: number, received: number): FerryError {
  return new FerryError('ERR_SIZE_MISMATCH', 'fewer bytes came than were offered', { detail: { offered, received } });
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Every so often, what has come of a folder becomes something that another process can go on with. */
class Checkpoints {
  #last = performance.now();

  async reached(part: PartFile): Promise<void> {
    const now = performance.now();
    if (part.checkpoint === undefined || now - this.#last < checkpointEveryMs) return;
    await part.checkpoint();
    this.#last = performance.now();
  }
}

function expectDigest(sent: Uint8Array | undefined, sha256: Uint8Array): void {
  if (sent === undefined || !equalBytes(sent, sha256)) {
    throw new FerryError('ERR_DIGEST_MISMATCH', 'the bytes do not have the digest that came with them');
  }
}
