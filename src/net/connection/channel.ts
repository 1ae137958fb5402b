// A TLS connection as a pairing sees it: which one it is, what only its two ends know, and when it ends.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { FerryError } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/event.ts';
import type { PairingChannel } from '../../core/pairing/channel.ts';
import { pairingExporterLabel } from '../../core/pairing/code.ts';

const exportedBytes = 32;

/**
 * 32 bytes of keying material of a connection, the same at both ends (RFC 8446 section 7.5). Somebody in the middle has two
 * connections, and so other bytes at each end. Fails with ERR_CONNECTION_LOST where the connection has ended.
 */
export function exportedKeyOf(socket: Socket): Uint8Array {
  try {
    if (!(socket instanceof TLSSocket)) throw new TypeError('the connection has no TLS');
    return socket.exportKeyingMaterial(exportedBytes, pairingExporterLabel, Buffer.alloc(0));
  } catch (cause) {
    throw new FerryError('ERR_CONNECTION_LOST', 'the connection has no keys any more', { cause });
  }
}

/** Fires once, when a connection ends; at once where it has ended already. */
export function endOf(socket: Socket): Event<void> {
  return (listener) => {
    let isOpen = true;
    const end = (fire: boolean): void => {
      socket.off('close', onClose);
      if (isOpen && fire) listener();
      isOpen = false;
    };
    const onClose = (): void => end(true);
    if (socket.destroyed) queueMicrotask(onClose);
    else socket.once('close', onClose);
    return { dispose: () => end(false) };
  };
}

/** The channel of the connection that a request came on. */
export function channelOf(socket: Socket): PairingChannel {
  return {
    connection: socket,
    exportedKey: () => exportedKeyOf(socket),
    onEnd: endOf(socket),
  };
}
