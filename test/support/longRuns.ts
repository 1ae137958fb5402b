// Rows that are long because they do the same thing very often: a few times by default, in full where somebody has the time.

/** How often to do it: `most` where FERRY_LONG is 1, else 50 times, or as often as `byDefault` says of what takes longer. */
export function times(
  most: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
  { byDefault = 50 }: { readonly byDefault?: number } = {},
): number {
  return env['FERRY_LONG'] === '1' ? most : Math.min(most, byDefault);
}
