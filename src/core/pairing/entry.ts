// The entries of pairings that peers began: who asks, how far it has come, and what the peer is told of its end.

import { FerryError } from '../base/errors.ts';
import type { NamedPeer } from '../peers/peers.ts';

export type PairingState =
  /** The peer has committed itself; there is no code yet, and nothing to ask the person. */
  | { readonly phase: 'asked' }
  /**
   * The code is there to be compared: the person picks it among `choices`. `confirmed` says who has already said that it is the
   * same.
   */
  | {
      readonly phase: 'comparing';
      readonly code: string;
      readonly choices: readonly string[];
      readonly confirmed: 'nobody' | 'me' | 'peer';
    }
  | { readonly phase: 'paired' }
  /** `differed`: the number that the other person read out is not the code. */
  | { readonly phase: 'declined'; readonly differed?: true }
  | { readonly phase: 'expired' }
  | { readonly phase: 'cancelled'; readonly by: 'me' | 'peer' }
  | { readonly phase: 'failed'; readonly error: FerryError };

export type PairingEntry = {
  readonly id: string;
  readonly peer: NamedPeer;
  readonly askedAt: Date;
  /** Pairings with this peer that failed before this one, and since the last one that did not. */
  readonly failuresBefore: number;
  readonly state: PairingState;
};

/** Whether nothing more can come of a pairing. */
export function isPairingOver({ phase }: PairingState): boolean {
  return phase !== 'asked' && phase !== 'comparing';
}

/** Whether the person of this side still has to say something. */
export function isAsked({ state }: PairingEntry): boolean {
  return state.phase === 'comparing' && state.confirmed !== 'me';
}

/** What the peer is told of a pairing that is over; of one that is not, or that went well, that its call does not fit. */
export function errorOfPairing(state: PairingState): FerryError {
  switch (state.phase) {
    case 'failed':
      return state.error;
    case 'declined':
      return new FerryError('ERR_PAIRING_DECLINED', 'the pairing was declined');
    case 'expired':
      return new FerryError('ERR_PAIRING_EXPIRED', 'the pairing was not confirmed in time');
    case 'cancelled':
      return new FerryError('ERR_CANCELLED', 'the pairing was cancelled');
    case 'asked':
    case 'comparing':
    case 'paired':
      return new FerryError('ERR_MESSAGE_UNEXPECTED', 'the pairing does not await this call');
  }
}
