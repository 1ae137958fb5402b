// What a simulated disk consists of: files and folders, each as it is and as it would be after a power cut.

/** What a disk writes at one go, and what may be torn all the same. */
const sectorBytes = 512;

/** A whole number from 0 to below `end`. */
type Random = (end: number) => number;

/** A power cut: how much of what was not synced it leaves, from 0 to 8 of 8, and what it made of each node. */
export type PowerCut = { readonly random: Random; readonly kept: number; readonly after: Map<SimNode, SimNode> };

export type SimNode = SimFile | SimFolder;

/** Bytes, in sectors that are synced or not. */
export class SimFile {
  readonly ino: number;
  bytes: Buffer = Buffer.alloc(0);
  #durable: Buffer = Buffer.alloc(0);
  readonly #unsynced = new Set<number>();

  constructor(ino: number) {
    this.ino = ino;
  }

  /** Writes, and fills a gap with zeros. */
  write(bytes: Uint8Array, at: number): void {
    if (at + bytes.length > this.bytes.length) this.resize(at + bytes.length);
    this.bytes.set(bytes, at);
    for (let sector = Math.floor(at / sectorBytes); sector * sectorBytes < at + bytes.length; sector += 1) {
      this.#unsynced.add(sector);
    }
  }

  /** Cuts, or fills with zeros. */
  resize(length: number): void {
    const bytes = Buffer.alloc(length);
    place(this.bytes, bytes, 0, length);
    this.bytes = bytes;
  }

  /** What was written since the last sync is durable; where it failed, no later sync makes it so. */
  sync(works: boolean): void {
    if (works) {
      const durable = Buffer.alloc(this.bytes.length);
      place(this.#durable, durable, 0, durable.length);
      for (const sector of this.#unsynced) {
        place(this.bytes, durable, sector * sectorBytes, (sector + 1) * sectorBytes);
      }
      this.#durable = durable;
    }
    this.#unsynced.clear();
  }

  /** Each sector as it was, as it is, or torn; the length one of both or between. */
  afterCut({ random, kept }: PowerCut): SimFile {
    const file = new SimFile(this.ino);
    const [old, now] = [this.#durable, this.bytes];
    const between = Math.min(old.length, now.length) + random(Math.abs(old.length - now.length) + 1);
    const length = random(8) < kept ? now.length : ([old.length, between][random(2)] ?? 0);
    file.resize(length);
    for (let at = 0; at < length; at += sectorBytes) {
      const torn = random(4) === 0 && kept > 0 && kept < 8 ? random(sectorBytes) : random(8) < kept ? sectorBytes : 0;
      place(old, file.bytes, at, at + sectorBytes);
      place(now, file.bytes, at, at + torn);
    }
    file.#durable = Buffer.from(file.bytes);
    return file;
  }
}

/** Names, whose changes are synced or not. */
export class SimFolder {
  readonly ino: number;
  readonly names = new Map<string, SimNode>();
  readonly #durable = new Map<string, SimNode>();
  #unsynced: (readonly [name: string, node: SimNode | undefined])[] = [];

  constructor(ino: number) {
    this.ino = ino;
  }

  /** Gives a name to a node, or takes it away. */
  set(name: string, node: SimNode | undefined): void {
    change(this.names, name, node);
    this.#unsynced.push([name, node]);
  }

  /** The changes so far are durable; where it failed, they wait for the next. */
  sync(works: boolean): void {
    if (!works) return;
    for (const [name, node] of this.#unsynced) change(this.#durable, name, node);
    this.#unsynced = [];
  }

  /** Any of the changes that were not synced, each by itself: a rename is two. */
  afterCut(cut: PowerCut): SimFolder {
    const names = new Map(this.#durable);
    for (const [name, node] of this.#unsynced) if (cut.random(8) < cut.kept) change(names, name, node);
    const folder = new SimFolder(this.ino);
    for (const [name, node] of names) folder.set(name, nodeAfterCut(node, cut));
    folder.sync(true);
    return folder;
  }
}

/** What a power cut makes of a node, once for all of its names. */
export function nodeAfterCut(node: SimNode, cut: PowerCut): SimNode {
  const after = cut.after.get(node) ?? node.afterCut(cut);
  cut.after.set(node, after);
  return after;
}

/** Copies a range from the same place, as far as both have it. */
function place(from: Uint8Array, to: Uint8Array, begin: number, end: number): void {
  to.subarray(begin).set(from.subarray(begin, Math.min(end, to.length)));
}

function change(names: Map<string, SimNode>, name: string, node: SimNode | undefined): void {
  if (node === undefined) names.delete(name);
  else names.set(name, node);
}
