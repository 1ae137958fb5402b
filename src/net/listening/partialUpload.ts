// What a request says that brings the rest of an item (draft-ietf-httpbis-resumable-upload section 4.4).

import type { IncomingMessage } from 'node:http';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';

/**
 * The byte that the body of a `PATCH` begins with. Fails with ERR_MESSAGE_INVALID where the request does not say so, or says that
 * more would follow after it: the rest of an item comes in one request.
 */
export async function offsetOf({ headers, headersDistinct }: IncomingMessage): Promise<number> {
  const { parseStructuredField } = await import('../../core/wire/structuredFields.ts');
  const offsets = headersDistinct['upload-offset'] ?? [];
  const offset = parseStructuredField('item', offsets)?.[0];
  const complete = parseStructuredField('item', headersDistinct['upload-complete'] ?? [])?.[0];
  const isPartial = /^application\/partial-upload\s*(?:;|$)/i.test(headers['content-type'] ?? '');
  if (
    !isPartial ||
    complete !== true ||
    typeof offset !== 'number' ||
    // The parser gives the same number for 10 and the decimal 10.0.
    !/^ *\d+ *(?:;|$)/.test(offsets.join()) ||
    offset > limits.itemBytes
  ) {
    throw new FerryError('ERR_MESSAGE_INVALID', 'the request does not say which bytes of the item it brings');
  }
  return offset;
}
