// Sending to the peer that a command names: found, looked at, and delivered to.

import type { Peer } from '../../core/peers/peers.ts';
import { type Delivery, type Sealing, toldName } from '../../core/sending/deliver.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { Context, Given } from '../context.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { passphraseIn } from '../own/passphraseFile.ts';
import { numberOf } from '../parseWords.ts';
import { findPeer, findSeconds } from '../peers/findPeer.ts';
import { misused, Refusal } from '../refusal.ts';
import { namesakeWords } from '../terminal/words.ts';
import { deliverAndTell } from './deliverAndTell.ts';

/** What is sent, and what is done when it is over. */
export type Gathered = { readonly items: readonly ItemSource[]; readonly release?: () => Promise<void> };

type Request = { readonly to: string; readonly given: Given; readonly gather: () => Promise<Gathered> };

/** Sends what `gather` gives, once the peer is found; gives the exit code. Fails as findPeer and `gather` do. */
export async function sendTo(context: Context, request: Request): Promise<ExitCode> {
  return withPeer(context, { presence: 'looks' }, (own) => sendFrom(context, own, request));
}

/** The same with a peer that is online already. */
export async function sendFrom(context: Context, own: OwnPeer, { to, given, gather }: Request): Promise<ExitCode> {
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  const sealing = await sealingOf(given);
  const peer = await unmistakenPeer(context, own, to, seconds);
  const { items, release } = await gather();
  try {
    const delivery: Delivery = { peer, items, sealing, senderName: context.name };
    return await deliverAndTell(context, own, delivery, { seconds });
  } finally {
    await release?.();
  }
}

/** The peer that is meant, looked for so many seconds. Fails as findPeer, and refuses one that can be taken for another. */
export async function unmistakenPeer(context: Context, own: OwnPeer, to: string, seconds = findSeconds): Promise<Peer> {
  const peer = await findPeer(own, to, { signal: context.signal, timeoutMs: seconds * 1000 });
  await expectNoNamesake(context, own, peer);
  return peer;
}

async function sealingOf(given: Given): Promise<Sealing> {
  const file = given.text('passphrase-file');
  if (file === undefined) return given.is('encrypt') ? { kind: 'key' } : { kind: 'none' };
  if (given.is('encrypt')) throw misused("Either --encrypt, for the peer's key, or --passphrase-file.");
  return { kind: 'passphrase', passphrase: await passphraseIn(file), generated: false };
}

/**
 * A peer with the name or address of another one and with another key gets nothing before somebody has looked at both. Refuses
 * where nobody can, or does not want to.
 */
async function expectNoNamesake({ screen, signal }: Context, { book }: OwnPeer, peer: Peer): Promise<void> {
  if (peer.trust === 'own') return;
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const addresses = peer.windows.map(({ address }) => address);
  const namesake = namesakeOf({ id: peer.id, name: toldName(peer), addresses }, book.entries());
  if (namesake === undefined) return;
  const alarm = namesakeWords(peer, book.trustOf(peer.id), namesake);
  if (!screen.isTerminal) throw new Refusal(exitCodes.notTrusted, `${alarm} Nothing was sent. Ask them for their fingerprint.`);
  screen.note(alarm);
  if ((await screen.confirm('Send all the same?', signal)) === true) return;
  throw new Refusal(exitCodes.notTrusted, 'Nothing was sent. Ask them for their fingerprint.');
}
