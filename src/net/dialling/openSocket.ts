// Opens connections to peers: TCP, mutual TLS, and the check that the right key answers.

import { connect, type TLSSocket } from 'node:tls';

import { FerryError, isFerryError, systemCodeOf } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { type Address, formatAddress } from '../../core/peers/address.ts';
import type { UnreachableReason } from '../../core/peers/link.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { Identity } from '../connection/identity.ts';
import { peerIdOf, tlsOptions } from '../connection/tlsIdentity.ts';

export type OpenSocket = { readonly socket: TLSSocket; readonly peerId: PeerId };

/** A listener that is flooded closes handshakes at random; nothing was asked of it by then. */
const handshakesTried = 3;

const reasons: Readonly<Record<string, UnreachableReason>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'denied',
  EPERM: 'denied',
  ECONNRESET: 'closed',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
};

/**
 * A socket whose handshake is done and whose key was checked; `admits` says whether that peer is spoken to at all. Fails with
 * ERR_PEER_UNREACHABLE (detail `reason`), ERR_PEER_MISMATCH where another key than `expect` answers, ERR_PEER_REJECTED where the
 * certificate is none of ours or the peer is not admitted, or ERR_CANCELLED.
 */
export async function openSocket(
  identity: Identity,
  address: Address,
  expect: PeerId | undefined,
  signal: AbortSignal,
  admits: (peer: PeerId) => boolean = () => true,
): Promise<OpenSocket> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openOnce(identity, address, expect, signal, admits);
    } catch (error) {
      if (tries === handshakesTried || signal.aborted || !isFerryError(error) || error.detail['reason'] !== 'closed') throw error;
    }
  }
}

async function openOnce(
  identity: Identity,
  address: Address,
  expect: PeerId | undefined,
  signal: AbortSignal,
  admits: (peer: PeerId) => boolean,
): Promise<OpenSocket> {
  const socket = connect({
    ...tlsOptions(identity),
    host: address.host,
    port: address.port,
    // Neither the name of the peer's host nor its certificate's is anybody's business.
    servername: '',
    checkServerIdentity: () => undefined,
  });
  socket.setNoDelay(true);
  try {
    await handshake(socket, address, signal);
    const peerId = peerIdOf(socket);
    if (expect !== undefined && peerId !== expect) {
      throw new FerryError('ERR_PEER_MISMATCH', 'another key answers at this address', {
        detail: { address: formatAddress(address), expected: expect, found: peerId },
      });
    }
    if (!admits(peerId)) throw new FerryError('ERR_PEER_REJECTED', 'the peer is blocked');
    socket.on('error', () => socket.destroy());
    return { socket, peerId };
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}

function handshake(socket: TLSSocket, address: Address, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      socket.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      if (error === undefined) resolve();
      else reject(isFerryError(error) ? error : unreachable(address, error));
    };
    const onSecure = (): void => settle();
    const onAbort = (): void => settle(new FerryError('ERR_CANCELLED', 'dialling was cancelled'));
    const onError = (error: Error): void => settle(error);
    const onClose = (): void => settle(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
    const late = setTimeout(() => settle(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })), limits.dialMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', onSecure).on('error', onError).once('close', onClose);
    if (signal.aborted) onAbort();
  });
}

function unreachable(address: Address, cause: unknown): FerryError {
  return new FerryError('ERR_PEER_UNREACHABLE', `nothing answers at ${formatAddress(address)}`, {
    cause,
    detail: { address: formatAddress(address), reason: unreachableReason(cause) },
  });
}

/** What an error of a socket says of the way to a peer. */
export function unreachableReason(cause: unknown): UnreachableReason {
  return reasons[systemCodeOf(cause)] ?? 'other';
}
