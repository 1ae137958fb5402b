// Lists about a request: what is picked of them counts only while it waits, so they close when it does not, and say why.

import * as vscode from 'vscode';

import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { App } from '../app.ts';
import { peerWords } from './words.ts';

const { l10n } = vscode;

type Context = Pick<App, 'ui' | 'inbox'>;

/** What the person picks while the request waits; undefined where they leave, or it is over, which they are told. */
export async function pickAbout<T extends vscode.QuickPickItem>(
  { ui, inbox }: Context,
  id: string,
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined> {
  const over = new AbortController();
  const look = (): void => {
    if (inbox.find(id)?.state.phase !== 'waiting') over.abort();
  };
  const following = inbox.onDidChange(look);
  look();
  const picked = await ui.pick(items, options, over.signal);
  following.dispose();
  if (!over.signal.aborted) return picked;
  await tellOver({ ui, inbox }, id);
  return undefined;
}

/** Says why it is too late to answer a request. */
export async function tellOver({ ui, inbox }: Context, id: string): Promise<void> {
  await ui.info(overWords(inbox.find(id)));
}

/** A request that a stranger has taken back leaves nothing behind. */
function overWords(entry: InboxEntry | undefined): string {
  const phase = entry?.state.phase;
  if (entry === undefined || phase === 'failed') return l10n.t('This request is over. Nothing was received.');
  if (phase === 'cancelled') return l10n.t('{0} has taken this request back. Nothing was received.', peerWords(entry.peer));
  if (phase === 'expired')
    return l10n.t('This request was not answered in time. Ask {0} to send it again.', peerWords(entry.peer));
  return l10n.t('This request was answered already.');
}
