// The body of a request as it comes off the socket: pulled, not pushed, so that a slow disk slows the sender down; bounded in
// the time it may stand still; and able to end early without closing the connection, so that the sender gets an answer.

import type { IncomingMessage } from 'node:http';

import { parseDigest } from '../core/digest.ts';
import { FerryError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { ItemBody } from '../core/ports.ts';

/** The body of `request`. `idleMs`: how long it may stand still before it fails with ERR_TIMEOUT. */
export function itemBody(request: IncomingMessage, idleMs: number = limits.idleBodyMs): ItemBody {
  const reader = readerOf(request, idleMs);
  return {
    bytes: reader.bytes(),
    digest: () => parseDigest(request.trailers['repr-digest'] ?? ''),
    abort: reader.abort,
  };
}

/** Reads a whole small body. Fails with ERR_BODY_TOO_LARGE, ERR_TIMEOUT or ERR_CONNECTION_LOST. */
export async function readSmallBody(message: IncomingMessage, maxBytes: number = limits.jsonBodyBytes): Promise<Uint8Array> {
  const tooLarge = (): FerryError =>
    new FerryError('ERR_BODY_TOO_LARGE', 'the body is larger than the limit', { detail: { maxBytes } });
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const reader = readerOf(message, limits.jsonBodyMs);
  const late = setTimeout(() => reader.abort(new FerryError('ERR_TIMEOUT', 'the body took too long')), limits.jsonBodyMs);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of reader.bytes()) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(late);
  }
}

function readerOf(
  message: IncomingMessage,
  idleMs: number,
): { readonly bytes: () => AsyncGenerator<Uint8Array>; readonly abort: (error: Error) => void } {
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const abort = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const onReadable = (): void => wake();
  const onClose = (): void => {
    if (!message.complete) abort(new FerryError('ERR_CONNECTION_LOST', 'the connection ended before the body did'));
    wake();
  };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const idle = setTimeout(() => abort(new FerryError('ERR_TIMEOUT', 'the bytes stopped coming')), idleMs);
    message.on('readable', onReadable).on('end', onReadable).on('close', onClose).on('error', onClose);
    if (message.destroyed) onClose();
    try {
      for (;;) {
        if (failure !== undefined) throw failure;
        const chunk = message.read() as Uint8Array | null;
        if (chunk !== null) {
          idle.refresh();
          yield chunk;
        } else if (message.readableEnded) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      clearTimeout(idle);
      message.off('readable', onReadable).off('end', onReadable).off('close', onClose);
    }
  }
  return { bytes, abort };
}
