// Blocks of tar archives made by hand, right or wrong, independently of the code under test.

/** What a block says; `raw` puts other bytes at a place, before the sum is made. */
export type RawBlock = {
  readonly name?: string | Uint8Array;
  readonly type?: string;
  readonly size?: number | string;
  readonly mode?: string;
  readonly mtime?: string;
  readonly prefix?: string;
  readonly magic?: string;
  readonly raw?: readonly (readonly [at: number, bytes: string])[];
  /** In place of the right sum. */
  readonly checksum?: string;
};

/** One block of 512 bytes. */
export function rawBlock(block: RawBlock): Buffer {
  const bytes = Buffer.alloc(512);
  const put = (at: number, value: string | Uint8Array): void => bytes.set(Buffer.from(value), at);
  const { size = 0 } = block;
  put(0, block.name ?? 'a');
  put(100, block.mode ?? '0000644');
  put(108, '0000000\x000000000');
  put(124, typeof size === 'number' ? size.toString(8).padStart(11, '0') : size);
  put(136, block.mtime ?? '00000000001');
  put(148, '        ');
  put(156, block.type ?? '0');
  put(257, block.magic ?? 'ustar\u000000');
  put(345, block.prefix ?? '');
  for (const [at, text] of block.raw ?? []) bytes.set(Buffer.from(text, 'latin1'), at);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, block.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `);
  return bytes;
}

/** Content with the zeros up to the next border. */
export function padded(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A pax header with these records, each given a length. */
export function paxBlocks(...records: readonly string[]): Buffer {
  const body = records.map((record) => {
    const rest = ` ${record}\n`;
    const bytes = Buffer.byteLength(rest);
    const length = [1, 2, 3, 4, 5].map((digits) => bytes + digits).find((sum) => `${sum}`.length === sum - bytes);
    return `${length}${rest}`;
  });
  return rawPax(body.join(''));
}

/** A pax header with this body, whatever it is. */
export function rawPax(body: string | Uint8Array): Buffer {
  return Buffer.concat([rawBlock({ name: 'PaxHeader', type: 'x', size: Buffer.byteLength(body) }), padded(body)]);
}

/** The two blocks at the end, and more where the offer says so. */
export const endBlocks = Buffer.alloc(1024);
