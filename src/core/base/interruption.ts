// Errors that end a connection and say nothing of what it carried: that goes on over another one.

import type { FerryError } from './errors.ts';

/** Whether an error says that a connection ended and nothing of what was carried. */
export function isInterruption({ code, remote }: FerryError): boolean {
  return !remote && (code === 'ERR_CONNECTION_LOST' || code === 'ERR_TIMEOUT');
}

/** Whether a transfer goes on over another connection after this: one ended, the bytes were too slow, or others were wanted. */
export function isPassing(error: FerryError): boolean {
  return isInterruption(error) || (error.remote && (error.code === 'ERR_TIMEOUT' || error.code === 'ERR_OFFSET_MISMATCH'));
}
