// All that a window shows of shared folders beside the lists: documents of peers, and the question whether a peer may get
// something.

import * as vscode from 'vscode';

import { background } from '../../core/base/log.ts';
import type { GetQuestion } from '../../core/sharing/questions.ts';
import { sizeText } from '../../core/text/sizes.ts';
import type { App } from '../app.ts';
import { itemWords, keyWords, peerWords } from '../asking/words.ts';
import { SharedFiles } from './sharedFiles.ts';
import { sharedScheme } from './sharedUri.ts';

const { l10n } = vscode;

type SharingContext = Pick<App, 'ui' | 'log' | 'book' | 'presence' | 'browser' | 'sharing'>;

/** Shows what peers share as documents, and asks before they get something, where the person wants to be asked. */
export async function showSharing(app: SharingContext): Promise<vscode.Disposable> {
  const { questions } = await app.sharing();
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(sharedScheme, new SharedFiles(app), { isReadonly: true, isCaseSensitive: true }),
    questions.onDidAsk((question) => background(ask(app, question), app.log, 'asking whether a peer may get something')),
  );
}

async function ask({ ui }: SharingContext, { peer, item, answer }: GetQuestion): Promise<void> {
  const [allow, decline] = [l10n.t('Allow'), l10n.t('Decline')];
  const text = l10n.t(
    '{0} wants to get {1} ({2}) from a folder that you share. Fingerprint: {3}.',
    ...[peerWords(peer), itemWords(item.name), sizeText(item.size), keyWords(peer)],
  );
  const chosen = await ui.info(text, decline, allow);
  // Whoever says nothing lets it expire.
  if (chosen !== undefined && !answer(chosen === allow)) await ui.info(l10n.t('This request is over. Nothing was sent.'));
}
