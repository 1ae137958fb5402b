// Sending to a peer in front of the person: what they have open goes there after one question that names both.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { isFerryError } from '../../core/base/errors.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { mergePeers, type Peer } from '../../core/peers/peers.ts';
import type { App } from '../app.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { currentFile } from './currentFile.ts';
import { isBlocked, sendFile, sendFileTo } from './sendFile.ts';
import type { SendContext } from './sendItems.ts';

const { l10n } = vscode;

/** Sends the file in front to a peer, once the person says so; where there is none, one that they choose. Fails as sendFile. */
export async function sendHere(context: SendContext, to: Peer): Promise<void> {
  if (await isBlocked(context, to)) return;
  const uri = fileHere();
  if (uri === undefined) {
    await sendFileTo(context, to, []);
    return;
  }
  const title = l10n.t('Send {0} to {1}?', itemWords(basename(uri.path)), peerWords(to));
  const detail = to.trust === 'own' ? '' : l10n.t('Fingerprint {0}', fingerprintOf(to.id));
  const answers = { refuse: l10n.t('Do Not Send'), agree: l10n.t('Send') };
  if (await context.ui.confirm(title, detail, answers)) await sendFile(context, [uri], { to });
}

/** "Send to Last Peer": the one with whom something passed last. Fails as sendFile. */
export async function sendToLast(context: SendContext): Promise<void> {
  const last = lastPeer(context);
  if (last === undefined)
    await context.ui.info(l10n.t('Nothing has passed between you and a peer yet. Send a file to one first.'));
  else await sendHere(context, last);
}

/** The person's own windows are in no book, so that none of them is the last. */
function lastPeer({ session, book }: Pick<App, 'session' | 'book'>): Peer | undefined {
  const peers = session()?.directory.peers ?? mergePeers([], book.entries());
  return peers
    .filter(({ trust, lastUsed }) => lastUsed > 0 && (trust === 'known' || trust === 'paired'))
    .reduce<Peer | undefined>((last, peer) => (last === undefined || peer.lastUsed > last.lastUsed ? peer : last), undefined);
}

function fileHere(): vscode.Uri | undefined {
  try {
    return currentFile();
  } catch (error) {
    if (isFerryError(error) && error.code === 'ERR_NO_EDITOR') return undefined;
    throw error;
  }
}
