// Work that many ask for at once and that need be done only once for all of them, such as the sync of one folder.

/** Whoever calls the result gets a run of `work` that begins after the call, shared by all who called before it began. */
export function batched<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const start = (): Promise<T> => {
    next = undefined;
    const run = work();
    running = run;
    return run;
  };
  return () => (next ??= running.then(start, start));
}
