// What a window remembers of transfers beside their entries: how what was sent is gathered once more, and whose end it tells.

import { FerryError } from '../../core/base/errors.ts';
import type { OutgoingEntry } from '../../core/sending/outgoing.ts';
import type { ItemSource, SourceFile } from '../../core/wire/item.ts';

type Again = () => Promise<ItemSource>;

/** An item, and how it is gathered once more; one without that stays as it is. */
type Gathered = ItemSource & { readonly again?: Again };

/** Transfers that are remembered: what is in no file is held in memory. */
const kept = 100;

export class SentItems {
  readonly #agains = new Map<string, readonly Again[]>();
  readonly #told = new Set<string>();

  /** Remembers the items of a transfer. */
  remember(id: string, items: readonly Gathered[]): void {
    this.#agains.set(
      id,
      items.map((item) => item.again ?? (() => Promise.resolve(item))),
    );
    const [oldest] = this.#agains.keys();
    if (this.#agains.size > kept && oldest !== undefined) this.#agains.delete(oldest);
  }

  /** Takes it on to tell how a transfer ends; false where that was done before. */
  takeOn(id: string): boolean {
    if (this.#told.has(id)) return false;
    this.#told.add(id);
    return true;
  }

  /** A transfer left the list. */
  forget(id: string): void {
    this.#agains.delete(id);
    this.#told.delete(id);
  }

  /**
   * The `n`th item of a transfer, as it is now; `gather` takes the path of a file. Fails as that does, or with ERR_SOURCE_MISSING
   * where the item was in no file and went with its window.
   */
  async again({ id, files }: OutgoingEntry, n: number, gather: (path: string) => Promise<ItemSource>): Promise<Gathered> {
    const again = this.#agains.get(id)?.[n] ?? (() => fromFile(files[n], gather));
    return { ...(await again()), again };
  }
}

async function fromFile(file: SourceFile | undefined, gather: (path: string) => Promise<ItemSource>): Promise<ItemSource> {
  if (file === undefined) throw new FerryError('ERR_SOURCE_MISSING', 'the item was in no file', { detail: { reason: 'window' } });
  return gather(file.path);
}
