// Exit codes of the command line, for scripts: one for each kind of end, and which error leads to which.

import type { ErrorCode } from '../core/base/errors.ts';
import type { PairOutcome } from '../core/pairing/initiator.ts';
import type { TransferOutcome } from '../core/sending/transfer.ts';

export const exitCodes = {
  done: 0,
  /** What nobody foresaw. */
  unexpected: 1,
  usage: 2,
  /** No such peer, or several. */
  noPeer: 3,
  /** The peer cannot be reached, or this side cannot listen. */
  unreachable: 4,
  declined: 5,
  expired: 6,
  /** Not paired where that is wanted, blocked, or another key than before. */
  notTrusted: 7,
  /** Refused by the peer, or broken on the way. */
  broken: 8,
  /** The disk of this side or of the peer. */
  disk: 9,
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const ofErrors: Readonly<Record<ErrorCode, keyof typeof exitCodes>> = {
  ERR_BODY_TOO_LARGE: 'broken',
  ERR_MESSAGE_INVALID: 'broken',
  ERR_MESSAGE_UNEXPECTED: 'broken',
  ERR_NOT_FOUND: 'broken',
  ERR_VERSION_UNSUPPORTED: 'broken',
  ERR_PEER_REJECTED: 'notTrusted',
  ERR_NOT_PAIRED: 'notTrusted',
  ERR_NOT_SUPPORTED: 'broken',
  ERR_NOT_SHARED: 'broken',
  ERR_RANGE_UNSATISFIABLE: 'broken',
  ERR_PEER_UNREACHABLE: 'unreachable',
  ERR_PEER_MISMATCH: 'notTrusted',
  ERR_CONNECTION_LOST: 'broken',
  ERR_TIMEOUT: 'broken',
  ERR_LISTEN_FAILED: 'unreachable',
  ERR_DISCOVERY_FAILED: 'unreachable',
  ERR_OFFER_DECLINED: 'declined',
  ERR_OFFER_EXPIRED: 'expired',
  ERR_OFFER_REPEATED: 'broken',
  ERR_BUSY: 'broken',
  ERR_ITEM_TOO_LARGE: 'broken',
  ERR_DIGEST_MISMATCH: 'broken',
  ERR_SIZE_MISMATCH: 'broken',
  ERR_OFFSET_MISMATCH: 'broken',
  ERR_NO_SPACE: 'disk',
  ERR_FOLDER_UNUSABLE: 'disk',
  ERR_CANCELLED: 'cancelled',
  ERR_SOURCE_MISSING: 'disk',
  ERR_SOURCE_CHANGED: 'disk',
  ERR_PAIRING_DECLINED: 'declined',
  ERR_PAIRING_EXPIRED: 'expired',
  ERR_PAIRING_MISMATCH: 'notTrusted',
  ERR_PAIRING_CROSSED: 'broken',
  ERR_IDENTITY_UNREADABLE: 'disk',
  ERR_PEER_ID_INVALID: 'usage',
  ERR_ADDRESS_INVALID: 'usage',
  ERR_BOOK_INVALID: 'disk',
  ERR_BOOK_UNREADABLE: 'disk',
  ERR_UNSEAL_FAILED: 'broken',
  ERR_KEY_MISSING: 'notTrusted',
  ERR_ALGORITHM_NOT_ALLOWED: 'broken',
  ERR_KEY_CHANGED: 'notTrusted',
  ERR_DICTIONARY_INVALID: 'broken',
  ERR_DICTIONARY_TOO_DEEP: 'broken',
  ERR_DICTIONARY_TOO_LARGE: 'broken',
  ERR_DICTIONARY_VALUE_UNSUPPORTED: 'broken',
  ERR_NO_EDITOR: 'usage',
  ERR_NO_PEERS: 'noPeer',
  ERR_SETTING_INVALID: 'usage',
  ERR_UNEXPECTED: 'unexpected',
};

/** The exit code of a command that failed with this error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[ofErrors[code]];
}

/** The exit code of a transfer or a pairing that ended so. */
export function exitCodeOfOutcome(outcome: TransferOutcome | PairOutcome): ExitCode {
  switch (outcome.phase) {
    case 'delivered':
    case 'paired':
      return exitCodes.done;
    case 'partly':
      return exitCodeOf(outcome.failed[0]?.error.code ?? 'ERR_UNEXPECTED');
    case 'declined':
      return exitCodes.declined;
    case 'expired':
      return exitCodes.expired;
    case 'cancelled':
      return outcome.by === 'me' ? exitCodes.cancelled : exitCodes.broken;
    case 'failed':
      return exitCodeOf(outcome.error.code);
  }
}
