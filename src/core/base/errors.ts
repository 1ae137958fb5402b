// The one error class of Ferry and the list of its codes. A code is part of the contract: callers branch on it, never on
// the message; the codes that cross the wire map to problem types in problems.ts.

/** Every code a FerryError can carry, grouped by the family that raises it. */
export const errorCodes = [
  // protocol
  'ERR_BODY_TOO_LARGE',
  'ERR_MESSAGE_INVALID',
  'ERR_MESSAGE_UNEXPECTED',
  'ERR_NOT_FOUND',
  'ERR_VERSION_UNSUPPORTED',
  'ERR_PEER_REJECTED',
  'ERR_NOT_PAIRED',
  'ERR_NOT_SUPPORTED',
  // connection
  'ERR_PEER_UNREACHABLE',
  'ERR_PEER_MISMATCH',
  'ERR_CONNECTION_LOST',
  'ERR_TIMEOUT',
  'ERR_LISTEN_FAILED',
  'ERR_DISCOVERY_FAILED',
  // transfer
  'ERR_OFFER_DECLINED',
  'ERR_OFFER_EXPIRED',
  'ERR_OFFER_REPEATED',
  'ERR_BUSY',
  'ERR_ITEM_TOO_LARGE',
  'ERR_DIGEST_MISMATCH',
  'ERR_SIZE_MISMATCH',
  'ERR_OFFSET_MISMATCH',
  'ERR_NO_SPACE',
  'ERR_FOLDER_UNUSABLE',
  'ERR_CANCELLED',
  'ERR_SOURCE_MISSING',
  'ERR_SOURCE_CHANGED',
  // sharing
  'ERR_NOT_SHARED',
  'ERR_RANGE_UNSATISFIABLE',
  // pairing
  'ERR_PAIRING_DECLINED',
  'ERR_PAIRING_EXPIRED',
  'ERR_PAIRING_MISMATCH',
  'ERR_PAIRING_CROSSED',
  // identity
  'ERR_IDENTITY_UNREADABLE',
  'ERR_PEER_ID_INVALID',
  'ERR_ADDRESS_INVALID',
  'ERR_BOOK_INVALID',
  'ERR_BOOK_UNREADABLE',
  // sealing
  'ERR_UNSEAL_FAILED',
  'ERR_KEY_MISSING',
  'ERR_ALGORITHM_NOT_ALLOWED',
  'ERR_KEY_CHANGED',
  // dictionary
  'ERR_DICTIONARY_INVALID',
  'ERR_DICTIONARY_TOO_DEEP',
  'ERR_DICTIONARY_TOO_LARGE',
  'ERR_DICTIONARY_VALUE_UNSUPPORTED',
  // input
  'ERR_NO_EDITOR',
  'ERR_NO_PEERS',
  'ERR_SETTING_INVALID',
  // what nobody foresaw
  'ERR_UNEXPECTED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Facts about one failure: for logs and for the sentence on screen, never secrets. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean>>;

type ErrorOptions = { readonly cause?: unknown; readonly detail?: ErrorDetail; readonly remote?: boolean };

/**
 * The error that every part of Ferry throws. `message` is English, for logs, without final dot; remote text in it is quoted
 * and cut by whoever puts it there.
 */
export class FerryError extends Error {
  override readonly name = 'FerryError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;
  /** Whether the peer said so, in a problem that it answered with. */
  readonly remote: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.detail = options.detail ?? {};
    this.remote = options.remote ?? false;
  }
}

/** Whether a thrown value is a FerryError. */
export function isFerryError(value: unknown): value is FerryError {
  return value instanceof FerryError;
}

/** The given error if it is ours, else one with code ERR_UNEXPECTED that has it as its cause. */
export function toFerryError(value: unknown): FerryError {
  if (isFerryError(value)) return value;
  return new FerryError('ERR_UNEXPECTED', value instanceof Error ? value.message : 'something that is no error was thrown', {
    cause: value,
  });
}

/** The system's code of a failed operation, such as ENOENT or ECONNREFUSED, or '' where it has none. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
