// Errors on the wire: problem details of RFC 9457. The mapping between codes and problem types is total both ways; a type that
// this version does not know becomes ERR_PEER_REJECTED.

import { type ErrorCode, FerryError } from '../base/errors.ts';

/** The body of every error answer, `application/problem+json`. */
export type Problem = { readonly type: string; readonly title: string; readonly status: number; readonly detail?: string };

export const problemMediaType = 'application/problem+json';

const prefix = 'urn:ferry:problem:';

type Row = { readonly slug: string; readonly status: number; readonly title: string };

/** One row per code that may cross the wire. Codes that are not here travel as `unexpected`. */
const rows = {
  ERR_MESSAGE_INVALID: {
    slug: 'message-invalid',
    status: 400,
    title: 'The message does not have the form that the protocol asks for',
  },
  ERR_PEER_REJECTED: { slug: 'peer-rejected', status: 403, title: 'This peer does not take requests from you' },
  ERR_NOT_PAIRED: { slug: 'not-paired', status: 403, title: 'This peer takes nothing from you before the two are paired' },
  ERR_OFFER_DECLINED: { slug: 'offer-declined', status: 403, title: 'The offer was declined' },
  ERR_PAIRING_DECLINED: { slug: 'pairing-declined', status: 403, title: 'The pairing was declined' },
  ERR_NOT_FOUND: { slug: 'not-found', status: 404, title: 'There is nothing here' },
  ERR_NOT_SHARED: { slug: 'not-shared', status: 404, title: 'Nothing is shared with you under this id' },
  ERR_MESSAGE_UNEXPECTED: { slug: 'message-unexpected', status: 409, title: 'The message does not fit what went before' },
  ERR_OFFER_REPEATED: { slug: 'offer-repeated', status: 409, title: 'Another offer was made under this id' },
  ERR_OFFSET_MISMATCH: { slug: 'offset-mismatch', status: 409, title: 'Other bytes of the item are wanted next' },
  ERR_PAIRING_CROSSED: { slug: 'pairing-crossed', status: 409, title: 'A pairing that this peer began goes before' },
  ERR_OFFER_EXPIRED: { slug: 'offer-expired', status: 408, title: 'Nobody answered the offer in time' },
  ERR_PAIRING_EXPIRED: { slug: 'pairing-expired', status: 408, title: 'The pairing was not confirmed in time' },
  ERR_TIMEOUT: { slug: 'timeout', status: 408, title: 'The bytes stopped coming' },
  ERR_CANCELLED: { slug: 'cancelled', status: 410, title: 'The transfer or the pairing was cancelled' },
  ERR_SOURCE_CHANGED: { slug: 'source-changed', status: 412, title: 'It is not what it was when it was described' },
  ERR_BODY_TOO_LARGE: { slug: 'body-too-large', status: 413, title: 'The message is larger than the limit' },
  ERR_ITEM_TOO_LARGE: { slug: 'item-too-large', status: 413, title: 'The item is larger than was offered or than is taken' },
  ERR_RANGE_UNSATISFIABLE: { slug: 'range-unsatisfiable', status: 416, title: 'There are no such bytes' },
  ERR_SIZE_MISMATCH: { slug: 'size-mismatch', status: 422, title: 'The item is smaller than was offered' },
  ERR_DIGEST_MISMATCH: {
    slug: 'digest-mismatch',
    status: 422,
    title: 'The bytes do not have the digest that was sent with them',
  },
  ERR_UNSEAL_FAILED: { slug: 'unseal-failed', status: 422, title: 'The item cannot be unsealed' },
  ERR_PAIRING_MISMATCH: {
    slug: 'pairing-mismatch',
    status: 422,
    title: 'The revealed nonce does not fit the commitment',
  },
  ERR_BUSY: { slug: 'busy', status: 429, title: 'Too much is waiting already' },
  ERR_UNEXPECTED: { slug: 'unexpected', status: 500, title: 'Something went wrong on this side' },
  ERR_VERSION_UNSUPPORTED: { slug: 'version-unsupported', status: 505, title: 'This version of the protocol is not spoken here' },
  ERR_NO_SPACE: { slug: 'no-space', status: 507, title: 'There is no space for the item' },
  ERR_FOLDER_UNUSABLE: { slug: 'folder-unusable', status: 507, title: 'The folder for received items cannot be written' },
} as const satisfies Partial<Record<ErrorCode, Row>>;

type WireCode = keyof typeof rows;

/** Why an item cannot be unsealed is nobody's business but the receiver's. */
const opaque: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ERR_KEY_MISSING', 'ERR_ALGORITHM_NOT_ALLOWED']);

const codeOfSlug: ReadonlyMap<string, WireCode> = new Map(
  Object.entries(rows).map(([code, row]) => [row.slug, code as WireCode]),
);

/**
 * Every code that crosses the wire with its problem type and HTTP status, in the order of the table above: what tests hold
 * documents and answers against.
 * @internal
 */
export const wireProblems: readonly {
  readonly code: ErrorCode;
  readonly type: string;
  readonly status: number;
  readonly title: string;
}[] = Object.entries(rows).map(([code, row]) => ({
  code: code as WireCode,
  type: prefix + row.slug,
  status: row.status,
  title: row.title,
}));

/** What an error answers on the wire. Message and detail stay here: they may name paths. */
export function problemOf(error: FerryError): Problem {
  const code = opaque.has(error.code) ? 'ERR_UNSEAL_FAILED' : error.code;
  const row: Row = code in rows ? rows[code as WireCode] : rows.ERR_UNEXPECTED;
  return { type: prefix + row.slug, title: row.title, status: row.status };
}

/** The error that a peer's problem stands for; its detail has the HTTP status. Unknown types give ERR_PEER_REJECTED. */
export function errorOfProblem(type: string, status: number): FerryError {
  const slug = type.startsWith(prefix) ? type.slice(prefix.length) : '';
  const code = codeOfSlug.get(slug) ?? 'ERR_PEER_REJECTED';
  return new FerryError(code, `the peer answered ${status} ${slug === '' ? 'without a known problem type' : slug.slice(0, 40)}`, {
    detail: { status },
    remote: true,
  });
}
