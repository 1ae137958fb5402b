// What is done with what was received: out of its seal where that is allowed, written to standard output where it is wanted
// there, and told.

import { toFerryError } from '../../core/base/errors.ts';
import { background } from '../../core/base/log.ts';
import { mayLeaveSeal } from '../../core/consent/consent.ts';
import { type InboxEntry, landingOf, type ReceivedItem } from '../../core/receiving/entry.ts';
import { landContent } from '../../core/receiving/landing.ts';
import { PaceMeter } from '../../core/sending/pace.ts';
import { fileSource } from '../../net/disk/fileSource.ts';
import { removeFile } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exitCodes.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { writeContent } from '../terminal/output.ts';
import type { Screen } from '../terminal/screen.ts';
import { errorWords, itemWords, pathWords, peerFact, peerWords, progressWords } from '../terminal/words.ts';
import { consentRules, type Policy } from './answerOffer.ts';

/** Shows how far what comes is. */
export function showProgress(screen: Screen): (entry: InboxEntry) => void {
  const meters = new Map<string, PaceMeter>();
  return ({ id, state }) => {
    if (state.phase !== 'receiving') {
      meters.delete(id);
      return;
    }
    const meter = meters.get(id) ?? new PaceMeter();
    meters.set(id, meter);
    const { received, total } = state;
    const pace = meter.measure(received, total, performance.now());
    screen.progress(
      () => progressWords(received, total, pace),
      () => ({ event: 'progress', moved: received, total }),
    );
  };
}

/** Does what is wanted with an offer that is over, and tells it; gives the exit code of a command that waited for it. */
export async function actOn(context: Context, own: OwnPeer, over: InboxEntry, policy: Policy): Promise<ExitCode> {
  const { screen } = context;
  const name = peerWords(over.peer);
  const from = peerFact({ ...over.peer, trust: own.book.trustOf(over.peer.id) });
  const told = (words: string, exit: ExitCode, more = {}): ExitCode => {
    screen.error(words, { event: 'received', outcome: over.state.phase, exit, from, ...more });
    return exit;
  };
  switch (over.state.phase) {
    case 'received':
      return tellReceived(context, own, over, policy);
    case 'failed': {
      const { error } = over.state;
      return told(`Nothing was received from ${name}. ${errorWords(error, name)}`, exitCodeOf(error.code), { code: error.code });
    }
    case 'cancelled':
      return told(`The transfer from ${name} was cancelled.`, exitCodes.broken);
    case 'expired':
      return told(`The offer of ${name} was not answered in time.`, exitCodes.expired);
    case 'declined':
    case 'waiting':
    case 'receiving':
    case 'paused':
      return exitCodes.declined;
  }
}

async function tellReceived(context: Context, own: OwnPeer, arrived: InboxEntry, policy: Policy): Promise<ExitCode> {
  const { screen } = context;
  if (arrived.state.phase !== 'received') return exitCodes.unexpected;
  if (arrived.unasked) await unsealAllowed(context, own, arrived, policy);
  const entry = own.inbox.find(arrived.id) ?? arrived;
  const { action, landing, failed = [] } = arrived.state;
  const isSaved = landing !== 'storage';
  if (action === 'print' || action === 'printAndSave') for (const item of entry.received) await print(context, item);
  const from = peerFact({ ...entry.peer, trust: own.book.trustOf(entry.peer.id) });
  for (const { item, path, sealedFor, missing = 0 } of entry.received) {
    const sealed =
      sealedFor === undefined ? '' : ` It is still sealed for ${sealedFor === 'key' ? 'your key' : 'a passphrase'}: ferry open.`;
    const gone = missing === 0 ? '' : ` Entries that were gone at the sender by then: ${missing}.`;
    const where = isSaved ? `: ${pathWords(path)}` : '';
    const fact = { event: 'received', outcome: 'received', from, name: itemWords(item), kind: item.kind, size: item.size };
    const words = `Received ${itemWords(item)} from ${peerWords(entry.peer)}${where}.${sealed}${gone}`;
    screen.result(words, { ...fact, path: isSaved ? path : null, sealedFor: sealedFor ?? null, missing });
  }
  for (const { n, error } of failed) {
    const item = entry.items[n];
    const words = `${item === undefined ? '' : itemWords(item)} did not arrive. ${errorWords(error, peerWords(entry.peer))}`;
    screen.error(words, { event: 'missing', from, n, code: error.code, message: words });
  }
  if (!isSaved) await forget(context, own, entry);
  const [first] = failed;
  return first === undefined ? exitCodes.done : exitCodeOf(first.error.code);
}

/** Takes the seal off what was accepted without a question, where what is inside may be accepted so. */
async function unsealAllowed({ log }: Context, own: OwnPeer, entry: InboxEntry, policy: Policy): Promise<void> {
  for (const received of entry.received) {
    if (received.sealedFor !== 'key') continue;
    await unsealOne(own, entry, received, policy).catch((cause: unknown) => {
      log.warn('an item stays sealed', { code: toFerryError(cause).code });
    });
  }
}

async function unsealOne(own: OwnPeer, entry: InboxEntry, { n, path }: ReceivedItem, policy: Policy): Promise<void> {
  if (entry.state.phase !== 'received') return;
  const { unsealIncoming } = await import('../../core/sealing/items.ts');
  const { open } = await fileSource(path);
  const opened = await unsealIncoming(open(new AbortController().signal), { kind: 'key', keys: [own.identity.sealKey] });
  if (!mayLeaveSeal(entry, opened.item, consentRules(own, policy))) {
    await opened.content[Symbol.asyncIterator]().return?.();
    return;
  }
  const landed = await landContent(own.store, landingOf(entry.state), opened);
  own.inbox.unsealed(entry.id, n, landed);
  await removeFile(path);
}

async function print({ screen, signal }: Context, { item, path, sealedFor }: ReceivedItem): Promise<void> {
  if (sealedFor !== undefined || item.kind === 'folder') {
    screen.note(`${itemWords(item)} cannot be printed.`);
    return;
  }
  const { open } = await fileSource(path);
  await writeContent(screen, open(signal));
}

/** What was only printed goes with its entry. */
async function forget({ log }: Context, own: OwnPeer, entry: InboxEntry): Promise<void> {
  own.inbox.remove(entry.id);
  for (const { path } of entry.received) background(own.removeStored(path), log, 'removing what was printed');
}
