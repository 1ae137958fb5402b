// Ranges of bytes and entity tags of HTTP (RFC 9110 sections 8.8.3, 13.1 and 14), as far as one file and its resumption need
// them.

/** Bytes from `from` up to and without `to`. */
export type ByteRange = { readonly from: number; readonly to: number };

/**
 * What a `Range` field asks for of so many bytes: one range; undefined where the field is to be passed over, as it is where it
 * asks for several or is no such field; 'unsatisfiable' where there are no such bytes.
 */
export function parseRange(field: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(field);
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return undefined;
  if (first === '')
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { from: Math.max(0, size - Number(last)), to: size };
  const range = { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (last !== '' && Number(last) < range.from) return undefined;
  return range.from >= size ? 'unsatisfiable' : range;
}

/** The `Content-Range` of a part of so many bytes. */
export function formatContentRange({ from, to }: ByteRange, size: number): string {
  return `bytes ${from}-${to - 1}/${size}`;
}

/** Whether an `If-Match` field names this strong tag, or any. */
export function matchesTag(field: string, etag: string): boolean {
  return field.trim() === '*' || field.split(',').some((tag) => tag.trim() === etag);
}
