// A folder on its way in: unpacked while it comes into a part folder beside its place, and named by one rename once all of it is
// on disk. A folder is there whole or not at all, and never becomes one with another.
//
//   the stream   | entries that came as a whole        | the file that has begun      | what is to come
//                | all of them written, and listed     | header | content written   .
//                                                  border        at              at + done: another process goes on here
//
// A small file is written once all of it is there: before that, another process goes on at the border in front of it.

import { limits } from '../../../core/base/limits.ts';
import type { FolderCounts, FolderEntry } from '../../../core/folder/entry.ts';
import { FolderReader } from '../../../core/folder/reader.ts';
import type { PartFile } from '../../../core/receiving/store.ts';
import { checkFolder, disk, writeFailure } from '../disk.ts';
import { nameTree, settleFolder } from './folders.ts';
import { restEveryMs, restingEvery } from './lanes.ts';
import { sweep } from './sweep.ts';
import { findSyncAll } from './syncAll.ts';
import {
  addNameToList,
  addToList,
  type BegunFile,
  type ListedEntry,
  type ReadList,
  readList,
  startOfMachine,
} from './treeList.ts';
import { Unpacked } from './unpacked.ts';

export type TreePartOptions = {
  /** Where the part folder is made, in `folder`. */
  readonly path: string;
  /** Where it gets its name in the end. */
  readonly folder: string;
  /** Made safe. */
  readonly name: string;
  /** The bytes of the stream that was offered. */
  readonly size: number;
  /** Whether files that their owner may run over there may be run here. */
  readonly keepExecutable: boolean;
  /** A file where it is noted what has come: with it, the part can be opened again by another process. */
  readonly list?: string;
  /** Another sync of a whole file system, for tests. */
  readonly findSyncAll?: typeof findSyncAll;
};

/** A part that is a folder. What it held as a stream cannot be read back from it. */
export type TreePart = Omit<PartFile, 'followed'> & {
  /** The part folder. */
  readonly path: string;
  /** The entries that have come. */
  readonly counts: FolderCounts;
  /** Everything that was written is on disk then; gives how many bytes of the stream that is. */
  sync(): Promise<number>;
  /** Ends the writing and leaves what there is. Idempotent, never fails. */
  keep(): Promise<void>;
};

const { promises: fs } = disk;
/** How much of a stream may come before the list says so: a killed process costs no more of it, and to write a list is little. */
const listedEveryBytes = 128 * 1024;

/**
 * Makes the part folder. What comes and is no stream of a folder fails with ERR_MESSAGE_INVALID, the disk with ERR_NO_SPACE or
 * ERR_FOLDER_UNUSABLE.
 */
export async function openTreePart(options: TreePartOptions): Promise<TreePart> {
  await fs.mkdir(options.path, { mode: 0o700 }).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  return newOpenPart(options);
}

/**
 * Opens a part folder again that another process kept or left, as far as its list says that it is there; what came after that is
 * removed. The stream goes on at byte `from`. Fails with ERR_FOLDER_UNUSABLE where what had come is not there any more, and with
 * ERR_MESSAGE_INVALID where it is nothing that a folder may hold.
 */
export async function reopenTreePart(
  options: TreePartOptions & { readonly list: string },
): Promise<{ readonly part: TreePart; readonly from: number }> {
  const listed = await readList(options.list);
  const { entries, begun } = listed;
  await sweep(options.path, begun === undefined ? entries : [...entries, begun.entry]);
  const part = await newOpenPart(options);
  try {
    return { part, from: await part.recall(listed) };
  } catch (error) {
    await part.keep();
    throw error;
  }
}

async function newOpenPart(options: TreePartOptions): Promise<OpenTreePart> {
  const { path: root, folder, keepExecutable, findSyncAll: find = findSyncAll } = options;
  const unpacked = new Unpacked({ root, keepExecutable, findSyncAll: () => find(folder) });
  return new OpenTreePart(options, unpacked, await startOfMachine());
}

class OpenTreePart implements TreePart {
  readonly #options: TreePartOptions;
  readonly #reader: FolderReader;
  readonly #unpacked: Unpacked;
  /** As in `addToList`. */
  readonly #start: string | undefined;
  /** What came since the list was written, the first `#whole` of it as a whole, up to the border. */
  #unlisted: ListedEntry[] = [];
  #whole = 0;
  #border = 0;
  /** The large file that has begun, and up to where the list has what came; whether it has that file. */
  #begun: Pick<BegunFile, 'entry' | 'at'> | undefined;
  #listed = 0;
  #isBegunListed = false;
  #listing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #onKept: (bytes: number) => void = () => undefined;
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: TreePartOptions, unpacked: Unpacked, start: string | undefined) {
    this.#options = options;
    this.#unpacked = unpacked;
    this.#start = start;
    this.#reader = new FolderReader(options.size);
  }

  get path(): string {
    return this.#options.path;
  }

  get counts(): FolderCounts {
    return this.#reader.counts;
  }

  /** The chunk's buffer is free again in the end. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#writing = this.#take(chunk);
    await this.#writing;
  }

  whenKept(tell: (bytes: number) => void): void {
    this.#onKept = tell;
  }

  async finish(): Promise<void> {
    await this.#writing;
    await this.#listing;
    this.#reader.end();
    await this.#unpacked.idle();
  }

  async sync(): Promise<number> {
    await this.#writing;
    await this.#listing;
    await this.#unpacked.settle();
    await settleFolder(this.#options.folder);
    return this.#list();
  }

  async recall({ border, entries, begun, synced }: ReadList): Promise<number> {
    const rest = restingEvery(restEveryMs);
    for (const [n, entry] of entries.entries()) {
      this.#reader.recall(entry);
      this.#unpacked.recall(entry, n < synced);
      await rest();
    }
    this.#reader.goOnAt(border);
    this.#border = border;
    this.#listed = border;
    if (begun === undefined) return border;
    const { entry, at, done: atMost = entry.size } = begun;
    const done = await this.#unpacked.goOnIn(entry, atMost);
    this.#reader.goOnIn(entry, at, done);
    this.#begun = { entry, at };
    this.#unlisted.push(entry);
    return at + done;
  }

  async publish(): Promise<string> {
    await this.finish();
    await checkFolder(fs, this.#options.folder);
    await this.#unpacked.date();
    await this.#unpacked.settle();
    const { folder, name, list } = this.#options;
    const { ino } = await fs.stat(this.path, { bigint: true });
    // Between the rename and whatever says so elsewhere, it is the list that knows.
    const before = async (one: string): Promise<void> => {
      if (list !== undefined) await addNameToList(list, { name: one, ino: `${ino}` });
    };
    const named = await nameTree(this.path, { folder, name, before });
    this.#isOver = true;
    await settleFolder(folder);
    return named;
  }

  async discard(): Promise<void> {
    if (this.#isOver) return;
    await this.keep();
    await fs.rm(this.path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  async keep(): Promise<void> {
    this.#isOver = true;
    await this.#writing.catch(() => undefined);
    await this.#listing?.catch(() => undefined);
    await this.#unpacked.close();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    for (const piece of this.#reader.read(chunk)) {
      if (piece.type === 'bytes') await this.#unpacked.fill(piece.bytes);
      else await this.#begin(piece.entry);
      this.#reached();
    }
    this.#reached();
    if (this.#isDue && this.#listing === undefined) {
      this.#listing = this.#listSome(this.#start);
      this.#listing.catch((error: unknown) => {
        this.#failure = { error };
      });
    }
    this.#tellKept();
  }

  async #begin(entry: FolderEntry): Promise<void> {
    const at = this.#reader.position;
    this.#unlisted.push(entry);
    await this.#unpacked.begin(entry);
    if (entry.size > limits.pieceBytes) this.#begun = { entry, at };
  }

  /** The reader may be ahead of what was taken of it. */
  #reached(): void {
    this.#border = this.#reader.border;
    this.#whole = this.#unlisted.length - (this.#reader.isInFile ? 1 : 0);
    if (this.#reader.isInFile) return;
    this.#begun = undefined;
    this.#isBegunListed = false;
  }

  get #isDue(): boolean {
    if (this.#options.list === undefined || this.#start === undefined) return false;
    return this.#border - this.#listed >= listedEveryBytes || (this.#begun !== undefined && !this.#isBegunListed);
  }

  /** While more is written: nothing waits for a list. */
  async #listSome(start: string | undefined): Promise<void> {
    while (this.#isDue) await this.#list(start);
    this.#listing = undefined;
    this.#tellKept();
  }

  /** Lists what has come, once it is written, as `addToList` does; gives how many bytes that is. */
  async #list(start?: string): Promise<number> {
    const [border, written] = [this.#border, this.#unpacked.written];
    const entries = this.#unlisted.splice(0, this.#whole);
    this.#whole = 0;
    const begun = this.#begun === undefined || written === undefined ? undefined : { ...this.#begun, done: written };
    await this.#unpacked.soFar();
    const { list } = this.#options;
    if (list !== undefined) {
      // Only what is on the disk counts in every start.
      const noted = begun === undefined || start === undefined ? begun : { ...begun, done: 0 };
      await addToList(list, { entries, border, begun: noted }, start);
    }
    this.#listed = border;
    this.#isBegunListed = start !== undefined && begun !== undefined && begun.entry === this.#begun?.entry;
    return begun === undefined ? border : begun.at + begun.done;
  }

  /** Says behind which byte another process can go on; where nothing says so before it is on the disk, what was taken. */
  #tellKept(): void {
    const written = this.#isBegunListed ? this.#unpacked.written : undefined;
    if (this.#start === undefined) this.#onKept(this.#reader.position);
    else if (this.#begun === undefined || written === undefined) this.#onKept(this.#listed);
    else this.#onKept(this.#begun.at + written);
  }
}
