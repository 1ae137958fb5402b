// The examples of a document: what stands in its fences, and the messages of HTTP among them.

import assert from 'node:assert/strict';

/** What stands in the fences of a language. */
export function fences(text: string, language: string): readonly string[] {
  const found = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].filter((match) => match[1] === language);
  return found.map((match) => match[2] ?? '');
}

/** A message of HTTP as a page shows it. */
export type HttpMessage = {
  readonly start: string;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly type: string;
  readonly body: Uint8Array;
  /** The digest field behind a chunked body, or ''. */
  readonly trailer: string;
};

/** The messages in a fence, whose line ends are LF; bodies have the length that they say, and nothing stands between messages. */
export function parseHttp(fence: string): readonly HttpMessage[] {
  const messages: HttpMessage[] = [];
  for (let rest = Buffer.from(fence); rest.length > 0; ) {
    const [head = '', start = '', fields = ''] =
      /^(.+)\n((?:.+\n)*)\n/.exec(rest.toString()) ?? assert.fail('there is no message');
    const headers = new Map(
      fields.split('\n').map((field) => [field.split(': ')[0]?.toLowerCase() ?? '', field.split(': ')[1] ?? '']),
    );
    rest = rest.subarray(Buffer.byteLength(head));
    const isChunked = headers.get('transfer-encoding') === 'chunked';
    const size = isChunked ? (/^[0-9a-f]+\n/.exec(rest.toString())?.[0] ?? assert.fail('a chunk has a size')) : '';
    const length = isChunked ? Number.parseInt(size, 16) : Number(headers.get('content-length') ?? 0);
    const body = rest.subarray(size.length, size.length + length);
    rest = rest.subarray(size.length + length);
    const ending = isChunked ? /^\n0\n(?:Content-Digest: .+\n)?Repr-Digest: (.+)\n\n/ : length > 0 ? /^\n/ : /^/;
    const end = ending.exec(rest.toString()) ?? assert.fail(`a body of ${length} bytes, and a digest behind chunks`);
    rest = rest.subarray(end[0].length);
    messages.push({ start, fields: headers, type: headers.get('content-type') ?? '', body, trailer: end[1] ?? '' });
  }
  return messages;
}
