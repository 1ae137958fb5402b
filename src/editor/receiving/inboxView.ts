// The Inbox view: one row an offer. The badge counts those that wait, and context keys say what can be done.

import * as vscode from 'vscode';

import { coalesced } from '../../core/base/coalesce.ts';
import { type InboxEntry, isOver } from '../../core/receiving/entry.ts';
import type { Inbox } from '../../core/receiving/inbox.ts';
import { inRows } from '../../core/receiving/rows.ts';
import { contextKeys } from '../host/contextKeys.ts';
import { drawnEveryMs } from '../host/ui.ts';
import { type InboxRow, rowsIn, treeItemOf } from './inboxRows.ts';

const { l10n } = vscode;

export type InboxView = {
  dispose(): void;
  /** Brings the view to the front, with the first row that waits in focus, or else the first. */
  readonly show: () => Promise<void>;
  /** The row in focus; undefined where none is. */
  readonly focusedRow: () => Promise<InboxRow | undefined>;
};

/** Shows the inbox as a tree. */
export function showInboxView(inbox: Inbox): InboxView {
  const changed = new vscode.EventEmitter<InboxRow | undefined>();
  const rows = new Map<string, InboxRow>();
  const rowOf = (entry: InboxEntry): InboxRow => {
    const known = rows.get(entry.id);
    if (known?.entry === entry) return known;
    const row = { entry };
    rows.set(entry.id, row);
    return row;
  };
  const parentOf = ({ entry, within, ...row }: InboxRow): InboxRow | undefined => {
    if (within !== undefined && entry.items.length > 1) return { entry, ...row };
    return within === undefined && row.item === undefined && row.offered === undefined ? undefined : rowOf(entry);
  };
  const provider: vscode.TreeDataProvider<InboxRow> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => (row === undefined ? inRows(inbox.entries).map(rowOf) : rowsIn(row)),
    getTreeItem: treeItemOf,
    getParent: parentOf,
  };
  const tellContext = contextTeller(inbox);
  const draw = coalesced(() => changed.fire(undefined), drawnEveryMs);
  const view = vscode.window.createTreeView('ferry.inbox', { treeDataProvider: provider });
  const subscription = inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) rows.delete(before.id);
    draw.ask();
    const waiting = inbox.entries.filter((entry) => entry.state.phase === 'waiting').length;
    view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: l10n.t('{0} waiting for your answer', waiting) };
    tellContext();
  });
  tellContext();
  return {
    show: async () => {
      await vscode.commands.executeCommand('ferry.inbox.focus');
      const shown = inRows(inbox.entries);
      const first = shown.find(({ state }) => state.phase === 'waiting') ?? shown[0];
      if (first !== undefined) await revealOnceDrawn(view, () => rowOf(inbox.find(first.id) ?? first));
    },
    focusedRow: () => focusedRowOf(view),
    dispose: () => {
      subscription.dispose();
      draw.dispose();
      changed.dispose();
      view.dispose();
    },
  };
}

/** A view that has just come to the front knows its rows a moment later, and nothing tells when. */
async function revealOnceDrawn(view: vscode.TreeView<InboxRow>, row: () => InboxRow): Promise<void> {
  for (let tries = 20; tries > 0; tries -= 1) {
    try {
      await view.reveal(row(), { select: true, focus: true });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, drawnEveryMs / 5));
    }
  }
}

/** Tells the editor what there is, for its menus. */
function contextTeller(inbox: Inbox): () => void {
  const tell = contextKeys();
  return () => {
    const states = inbox.entries.map(({ state }) => state);
    tell(
      'ferry.inbox.waiting',
      states.some(({ phase }) => phase === 'waiting'),
    );
    tell('ferry.inbox.over', states.some(isOver));
  };
}

/** Arrow keys move the focus and leave the selection, which is all that an extension is told: so the focus is made one. */
async function focusedRowOf(view: vscode.TreeView<InboxRow>): Promise<InboxRow | undefined> {
  const before = view.selection[0];
  await vscode.commands.executeCommand('list.toggleSelection');
  // Whatever was selected already is so no longer.
  return view.selection.find((row) => row !== before) ?? (view.selection.length === 0 ? before : undefined);
}
