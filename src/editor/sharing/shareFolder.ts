// What this person shares: a folder is shared with all paired peers or with some of them, and is so until the person says
// otherwise.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import type { BookEntry } from '../../core/peers/peers.ts';
import type { Share, ShareBook } from '../../core/sharing/shares.ts';
import type { App } from '../app.ts';
import { folderDialog } from '../asking/savePlace.ts';
import { itemWords, listWords, peerWords } from '../asking/words.ts';

const { l10n } = vscode;

type ShareContext = Pick<App, 'ui' | 'book' | 'shares'>;

/** "Share Folder…": the folder that is given, or one that the person chooses. */
export async function shareFolder({ ui, book, shares }: ShareContext, given: vscode.Uri | undefined): Promise<void> {
  const uri = given ?? (await ui.openDialog({ ...folderDialog(), title: l10n.t('Share a folder') }));
  if (uri === undefined) return;
  if (uri.scheme !== 'file') {
    await ui.info(l10n.t('Only folders on this computer can be shared.'));
    return;
  }
  const name = basename(uri.fsPath) || uri.fsPath;
  const paired = book.entries().filter(({ trust }) => trust === 'paired');
  const chosen = await chooseWhom({ ui }, name, paired);
  if (chosen === undefined) return;
  const list = await shares();
  const { id } = await list.add({ name, path: uri.fsPath, with: chosen });
  const whom = chosen === 'paired' ? l10n.t('all paired peers') : whomWords(chosen, paired);
  const hint = paired.length === 0 ? [l10n.t('There are none yet: pair with a peer first.')] : [];
  const stop = l10n.t('Stop Sharing');
  const text = l10n.t(
    '{0} is shared with {1}. They see no dot files, no secrets, and nothing that .gitignore names.',
    itemWords(name),
    whom,
  );
  if ((await ui.info([text, ...hint].join(' '), stop)) === stop) await unshare(list, id);
}

/** "Stop Sharing…": the person picks which of the shared folders; whoever gets something of it is cut off at once. */
export async function stopSharing({ ui, book, shares }: ShareContext): Promise<void> {
  const list = await shares();
  const now = list.entries();
  if (now.length === 0) {
    await ui.info(l10n.t('You share no folder.'));
    return;
  }
  const items = now.map((share) => ({
    share,
    label: itemWords(share.name),
    description: share.with === 'paired' ? l10n.t('all paired peers') : whomWords(share.with, book.entries()),
    detail: share.path,
  }));
  const picked = await ui.pickMany(items, { title: l10n.t('Stop sharing'), matchOnDetail: true });
  for (const { share } of picked ?? []) await unshare(list, share.id);
}

async function unshare(list: ShareBook, id: string): Promise<void> {
  await list.change((before) => before.filter((share) => share.id !== id));
}

/** Where nobody is paired yet there is nobody to choose. */
async function chooseWhom(
  { ui }: Pick<ShareContext, 'ui'>,
  name: string,
  paired: readonly BookEntry[],
): Promise<Share['with'] | undefined> {
  if (paired.length === 0) return 'paired';
  const all = { label: l10n.t('All paired peers'), description: l10n.t('also those that you pair with later'), some: false };
  const some = { label: l10n.t('Some of them…'), some: true };
  const title = l10n.t('Share {0} with', itemWords(name));
  // What a peer has got stays got: Enter alone shares with nobody.
  const picked = await ui.pick([some, all], { title });
  if (picked === undefined || !picked.some) return picked === undefined ? undefined : 'paired';
  const items = paired.map((peer) => ({ peer, label: peerWords(named(peer)) }));
  const chosen = await ui.pickMany(items, { title });
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ peer }) => peer.id);
}

function whomWords(ids: readonly string[], peers: readonly BookEntry[]): string {
  const names = peers.flatMap((peer) => (ids.includes(peer.id) ? peerWords(named(peer)) : []));
  return names.length === 0 ? l10n.t('nobody') : listWords(names, ids.length);
}

function named({ id, name, nickname }: BookEntry): Pick<BookEntry, 'id' | 'name'> {
  return { id, name: nickname ?? name };
}
