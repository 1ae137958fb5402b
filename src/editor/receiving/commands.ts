// The commands of the Inbox: each with what it does to a row.

import * as vscode from 'vscode';

import type { Peer } from '../../core/peers/peers.ts';
import type { App } from '../app.ts';
import { entryWords } from '../asking/words.ts';
import type { Handler } from '../handler.ts';
import { acceptEntry, declineEntry } from './answer.ts';
import type { InboxRow } from './inboxRows.ts';

const { l10n } = vscode;

// What few rows need is loaded with the first of them.
const ring = () => import('../requests/ring.ts');
const received = () => import('./received.ts');
const acceptTo = () => import('./acceptTo.ts');
const rules = () => import('../peers/rules.ts');
const dictionaries = () => import('./dictionaries.ts');
const comparing = () => import('../comparing/compareFile.ts');
const snippets = () => import('./snippets.ts');

/** Each with its handler; part of the table of all commands. */
export const inboxCommands: Readonly<Record<string, Handler>> = {
  'ferry.inbox.answer': async (app, row) => (await ring()).answerRequest(app, isRow(row) ? row.entry.id : undefined),
  'ferry.inbox.accept': (app, row) => withRow(row, ({ entry }) => acceptEntry(app, entry.id)),
  'ferry.inbox.acceptTo': (app, row) => withRow(row, async ({ entry }) => (await acceptTo()).acceptTo(app, entry.id)),
  'ferry.inbox.acceptToWorkspace': (app, row) =>
    withRow(row, async ({ entry }) => (await acceptTo()).acceptToWorkspace(app, entry.id)),
  'ferry.inbox.acceptSaveAs': (app, row) => withRow(row, async ({ entry }) => (await acceptTo()).acceptSaveAs(app, entry.id)),
  'ferry.inbox.acceptAll': (app, row) => withRow(row, async ({ entry }) => (await acceptTo()).acceptAll(app, entry)),
  'ferry.inbox.alwaysAccept': (app, row) =>
    withRow(row, async ({ entry }) => (await rules()).alwaysAccept(app, peerOf(app, entry))),
  'ferry.inbox.decline': (app, row) => withRow(row, ({ entry }) => declineEntry(app, entry.id)),
  'ferry.inbox.cancel': ({ inbox }, row) => withRow(row, ({ entry }) => inbox.cancel(entry.id)),
  'ferry.inbox.open': (app, row) =>
    withItem(app, row, async (entry, item) =>
      isWhole(row) && entry.received.length > 1
        ? (await received()).openAll(app, entry)
        : (await received()).openReceived(app, entry, item),
    ),
  'ferry.inbox.reveal': (app, row) => withItem(app, row, async (_entry, item) => (await received()).revealReceived(app, item)),
  'ferry.inbox.saveAs': (app, row) => withItem(app, row, async (_entry, item) => (await received()).saveReceivedAs(app, item)),
  'ferry.inbox.insert': (app, row) =>
    withItem(app, row, async (_entry, item) =>
      item.item.kind === 'snippet'
        ? (await snippets()).insertSnippet(app, item)
        : (await dictionaries()).insertDictionary(app, item),
    ),
  'ferry.inbox.copy': (app, row) => withItem(app, row, async (_entry, item) => (await dictionaries()).copyReceived(app, item)),
  'ferry.inbox.saveDictionary': (app, row) =>
    withItem(app, row, async (_entry, item) => (await dictionaries()).saveDictionaryAs(app, item)),
  'ferry.inbox.compare': (app, row) =>
    withItem(app, row, async (_entry, item) =>
      item.item.kind === 'snippet'
        ? (await snippets()).compareSnippet(app, item)
        : (await dictionaries()).compareDictionary(app, item),
    ),
  'ferry.inbox.compareFile': (app, row) =>
    withItem(app, row, async (entry, item) => (await comparing()).compareReceived(app, entry, item)),
  'ferry.inbox.copyText': (app, row) => withItem(app, row, async (_entry, item) => (await snippets()).copySnippet(app, item)),
  'ferry.inbox.openAsDocument': (app, row) =>
    withItem(app, row, async (_entry, item) => (await snippets()).openAsDocument(app, item)),
  'ferry.inbox.openPlace': (app, row) => withItem(app, row, async (_entry, item) => (await snippets()).openPlace(app, item)),
  // A key is told no row.
  'ferry.inbox.remove': async (app, row) => withRow(row ?? (await app.inboxView.focusedRow()), (of) => removeEntry(app, of)),
  'ferry.inbox.clear': clearInbox,
};

/** What was received but not saved goes with its row, so the person is asked before. */
async function clearInbox({ ui, inbox }: App): Promise<void> {
  const only = inbox.entries.filter(isOnlyCopy).length;
  const detail = l10n.t(
    'Received but not saved: {0}. They are deleted with their rows. Use "Save As…" for what you want to keep.',
    only,
  );
  const answers = { refuse: l10n.t('Keep Them'), agree: l10n.t('Clear and Delete') };
  if (only > 0 && !(await ui.confirm(l10n.t('Clear the Inbox?'), detail, answers))) return;
  for (const entry of inbox.entries) inbox.remove(entry.id);
}

/** Takes a row out of the Inbox, and declines what waits. What is under way is for Cancel. */
async function removeEntry(app: App, row: InboxRow): Promise<void> {
  const { ui, inbox } = app;
  const entry = inbox.find(row.entry.id) ?? row.entry;
  if (entry.state.phase === 'waiting') {
    await declineEntry(app, entry.id);
    return;
  }
  const detail = l10n.t('It was received but not saved, and is deleted with its row. Use "Save As…" to keep it.');
  const answers = { refuse: l10n.t('Keep It'), agree: l10n.t('Remove and Delete') };
  const title = l10n.t('Remove {0}?', entryWords(entry));
  if (!isOnlyCopy(entry) || (await ui.confirm(title, detail, answers))) inbox.remove(entry.id);
}

function isOnlyCopy({ state }: InboxRow['entry']): boolean {
  return state.phase === 'received' && state.landing === 'storage';
}

function withRow(row: unknown, work: (row: InboxRow) => unknown): unknown {
  return isRow(row) ? work(row) : undefined;
}

/** The item of a row as it is now: it may have left its seal since the row was shown. */
function withItem(
  { inbox }: App,
  row: unknown,
  work: (entry: InboxRow['entry'], item: NonNullable<InboxRow['item']>) => unknown,
): unknown {
  // Of an item that was only offered there is nothing yet.
  if (!isRow(row) || row.offered !== undefined || row.within !== undefined) return undefined;
  const shown = row.item ?? row.entry.received[0];
  if (shown === undefined) return undefined;
  const now = inbox.find(row.entry.id)?.received.find(({ n }) => n === shown.n);
  return work(row.entry, now ?? shown);
}

function isRow(value: unknown): value is InboxRow {
  return (
    typeof value === 'object' && value !== null && 'entry' in value && typeof value.entry === 'object' && value.entry !== null
  );
}

/** Whether a row is that of an entry, and not of one of its items. */
function isWhole(row: unknown): boolean {
  return isRow(row) && row.item === undefined;
}

/** The peer of an entry, as the commands for peers take it. */
export function peerOf({ book }: Pick<App, 'book'>, { peer }: Pick<InboxRow['entry'], 'peer'>): Peer {
  return { ...peer, trust: book.trustOf(peer.id), windows: [], lastUsed: 0 };
}
