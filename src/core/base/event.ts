// Events as functions: the owner keeps the emitter and shows only `event`, a function that takes a listener.

/** Something that can be undone or freed once; calling it again does nothing. */
export type Disposable = { dispose(): void };

/** Subscribes a listener; the disposable ends the subscription. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

export type Emitter<T> = {
  readonly event: Event<T>;
  /** Calls every listener in order of subscription. */
  fire(value: T): void;
};

/**
 * Makes an emitter. What a listener throws goes to `onError` and does not reach the other listeners or whoever fires.
 */
export function createEmitter<T>(onError: (error: unknown) => void = () => undefined): Emitter<T> {
  const listeners = new Set<{ readonly call: (value: T) => void }>();
  return {
    event(call) {
      const entry = { call };
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
    fire(value) {
      for (const listener of [...listeners]) {
        try {
          listener.call(value);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
