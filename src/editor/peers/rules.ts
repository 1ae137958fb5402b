// What the person lays down for one paired peer: what is accepted from it unasked, and where what it sends lands.

import * as vscode from 'vscode';

import { type AutoAccept, autoAcceptKinds, type Peer } from '../../core/peers/peers.ts';
import type { App } from '../app.ts';
import { folderDialog } from '../asking/savePlace.ts';
import { peerWords } from '../asking/words.ts';
import { pathHere } from '../host/fileSystems.ts';
import { onePeer, type PeersContext } from './onePeer.ts';

const { l10n } = vscode;

/** "Always Accept from This Peer…": kinds and the largest size; nothing ticked means that it is asked about again. */
export async function alwaysAccept(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Always accept from a peer'));
  if (peer === undefined || !(await isPaired(context, peer))) return;
  const now = context.book.find(peer.id)?.autoAccept;
  const kinds = await askKinds(context.ui, peer, now);
  if (kinds === undefined) return;
  const maxBytes = kinds.length === 0 ? 0 : await askSize(context.ui, peer, now);
  if (maxBytes === undefined) return;
  const autoAccept = kinds.length === 0 ? undefined : { kinds, maxBytes };
  await context.book.change(peer.id, (entry) => ({ ...entry, autoAccept }));
  await context.ui.info(
    autoAccept === undefined
      ? l10n.t('What {0} sends is asked about, unless the settings say otherwise.', peerWords(peer))
      : l10n.t('What {0} sends is accepted without a question, but for what can run by itself.', peerWords(peer)),
  );
}

/** "Receive Folder for This Peer…": chosen, or given up again. Fails as pathHere. */
export async function receiveFolder(context: PeersContext, given: unknown): Promise<void> {
  const peer = await onePeer(context, given, l10n.t('Choose the receive folder for a peer'));
  if (peer === undefined || !(await isPaired(context, peer))) return;
  const { ui, book } = context;
  const now = book.find(peer.id)?.receiveFolder;
  const items = [
    { isOwn: true, label: `$(folder-opened) ${l10n.t('Choose a folder…')}`, ...(now === undefined ? {} : { description: now }) },
    { isOwn: false, label: `$(inbox) ${l10n.t('The folder for all received files')}` },
  ];
  const picked = await ui.pick(items, { title: l10n.t('Where files from {0} are saved', peerWords(peer)) });
  if (picked === undefined) return;
  const folder = picked.isOwn ? await askFolder(ui, peer) : undefined;
  if (picked.isOwn && folder === undefined) return;
  await book.change(peer.id, (entry) => ({ ...entry, receiveFolder: folder }));
}

async function isPaired({ ui, book }: PeersContext, peer: Peer): Promise<boolean> {
  if (book.trustOf(peer.id) === 'paired') return true;
  const pair = l10n.t('Pair…');
  const words = l10n.t('{0} is not paired with you: anybody could pose as them. Pair first.', peerWords(peer));
  if ((await ui.info(words, pair)) === pair) await vscode.commands.executeCommand('ferry.pair', peer);
  return false;
}

type Kind = AutoAccept['kinds'][number];

async function askKinds(ui: App['ui'], peer: Peer, now: AutoAccept | undefined): Promise<readonly Kind[] | undefined> {
  const words = {
    file: l10n.t('Files'),
    snippet: l10n.t('Snippets'),
    dictionary: l10n.t('Dictionaries'),
    sealed: l10n.t('Encrypted items, as far as what is in them is allowed too'),
  };
  const items = autoAcceptKinds.map((kind) => ({ of: kind, label: words[kind], picked: now?.kinds.includes(kind) === true }));
  const picked = await ui.pickMany(items, { title: l10n.t('Always accept from {0}', peerWords(peer)), ignoreFocusOut: true });
  return picked?.map((item) => item.of);
}

const megabyte = 1_000_000;

async function askSize(ui: App['ui'], peer: Peer, now: AutoAccept | undefined): Promise<number | undefined> {
  const typed = await ui.input({
    title: l10n.t('The largest offer of {0} that is accepted unasked', peerWords(peer)),
    prompt: l10n.t('In megabytes'),
    value: String((now?.maxBytes ?? 10 * megabyte) / megabyte),
    ignoreFocusOut: true,
    validateInput: (text) => (megabytesOf(text) === undefined ? l10n.t('Type a number above 0, such as 10.') : undefined),
  });
  return typed === undefined ? undefined : megabytesOf(typed);
}

function megabytesOf(text: string): number | undefined {
  const bytes = /^\d{1,9}(?:\.\d{1,6})?$/.test(text.trim()) ? Math.round(Number(text) * megabyte) : 0;
  return bytes > 0 ? bytes : undefined;
}

/** One that the editor has open takes a second yes: whatever lands there unasked later is near what the person works on. */
async function askFolder(ui: App['ui'], peer: Peer): Promise<string | undefined> {
  const title = l10n.t('Where files from {0} are saved', peerWords(peer));
  const chosen = await ui.openDialog({ ...folderDialog(), openLabel: l10n.t('Save Here'), title });
  if (chosen === undefined) return undefined;
  const path = pathHere(chosen);
  if (vscode.workspace.getWorkspaceFolder(chosen) === undefined) return path;
  const detail = l10n.t('An editor has this folder open. What can run by itself there is asked about each time.');
  const answers = { refuse: l10n.t('Choose No Folder'), agree: l10n.t('Use It') };
  return (await ui.confirm(l10n.t('Save files from {0} in this workspace?', peerWords(peer)), detail, answers))
    ? path
    : undefined;
}
