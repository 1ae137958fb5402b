// "Seal Copy…": a sealed copy of the current file beside it, for chosen peers or a passphrase, without sending it.

import * as vscode from 'vscode';

import { limits } from '../../core/base/limits.ts';
import type { Recipient } from '../../core/sealing/jwe/compactJwe.ts';
import { keyRecipient, sealAll } from '../../core/sending/deliver.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { startingFolder, writeAt } from '../asking/savePlace.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { choosePeers, onlineSession } from '../peers/choosePeers.ts';
import { currentFile } from './currentFile.ts';
import { gatherFiles } from './gatherFiles.ts';
import { askSealing } from './sealing.ts';

const { l10n } = vscode;

export type SealCopyContext = Pick<
  App,
  'ui' | 'book' | 'log' | 'session' | 'presence' | 'goOnline' | 'isRemote' | 'files' | 'settings'
>;

/** Seals a copy of a file. Fails with ERR_NO_EDITOR, or as gathering, sealing and writing do. */
export async function sealCopy(context: SealCopyContext, given: vscode.Uri | undefined): Promise<void> {
  const uri = given ?? currentFile();
  const [source] = await gatherFiles(context, [uri]);
  if (source === undefined) return;
  const sealing = await askSealing(context.ui);
  if (sealing === undefined || sealing.kind === 'none') return;
  if (sealing.kind === 'passphrase') {
    await writeCopy(context, { uri, source, suffix: '' }, () => Promise.resolve(sealing));
    return;
  }
  const offline = l10n.t('Ferry is offline, so nobody can be picked.');
  if ((await onlineSession(context, offline)) === undefined) return;
  const peers = await choosePeers(context, l10n.t('Seal {0} for', itemWords(source.offered.name)), {});
  const session = context.session();
  if (session === undefined) return;
  for (const peer of peers) {
    const recipientOf = () => keyRecipient({ peer: peer.id, session, book: context.book });
    await writeCopy(context, { uri, source, suffix: ` for ${peerWords(peer)}` }, recipientOf);
  }
}

type Copied = { readonly uri: vscode.Uri; readonly source: ItemSource; readonly suffix: string };

async function writeCopy(
  { ui, files }: SealCopyContext,
  { uri, source, suffix }: Copied,
  recipientOf: () => Promise<Recipient>,
): Promise<void> {
  const { offered } = source;
  const extension = offered.size > limits.compactSealBytes ? 'sealed' : 'jwe';
  const name = safeFileName(`${offered.name}${suffix}.${extension}`);
  const target = await ui.saveDialog({
    title: l10n.t('Save the sealed copy as'),
    defaultUri: uri.scheme === 'file' ? vscode.Uri.joinPath(uri, '..', name) : vscode.Uri.joinPath(startingFolder(), name),
  });
  if (target === undefined) return;
  await ui.progress(l10n.t('Sealing {0}', itemWords(offered.name)), async (_, signal) => {
    const [sealed] = await sealAll([source], await recipientOf(), signal);
    if (sealed !== undefined) await writeAt(files, target, sealed.open(signal));
  });
  await ui.info(l10n.t('Sealed copy saved as {0}.', itemWords(target.path.split('/').at(-1) ?? name)));
}
