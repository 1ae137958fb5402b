// What the log says of the Inbox: every offer, how it was answered, and each item with its place, size and digest. No contents.

import { encodeHex } from '../base/bytes.ts';
import type { Disposable } from '../base/event.ts';
import type { Log, LogFields } from '../base/log.ts';
import type { EntryState, InboxEntry, ReceivedItem } from '../receiving/entry.ts';
import type { Inbox } from '../receiving/inbox.ts';
import { itemFields } from './items.ts';

/** Follows an inbox from before it is restored: what it takes up from earlier processes was logged by them. */
export function logIncoming(inbox: Pick<Inbox, 'onDidChange'>, log: Log): Disposable {
  // The list of what has come grows while its entry stays the same.
  const told = new Map<string, number>();
  return inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) {
      told.delete(before.id);
      return;
    }
    const { id, state, received, asked } = entry;
    const of = { peer: entry.peer.id, offer: entry.offerId };
    if (before === undefined) {
      const { items, fromStranger } = entry;
      told.set(id, received.length);
      if (asked !== undefined) log.info('items were asked for', { ...of, ...itemFields(items) });
      else if (state.phase === 'waiting') log.info('an offer came', { ...of, isStranger: fromStranger, ...itemFields(items) });
      return;
    }
    for (const item of received.slice(told.get(id) ?? 0)) log.info('an item landed', { ...of, ...landedFields(item) });
    told.set(id, received.length);
    for (const item of unsealed(before, entry)) log.info('an item left its seal', { ...of, ...landedFields(item) });
    if (before.state.phase !== state.phase) log.info('an offer moved on', { ...of, ...stateFields(entry) });
  });
}

function landedFields({ n, path, item, sha256 }: ReceivedItem): LogFields {
  return { n, path, bytes: item.size, ...(sha256 === undefined ? {} : { sha256: encodeHex(sha256) }) };
}

/** Those of which another file stands in the list than before. */
function unsealed({ received: before }: InboxEntry, { received }: InboxEntry): readonly ReceivedItem[] {
  if (before === received) return [];
  return received.filter((item, index) => before[index] !== undefined && before[index].path !== item.path);
}

function stateFields({ state, unasked }: InboxEntry): LogFields {
  return { phase: state.phase, ...(state.phase === 'receiving' ? { isAsked: !unasked } : {}), ...endFields(state) };
}

function endFields(state: EntryState): LogFields {
  switch (state.phase) {
    case 'receiving':
    case 'paused':
      return { action: state.action };
    case 'received':
      return { action: state.action, failed: state.failed?.map(({ n, error }) => `${n} ${error.code}`) ?? [] };
    case 'cancelled':
      return { by: state.by };
    case 'failed':
      return { code: state.error.code, message: state.error.message };
    case 'waiting':
    case 'declined':
    case 'expired':
      return {};
  }
}
