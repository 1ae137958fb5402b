// The names in the journal's folder, which alone say what there is: records and leases have numbers that only grow, so that a
// listing tells every change, and whoever is late overwrites nothing.
//
//   HASH.EPOCH-NUMBER.json   a record: the number of its holder, and which of that holder's records it is
//   HASH.EPOCH.lease         who holds the key
//   HASH.DAY.gone            that the key was removed, and when
//   WINDOW.window            a window that holds keys, and that it lives
//   WINDOW-NUMBER.part       a record that is being written

/** A record's file. */
export type RecordFile = { readonly name: string; readonly epoch: number; readonly number: number };
/** A lease's file. */
export type LeaseFile = { readonly name: string; readonly epoch: number };
/** The days on which a key was removed, since 1970. */
type GoneFile = { readonly name: string; readonly day: number };

/** What there is of one key, the highest first. */
export type KeyFiles = {
  readonly records: readonly RecordFile[];
  readonly leases: readonly LeaseFile[];
  readonly gone: readonly GoneFile[];
};

/** The folder as it was at one moment. Listings are numbered in the order in which they began. */
export type Listing = {
  readonly number: number;
  readonly keys: ReadonlyMap<string, KeyFiles>;
  /** Tokens of windows. */
  readonly windows: readonly string[];
  readonly parts: readonly { readonly name: string; readonly window: string }[];
};

const noFiles: KeyFiles = { records: [], leases: [], gone: [] };

/** The name of a record's file. */
export function recordName(hash: string, epoch: number, number: number): string {
  return `${hash}.${epoch}-${number}.json`;
}

/** The name of a lease. */
export function leaseName(hash: string, epoch: number): string {
  return `${hash}.${epoch}.lease`;
}

/** The name of what says that a key was removed, on a day since 1970. */
export function goneName(hash: string, day: number): string {
  return `${hash}.${day}.gone`;
}

/** Reads the names of a folder; those of others are left alone. */
export function readListing(names: readonly string[], number: number): Listing {
  const keys = new Map<string, { records: RecordFile[]; leases: LeaseFile[]; gone: GoneFile[] }>();
  const windows: string[] = [];
  const parts: { name: string; window: string }[] = [];
  for (const name of names) {
    const own = /^([0-9a-f]{16})(?:\.window|-\d+\.part)$/.exec(name)?.[1];
    if (own !== undefined && name.endsWith('.window')) windows.push(own);
    else if (own !== undefined) parts.push({ name, window: own });
    const [, hash, first, second, kind] =
      /^([0-9a-f]{64})\.(\d{1,15})(?:-(\d{1,15})(?=\.json$))?\.(json|lease|gone)$/.exec(name) ?? [];
    if (hash === undefined) continue;
    const files = keys.get(hash) ?? { records: [], leases: [], gone: [] };
    keys.set(hash, files);
    if (kind === 'gone') files.gone.push({ name, day: Number(first) });
    else if (kind === 'lease') files.leases.push({ name, epoch: Number(first) });
    else if (second !== undefined) files.records.push({ name, epoch: Number(first), number: Number(second) });
  }
  for (const files of keys.values()) {
    files.records.sort((a, b) => b.epoch - a.epoch || b.number - a.number);
    files.leases.sort((a, b) => b.epoch - a.epoch);
  }
  return { number, keys, windows, parts };
}

/** What a listing has of one key. */
export function filesOf(listing: Listing, hash: string): KeyFiles {
  return listing.keys.get(hash) ?? noFiles;
}

/** The highest number that a holder of the key ever had, as far as files tell; 0 where there was none. */
export function highestEpoch({ records, leases }: KeyFiles): number {
  return Math.max(0, records[0]?.epoch ?? 0, leases[0]?.epoch ?? 0);
}

/** Whether the holder with this number is the last one. */
export function isHeldAt(files: KeyFiles, epoch: number): boolean {
  return files.gone.length === 0 && files.leases[0]?.epoch === epoch && highestEpoch(files) === epoch;
}
