// Where Ferry writes what it does. Messages are English and for the people who read logs; fields carry the facts. Never keys,
// plaintext or file contents.

import { toFerryError } from './errors.ts';

export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/**
 * A log that keeps nothing: what tests give to code that logs.
 * @internal
 */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * The one sanctioned way to start work without waiting for it: a failure ends in the log instead of an unhandled rejection.
 */
export function background(work: Promise<unknown>, log: Log, what: string): void {
  work.catch((error: unknown) => {
    const failure = toFerryError(error);
    log.warn(`${what} failed`, { code: failure.code, message: failure.message });
  });
}
