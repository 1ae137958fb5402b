// What the log says of the outbox: what is sent to whom and from which files, how the peer answered, and the digests of what
// arrived. Never contents.

import { encodeHex } from '../base/bytes.ts';
import type { Disposable } from '../base/event.ts';
import type { Log, LogFields } from '../base/log.ts';
import type { Outbox } from '../sending/outbox.ts';
import type { OutgoingState } from '../sending/outgoing.ts';
import { itemFields, someOf } from './items.ts';

/** Follows an outbox. */
export function logOutgoing(outbox: Pick<Outbox, 'onDidChange'>, log: Log): Disposable {
  return outbox.onDidChange(({ before, entry }) => {
    if (entry === undefined || before?.state.phase === entry.state.phase) return;
    const { peer, id, items, files, sealing, state } = entry;
    const of = { peer: peer.id, offer: id };
    if (before === undefined) {
      // What another process began, that one has told.
      if (state.phase !== 'queued') return;
      const paths = someOf(files.flatMap((file) => file?.path ?? []));
      log.info('items are to be sent', { ...of, sealing, ...itemFields(items), paths });
    } else {
      log.info('a transfer moved on', { ...of, phase: state.phase, ...stateFields(state) });
    }
  });
}

function stateFields(state: OutgoingState): LogFields {
  switch (state.phase) {
    case 'delivered':
      return { bytes: state.bytes, sha256: someOf(state.digests.map(encodeHex)) };
    case 'partly':
      return { bytes: state.bytes, failed: someOf(state.failed.map(({ n, error }) => `${n} ${error.code}`)) };
    case 'cancelled':
      return { by: state.by };
    case 'failed':
      return { code: state.error.code, message: state.error.message };
    case 'queued':
    case 'reaching':
    case 'waiting':
    case 'moving':
    case 'interrupted':
    case 'away':
    case 'paused':
    case 'declined':
    case 'expired':
      return {};
  }
}
