// How a transfer ended, told once: what arrived, what did not and why, and what can be done about it.

import * as vscode from 'vscode';

import type { Peer } from '../../core/peers/peers.ts';
import type { OutgoingEntry } from '../../core/sending/outgoing.ts';
import type { TransferOutcome } from '../../core/sending/transfer.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { offerHelp } from '../asking/offerHelp.ts';
import { countWords, peerWords } from '../asking/words.ts';
import { failureWords, sentWords } from './transferWords.ts';

const { l10n } = vscode;

type Context = Pick<App, 'ui'>;

export type TellOptions = {
  /** The peer, where it was never met before: then pairing is offered. */
  readonly first?: Peer | undefined;
  /** Sends what failed, by its numbers, once more. */
  readonly sendRest: (ns: readonly number[]) => Promise<void>;
};

/** Tells how a transfer ended; done when the person has answered. */
export async function tellOutcome(
  context: Context,
  entry: OutgoingEntry,
  outcome: TransferOutcome,
  { first, sendRest }: TellOptions,
): Promise<void> {
  const { ui } = context;
  const name = peerWords(entry.peer);
  const what = sentWords(entry.items);
  switch (outcome.phase) {
    case 'delivered': {
      const pair = l10n.t('Pair…');
      const words = [l10n.t('{0} received {1}.', name, what), ...leftOutWords(entry)].join(' ');
      const chosen = await ui.info(words, ...(first === undefined ? [] : [pair]));
      if (chosen === pair) await vscode.commands.executeCommand('ferry.pair', first);
      return;
    }
    case 'partly':
      await tellPartly(context, entry, outcome, sendRest);
      return;
    case 'declined':
      await ui.info(l10n.t('{0} declined {1}.', name, what));
      return;
    case 'expired': {
      const again = l10n.t('Send Again');
      const words = l10n.t('{0} did not answer in time, so {1} was not sent.', name, what);
      if ((await ui.info(words, again)) === again) await sendRest(entry.items.map((_, n) => n));
      return;
    }
    case 'cancelled':
      await tellCancelled(context, entry, outcome);
      return;
    case 'failed':
      await tellFailed(context, entry, outcome, sendRest);
  }
}

function leftOutWords(entry: OutgoingEntry): readonly string[] {
  const gone = entry.gone?.() ?? 0;
  return gone === 0 ? [] : [l10n.t('Entries that were gone by then, and are missing there: {0}.', gone)];
}

async function tellPartly(
  { ui }: Context,
  entry: OutgoingEntry,
  { arrived, failed }: Extract<TransferOutcome, { phase: 'partly' }>,
  sendRest: TellOptions['sendRest'],
): Promise<void> {
  const count = arrived.length + failed.length;
  const action = l10n.t('Send the Rest');
  const name = peerWords(entry.peer);
  const total = countWords(entry.items, count);
  const words = l10n.t('{0} received {1} of {2}. {3}', name, arrived.length, total, failureWords(failed, entry));
  if ((await ui.warn([words, ...leftOutWords(entry)].join(' '), action)) === action) await sendRest(failed.map(({ n }) => n));
}

async function tellCancelled(
  { ui }: Context,
  { peer, items }: OutgoingEntry,
  { by, arrived = [] }: Extract<TransferOutcome, { phase: 'cancelled' }>,
): Promise<void> {
  const name = peerWords(peer);
  if (arrived.length > 0) {
    const words =
      by === 'peer'
        ? l10n.t('{0} cancelled the transfer after {1} of {2}.', name, arrived.length, countWords(items))
        : l10n.t('Cancelled. {0} has {1} of {2} already.', name, arrived.length, countWords(items));
    await ui.info(words);
    return;
  }
  // Whoever cancelled knows.
  if (by === 'peer') await ui.info(l10n.t('{0} cancelled the transfer of {1}. Nothing was kept there.', name, sentWords(items)));
}

async function tellFailed(
  { ui }: Context,
  entry: OutgoingEntry,
  { error, failed }: Extract<TransferOutcome, { phase: 'failed' }>,
  sendRest: TellOptions['sendRest'],
): Promise<void> {
  const { items, peer } = entry;
  const reasons = failed === undefined ? errorWords(error, peerWords(peer)) : failureWords(failed, entry);
  const words =
    items.length === 1
      ? l10n.t('{0} was not sent. {1}', sentWords(items), reasons)
      : l10n.t('{0} were not sent. {1}', sentWords(items), reasons);
  await offerHelp(ui, error, words, { peer, again: () => sendRest(items.map((_, n) => n)) });
}
