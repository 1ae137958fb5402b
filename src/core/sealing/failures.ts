// How sealing fails. Whatever keeps a sealed item shut looks the same from outside: one code, one message (RFC 7516
// section 11.5). The cause says more and is for the log of this machine alone.

import { FerryError, isFerryError } from '../base/errors.ts';

/** ERR_UNSEAL_FAILED with its one message. `cause` is a reason in words or the error of the library, without secrets. */
export function unsealFailed(cause: unknown): FerryError {
  return new FerryError('ERR_UNSEAL_FAILED', 'the item could not be unsealed', {
    cause: typeof cause === 'string' ? new Error(cause) : cause,
  });
}

/** ERR_ALGORITHM_NOT_ALLOWED: the header names an algorithm that this opener does not take. */
export function algorithmNotAllowed(member: 'alg' | 'enc', cause?: unknown): FerryError {
  return new FerryError('ERR_ALGORITHM_NOT_ALLOWED', 'the item is sealed with an algorithm that is not allowed', {
    cause,
    detail: { member },
  });
}

/** Throws what ended the signal, as ERR_CANCELLED where it is no error of ours, if it has ended. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const reason: unknown = signal.reason;
  throw isFerryError(reason) ? reason : new FerryError('ERR_CANCELLED', 'sealing was cancelled', { cause: reason });
}
