// An honest peer beside an attack: it gets through, however slow the machine is.

import type { Address } from '../../src/core/peers/address.ts';
import type { PeerId } from '../../src/core/peers/peerId.ts';
import { transfer } from '../../src/core/sending/transfer.ts';
import type { OutgoingItem } from '../../src/core/wire/item.ts';
import type { Identity } from '../../src/net/connection/identity.ts';
import { createDialler } from '../../src/net/dialling/dialler.ts';

/** Far longer than anything takes, on any machine: what is not over by then hangs. */
export const hangMs = 120_000;

/** How a transfer ends where a machine has too much to do for Ferry's own deadlines. A person would try again. */
const endsOfSlowness: readonly string[] = ['ERR_PEER_UNREACHABLE', 'ERR_CONNECTION_LOST', 'ERR_TIMEOUT'];

/**
 * Sends one item, anew where the machine was too slow for it; gives `delivered`, or the phase or code with which it ended
 * otherwise. What can have no other cause than a fault ends it at once, and so does `hangMs`.
 */
export async function sendHonestly(
  honest: Identity,
  to: { readonly id: PeerId; readonly address: Address },
  item: OutgoingItem,
): Promise<string> {
  const signal = AbortSignal.timeout(hangMs);
  for (;;) {
    const end = await sendOnce(honest, to, item, signal);
    if (!endsOfSlowness.includes(end) || signal.aborted) return end;
  }
}

async function sendOnce(
  honest: Identity,
  { id, address }: { readonly id: PeerId; readonly address: Address },
  item: OutgoingItem,
  signal: AbortSignal,
): Promise<string> {
  const dialler = createDialler(honest);
  const request = { peerId: id, addresses: () => Promise.resolve([address]), senderName: 'honest', items: [item] };
  const outcome = await transfer(request, { dial: dialler.dial, signal, onState: () => undefined });
  dialler.close();
  return outcome.phase === 'failed' ? outcome.error.code : outcome.phase;
}
