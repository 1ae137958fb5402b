// A transfer as a command: shown while it moves, gone on with where an earlier command stopped, and told how it ended. Ctrl+C
// before it was accepted takes it back; later it leaves with the peer what is there, for the same command to go on.

import { FerryError } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/event.ts';
import { isOffered } from '../../core/sending/continued.ts';
import type { Delivery } from '../../core/sending/deliver.ts';
import { goneOf, type OutgoingEntry, type OutgoingState } from '../../core/sending/outgoing.ts';
import { PaceMeter } from '../../core/sending/pace.ts';
import type { TransferOutcome } from '../../core/sending/transfer.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { type ItemSource, totalSize } from '../../core/wire/item.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exitCodes.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import {
  errorWords,
  itemFacts,
  itemsWords,
  itemWords,
  lostWords,
  peerFact,
  peerWords,
  progressWords,
  wholePeerWords,
} from '../terminal/words.ts';

/** `seconds`: how long may pass before the peer has accepted; as long as the peer waits where nothing is said. */
type DeliverOptions = { readonly seconds: number | undefined };

/** Why a transfer is left before it is over. */
type Leave = 'cancelled' | 'away' | 'late';

/** Delivers, and gives the exit code. Never fails but on what nobody foresaw. */
export async function deliverAndTell(
  context: Context,
  own: OwnPeer,
  delivery: Delivery,
  options: DeliverOptions,
): Promise<ExitCode> {
  const { outbox } = own;
  const { peer, items } = delivery;
  const before = stoppedBefore(outbox.entries, delivery);
  const what = `${itemsWords(items.map(({ offered }) => offered))} (${sizeText(totalSize(items.map(({ offered }) => offered)))})`;
  const verb = before === undefined ? 'Sending' : 'Going on with';
  context.screen.note(`${verb} ${what} to ${wholePeerWords(peer, peer.trust)}`, {
    ...{
      event: 'sending',
      to: peerFact(peer),
      items: itemFacts(items.map(({ offered }) => offered)),
      again: before !== undefined,
    },
  });
  const { id, outcome } = outbox.send(delivery, before);
  const leaving = leavingOf(context, own, id, options);
  try {
    const end = await Promise.race([outcome, leaving.left]);
    if (typeof end !== 'string') return tellEnd(context, delivery, end);
    return await leave(context, own, { id, outcome, why: end, delivery, isAccepted: leaving.isAccepted() });
  } finally {
    leaving.end();
  }
}

/** What an earlier command sent to this peer, the same items as they are now, and did not bring to its end. */
function stoppedBefore(entries: readonly OutgoingEntry[], { peer, items, sealing }: Delivery): OutgoingEntry | undefined {
  if (sealing.kind !== 'none') return undefined;
  const isSame = ({ offered, file: now }: ItemSource, entry: OutgoingEntry, n: number): boolean => {
    const [item, file] = [entry.items[n], entry.files[n]];
    if (item?.kind !== offered.kind || item.name !== offered.name || file === undefined || now === undefined) return false;
    return isOffered({ offered: item, file }, { size: offered.size, file: now });
  };
  return entries.find(
    (entry) =>
      entry.state.phase === 'paused' &&
      entry.sealing === 'none' &&
      entry.peer.id === peer.id &&
      entry.items.length === items.length &&
      items.every((item, n) => isSame(item, entry, n)),
  );
}

type Leaving = { readonly left: Promise<Leave>; readonly isAccepted: () => boolean; readonly end: () => void };

/** Shows a transfer while it moves, and says when it is to be left. */
function leavingOf({ screen, signal }: Context, { outbox }: OwnPeer, id: string, { seconds }: DeliverOptions): Leaving {
  const { promise: left, resolve } = Promise.withResolvers<Leave>();
  const [meter, onAbort] = [new PaceMeter(), () => resolve('cancelled')];
  let isAccepted = false;
  let last: OutgoingState['phase'] | undefined;
  const following = outbox.onDidChange(({ entry }) => {
    if (entry?.id !== id) return;
    const { state } = entry;
    if (state.phase === 'moving') {
      isAccepted = true;
      const { sent, total } = state;
      const pace = meter.measure(sent, total, performance.now());
      screen.progress(
        () => progressWords(sent, total, pace),
        () => ({ event: 'progress', moved: sent, total }),
      );
    }
    if (state.phase === last) return;
    last = state.phase;
    if (state.phase === 'away') resolve('away');
    const words = stateWords(state.phase, peerWords(entry.peer));
    if (words !== undefined) screen.note(words, { event: 'state', state: state.phase });
  });
  const late = seconds === undefined ? undefined : setTimeout(() => !isAccepted && resolve('late'), seconds * 1000);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    ...{ left, isAccepted: () => isAccepted },
    end: () => {
      following.dispose();
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function stateWords(phase: OutgoingState['phase'], peer: string): string | undefined {
  if (phase === 'waiting') return `Waiting for ${peer} to accept…`;
  return phase === 'interrupted' ? lostWords(peer) : undefined;
}

type Left = {
  readonly id: string;
  readonly outcome: Promise<TransferOutcome>;
  readonly why: Leave;
  readonly delivery: Delivery;
  readonly isAccepted: boolean;
};

async function leave(context: Context, { outbox }: OwnPeer, { id, outcome, why, delivery, isAccepted }: Left): Promise<ExitCode> {
  const isKept = isAccepted && delivery.sealing.kind === 'none' && delivery.items.every(({ file }) => file !== undefined);
  if (isKept) {
    const paused = eventually(outbox.onDidChange, () => outbox.find(id)?.state.phase === 'paused');
    outbox.pause(id);
    // It may come to its end at this very moment.
    const end = await Promise.race([outcome, paused]);
    if (end !== undefined) return tellEnd(context, delivery, end);
  } else {
    outbox.cancel(id);
    const end = await outcome;
    if (end.phase !== 'cancelled' || why === 'cancelled') return tellEnd(context, delivery, end);
  }
  const name = peerWords(delivery.peer);
  const again = isKept ? ' What they have is kept there for a week: the same command goes on with it.' : '';
  const [exit, words] = leaveWords(why, name, isAccepted);
  context.screen.error(`${words}${again}`, { event: 'left', exit, why, resumes: isKept, message: `${words}${again}` });
  return exit;
}

function leaveWords(why: Leave, name: string, isAccepted: boolean): readonly [ExitCode, string] {
  switch (why) {
    case 'cancelled':
      return [exitCodes.cancelled, 'Stopped.'];
    case 'late':
      return [exitCodes.expired, `${name} did not answer in time.`];
    case 'away':
      if (isAccepted) return [exitCodes.broken, `${name} went away in the middle.`];
      return [exitCodes.unreachable, errorWords(new FerryError('ERR_PEER_UNREACHABLE', 'away'), name)];
  }
}

function tellEnd({ screen }: Context, { peer, items }: Delivery, outcome: TransferOutcome): ExitCode {
  const exit = exitCodeOfOutcome(outcome);
  const failed = 'failed' in outcome ? (outcome.failed ?? []) : [];
  const failures = failed.map(({ n, error }) => ({ n, code: error.code }));
  const fact = { event: 'sent', outcome: outcome.phase, exit, to: peerFact(peer), ...(failed.length > 0 ? { failures } : {}) };
  const words = endWords(peerWords(peer), items, outcome);
  if (outcome.phase === 'delivered') screen.result(words, { ...fact, bytes: outcome.bytes });
  else screen.error(words, { ...fact, message: words, ...(outcome.phase === 'failed' ? { code: outcome.error.code } : {}) });
  return exit;
}

function endWords(name: string, items: readonly ItemSource[], outcome: TransferOutcome): string {
  const what = itemsWords(items.map(({ offered }) => offered));
  switch (outcome.phase) {
    case 'delivered':
      return `${name} received ${what}.${goneWords(items)}`;
    case 'partly': {
      const lines = outcome.failed.map(({ n, error }) => `  ${nameOf(items, n)}: ${errorWords(error, name)}`);
      return [`${name} received ${outcome.arrived.length} of ${items.length}. Missing:`, ...lines].join('\n');
    }
    case 'declined':
      return `${name} declined ${what}.`;
    case 'expired':
      return `${name} did not answer in time, so ${what} was not sent.`;
    case 'cancelled':
      return outcome.by === 'me' ? 'Cancelled.' : `${name} cancelled the transfer of ${what}.`;
    case 'failed':
      return `${what} was not sent. ${errorWords(outcome.error, name)}`;
  }
}

function nameOf(items: readonly ItemSource[], n: number): string {
  const offered = items[n]?.offered;
  return offered === undefined ? '' : itemWords(offered);
}

function goneWords(items: readonly ItemSource[]): string {
  const gone = goneOf(items);
  return gone === 0 ? '' : ` Entries that were gone by then, and are missing there: ${gone}.`;
}

/** Waits until something is so, looking whenever `event` fires. */
function eventually(event: Event<unknown>, isSo: () => boolean): Promise<undefined> {
  return new Promise((resolve) => {
    const following = event(() => {
      if (!isSo()) return;
      following.dispose();
      resolve(undefined);
    });
  });
}
