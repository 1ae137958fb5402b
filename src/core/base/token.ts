// Random tokens for ids that nobody may guess or meet twice.

import { encodeBase64Url } from './bytes.ts';

/** 128 random bits as 22 characters of base64url. */
export function randomToken(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
