// What happens on this side when a peer offers something: the doorbell rings, and what was received is acted on.

import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { decide, placeOfPeer, unaskedAction } from '../../core/consent/consent.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { AnswerContext } from '../receiving/answer.ts';

// What is done with items is loaded with the first of them.
const received = () => import('../receiving/received.ts');

/** Follows the inbox: rings for what arrives, acts on what is complete. */
export function followInbox(context: AnswerContext): Disposable {
  const { inbox, doorbell, documents, log } = context;
  return inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) {
      documents.forget(before.id);
      background(removeStored(context, before), log, 'removing what was not saved');
      return;
    }
    const { phase } = entry.state;
    const last = before?.state.phase;
    if (last === phase) return;
    if (phase === 'waiting') background(answerOrRing(context, entry), log, 'ringing');
    // What another window received was acted on there.
    if (phase === 'received' && last !== undefined)
      background(
        received().then(({ actOn }) => actOn(context, entry)),
        log,
        'acting on what was received',
      );
    if (phase === 'failed' && (last === 'receiving' || last === 'paused'))
      background(
        received().then(({ tellFailure }) => tellFailure(context, entry)),
        log,
        'telling a failure',
      );
    if ((phase === 'receiving' || phase === 'paused') && last === 'waiting') doorbell.answered(entry.peer.id, 'accepted');
    if (phase === 'declined') doorbell.answered(entry.peer.id, 'declined');
  });
}

/** An item that was only printed or opened goes with its entry; a saved one is the person's. */
async function removeStored({ files }: AnswerContext, { state, received }: InboxEntry): Promise<void> {
  if (state.phase !== 'received' || state.landing !== 'storage') return;
  for (const item of received) await files.removeStored(item.path);
}

/** Accepts what the person allowed in advance, without a question; anything else may ring. */
async function answerOrRing(context: AnswerContext, entry: InboxEntry): Promise<void> {
  const { book, inbox, doorbell, settings } = context;
  if (decide(entry, { book, autoAccept: settings.autoAccept(entry.peer.id) }) === 'accept') {
    const action = unaskedAction(settings.receiveAction(), book.trustOf(entry.peer.id));
    const place = placeOfPeer(book, entry.peer.id);
    if (await inbox.accept(entry.id, action, { keepSealed: settings.keepSealed(), unasked: true, place })) return;
  }
  if (!doorbell.rings(entry.peer.id, book.trustOf(entry.peer.id))) return;
  const { ring } = await import('./ring.ts');
  await ring(context, entry.peer.id);
}
