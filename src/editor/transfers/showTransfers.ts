// All that a window shows of its transfers: the view, the item in the status bar, and what arrives.

import * as vscode from 'vscode';

import { isDone } from '../../core/sending/outgoing.ts';
import type { App } from '../app.ts';
import { contextKeys } from '../host/contextKeys.ts';
import { followIncoming, showActivity } from './activity.ts';
import { TransferRows } from './transfersView.ts';

/** Shows transfers, and forgets what was remembered of those that go. */
export async function showTransfers(
  app: Pick<App, 'ui' | 'inbox' | 'outbox' | 'sent' | 'sharing' | 'log'>,
): Promise<vscode.Disposable> {
  const sharing = await app.sharing();
  const rows = new TransferRows(app.outbox, undefined, sharing);
  const tell = contextKeys();
  const tellContext = (): void =>
    tell(
      'ferry.transfers.over',
      app.outbox.entries.some(({ state }) => isDone(state)) || sharing.gets.some(({ state }) => state !== 'moving'),
    );
  tellContext();
  return vscode.Disposable.from(
    rows,
    vscode.window.createTreeView('ferry.transfers', { treeDataProvider: rows }),
    showActivity(app),
    followIncoming(app),
    sharing.onDidChange(tellContext),
    app.outbox.onDidChange(({ before, entry }) => {
      tellContext();
      if (entry === undefined) app.sent.forget(before.id);
    }),
  );
}
