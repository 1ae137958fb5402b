// Work on many files side by side: so much of it at once that the disk is busy, and no more than memory has room for.

import { FerryError } from '../../../core/base/errors.ts';

/** How many files are open at once. More of them made nothing faster where it was measured. */
export const lanesWide = 16;

/** How long work goes on before others get the loop. */
export const restEveryMs = 8;

export class Lanes {
  readonly #running = new Set<Promise<void>>();
  #waiting: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Takes work that has begun, and waits until there is room for more. Fails as the first work that failed, then and later. */
  async add(work: Promise<void>): Promise<void> {
    this.#running.add(work);
    work.then(
      () => this.#over(work),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#over(work);
      },
    );
    while (this.#running.size >= lanesWide) await this.#nextOver();
    this.#check();
  }

  /** Waits for the work that was taken before, and for none that comes. Fails as `add` does. */
  async soFar(): Promise<void> {
    await Promise.allSettled(this.#running);
    this.#check();
  }

  /** Waits for all work. Fails as `add` does. */
  async idle(): Promise<void> {
    await this.settled();
    this.#check();
  }

  /** Waits for all work, however it ends. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await this.#nextOver();
  }

  #over(work: Promise<void>): void {
    this.#running.delete(work);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #nextOver(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Does the same to many things, side by side. Fails as the first that failed, once all that began are over. */
export async function forEachOf<T>(things: Iterable<T>, work: (thing: T) => Promise<void>): Promise<void> {
  const lanes = new Lanes();
  try {
    for (const thing of things) await lanes.add(work(thing));
  } finally {
    await lanes.settled();
  }
  await lanes.idle();
}

/** Lets as many in at once as folders are listed side by side; the others wait. */
export class Gate {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];
  #isShut = false;

  /** Runs `work` when there is room. Once one work has failed, all that wait give up with ERR_CANCELLED. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= lanesWide / 2) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    if (this.#isShut) throw new FerryError('ERR_CANCELLED', 'other work has failed');
    this.#inside += 1;
    try {
      return await work();
    } catch (error) {
      this.#isShut = true;
      throw error;
    } finally {
      this.#inside -= 1;
      for (const wake of this.#isShut ? this.#waiting.splice(0) : this.#waiting.splice(0, 1)) wake();
    }
  }
}

/** Lets others have the loop now and then: gives a function to call and await between steps of long work. */
export function restingEvery(ms: number): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < ms) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
