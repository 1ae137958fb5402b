// Messages that come while somebody listens: shown as they come, with nothing in them that a terminal obeys.

import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { printable } from '../../core/text/safeText.ts';
import type { Context } from '../context.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { peerFact, peerWords } from '../terminal/words.ts';

/** Shows every message that comes. */
export function followMessages({ screen, log }: Context, { messages, book }: OwnPeer): Disposable {
  return messages.onDidArrive(({ peer, text }) => {
    const from = messages.thread(peer)?.peer ?? { id: peer, name: '' };
    const lines = printable(text).split('\n').join('\n  ');
    screen.result(`${peerWords(from)}: ${lines}`, {
      ...{ event: 'message', from: peerFact({ ...from, trust: book.trustOf(peer) }), text },
    });
    background(messages.look(peer), log, 'looking at a message');
  });
}
