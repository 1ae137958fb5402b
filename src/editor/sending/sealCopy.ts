// "Seal Copy…": a sealed copy of the current file beside it, for chosen peers or a passphrase, without sending it.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import type { PeerBook } from '../../core/peers/book.ts';
import type { Session } from '../../core/presence.ts';
import type { ItemSource } from '../../core/sealing/items.ts';
import type { OutgoingItem } from '../../core/sending/transfer.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';
import { pickPeers } from '../peers/peerPick.ts';
import { currentFile, gatherFile, type OpenFile } from './gatherFile.ts';
import { askSealing, sealFor, sealKeyOf } from './sealing.ts';

const { l10n } = vscode;

export type SealCopyContext = {
  readonly ui: Ui;
  readonly book: PeerBook;
  readonly log: Log;
  readonly session: () => Promise<Session | undefined>;
  readonly openFile: OpenFile;
  readonly writeFile: (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
};

/** Seals a copy of a file. Fails with ERR_NO_EDITOR, or as gathering, sealing and writing do. */
export async function sealCopy(context: SealCopyContext, given: vscode.Uri | undefined): Promise<void> {
  const uri = given ?? currentFile();
  if (uri === undefined) throw new FerryError('ERR_NO_EDITOR', 'there is no editor with a file');
  const source = await gatherFile(uri, context.openFile);
  const sealing = await askSealing(context.ui);
  if (sealing === undefined || sealing.kind === 'none') return;
  if (sealing.kind === 'passphrase') {
    await writeCopy(context, uri, source, '', (signal) =>
      sealFor([source], sealing, () => Promise.reject(new TypeError()), signal),
    );
    return;
  }
  const session = await context.session();
  if (session === undefined) return;
  const picked = await pickPeers(session.directory, l10n.t('Seal {0} for', itemWords(source.offered.name)), context.log);
  if (picked.kind !== 'peers') return;
  for (const peer of picked.peers) {
    const keyOf = () => sealKeyOf(peer, session, context.book);
    await writeCopy(context, uri, source, ` for ${peerWords(peer)}`, (signal) => sealFor([source], sealing, keyOf, signal));
  }
}

async function writeCopy(
  { ui, writeFile }: SealCopyContext,
  uri: vscode.Uri,
  { offered }: ItemSource,
  suffix: string,
  seal: (signal: AbortSignal) => Promise<readonly OutgoingItem[]>,
): Promise<void> {
  const extension = offered.size > limits.compactSealBytes ? 'sealed' : 'jwe';
  const name = safeFileName(`${offered.name}${suffix}.${extension}`);
  const target = await ui.saveDialog({
    title: l10n.t('Save the sealed copy as'),
    ...(uri.scheme === 'file' ? { defaultUri: vscode.Uri.joinPath(uri, '..', name) } : {}),
  });
  if (target === undefined) return;
  await ui.progress(l10n.t('Sealing {0}', itemWords(offered.name)), async (_, signal) => {
    const [sealed] = await seal(signal);
    if (sealed !== undefined) await writeFile(target.fsPath, sealed.open(signal));
  });
  await ui.info(l10n.t('Sealed copy saved as {0}.', itemWords(target.path.split('/').at(-1) ?? name)));
}
