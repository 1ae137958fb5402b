// Whether bytes are text that an editor can show, and the media type of a file by its name.

const looked = 64 * 1024;

/** The encoding that a byte order mark of UTF-16 tells. */
export function byteOrderMarkOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** Whether a decoded text is one: without what decoders put where bytes mean nothing, and without controls that no text has. */
export function isProse(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return !/[\0-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]/.test(text);
}

/** Text is UTF-8 without NUL, or UTF-16 with a byte order mark, as far as the first 64 KiB tell. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (byteOrderMarkOf(bytes) !== undefined) return true;
  const start = bytes.subarray(0, looked);
  if (start.includes(0)) return false;
  try {
    // A character cut in two by the end of what was looked at is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: bytes.length > looked });
    return true;
  } catch {
    return false;
  }
}

const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['gif', 'image/gif'],
  ['gz', 'application/gzip'],
  ['html', 'text/html'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mjs', 'text/javascript'],
  ['mp4', 'video/mp4'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['toml', 'application/toml'],
  ['txt', 'text/plain'],
  ['wasm', 'application/wasm'],
  ['webp', 'image/webp'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['zip', 'application/zip'],
]);

/** The media type that a file's name suggests: registered types where the extension is a common one, else a stream of bytes. */
export function mediaTypeOf(name: string): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return mediaTypes.get(extension) ?? 'application/octet-stream';
}
