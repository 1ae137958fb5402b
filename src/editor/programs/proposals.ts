// What programs propose to send, other extensions and agents: the person sees who asks, what would leave and to whom, and has to
// agree each time, whatever else was agreed to before.

import * as vscode from 'vscode';

import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { Peer } from '../../core/peers/peers.ts';
import { toldName } from '../../core/sending/deliver.ts';
import type { OutgoingState } from '../../core/sending/outgoing.ts';
import { plain, printable } from '../../core/text/safeText.ts';
import { isSecretName } from '../../core/text/secretName.ts';
import type { App } from '../app.ts';
import { itemWords, peerWords, trustWords } from '../asking/words.ts';
import { gatherFiles } from '../sending/gatherFiles.ts';
import { type SendContext, sendItems, withoutAlarm } from '../sending/sendItems.ts';

const { l10n } = vscode;

export type Proposal = {
  /** Who asks, as the person shall read it. */
  readonly caller: string;
  readonly uris: readonly vscode.Uri[];
  /** Where it is missing the person picks. */
  readonly peer?: Peer;
};

/** How many paths the dialog names. */
const named = 12;

/**
 * Asks the person, and sends. Gives how each transfer stands, none where nothing was sent. Fails as gatherFiles and sendItems.
 */
export async function propose(context: SendContext, { caller, uris, peer }: Proposal): Promise<readonly OutgoingState[]> {
  const led = await Promise.all(uris.map((uri) => leadsTo(context, uri)));
  const paths = led.map((places) => places.map((place) => plain(place, 200)).join(' → '));
  const secrets = led.flat().filter(isSecretName).map(nameWords);
  const detail = [
    ...(peer === undefined ? [] : [whoWords(peer)]),
    ...(secrets.length === 0 ? [] : [l10n.t('These look like secrets: {0}.', secrets.slice(0, named).join(', '))]),
    paths.slice(0, named).join('\n'),
    ...(paths.length > named ? [l10n.t('and {0} more', paths.length - named)] : []),
  ].join('\n\n');
  const what = paths.length === 1 ? nameWords(uris[0]?.path ?? '') : l10n.t('{0} files or folders', paths.length);
  const question =
    peer === undefined
      ? l10n.t('{0} wants to send {1} with Ferry.', plain(caller, 60), what)
      : l10n.t('{0} wants to send {1} to {2} with Ferry.', plain(caller, 60), what, peerWords(peer));
  if (!(await context.ui.confirm(question, detail, { refuse: l10n.t('Do Not Send'), agree: l10n.t('Send') }))) return [];
  const items = await gatherFiles(context, uris);
  return items.length === 0 ? [] : sendItems(context, items, peer === undefined ? {} : { to: peer });
}

/** The place of a file, and the one behind it where links are on the way: what is there may have another name for a reason. */
async function leadsTo({ files }: Pick<App, 'files'>, uri: vscode.Uri): Promise<readonly string[]> {
  if (uri.scheme !== 'file') return [uri.toString(true)];
  const real = await files.realPath(uri.fsPath);
  return real === uri.fsPath ? [real] : [uri.fsPath, real];
}

function nameWords(path: string): string {
  return itemWords(path.split(/[/\\]/).at(-1) ?? '');
}

export type ProposedMessage = { readonly caller: string; readonly peer: Peer; readonly text: string };

/** Asks the person, and sends a message; false where they did not agree. Fails as Messages.send. */
export async function proposeMessage(
  context: SendContext & Pick<App, 'messages'>,
  { caller, peer, text }: ProposedMessage,
): Promise<boolean> {
  const question = l10n.t('{0} wants to send a message to {1} with Ferry.', plain(caller, 60), peerWords(peer));
  const detail = `${whoWords(peer)}\n\n${printable(text)}`;
  const answers = { refuse: l10n.t('Do Not Send'), agree: l10n.t('Send') };
  if (peer.trust === 'own' || !(await context.ui.confirm(question, detail, answers))) return false;
  const [trusted] = await withoutAlarm(context, [peer]);
  if (trusted === undefined) return false;
  await context.messages.send({ id: peer.id, name: toldName(peer) }, text);
  return true;
}

/** The peer as it has to be known before something is sent to it. */
function whoWords(peer: Peer): string {
  return `${peerWords(peer)}: ${trustWords(peer.trust)}, ${fingerprintOf(peer.id)}`;
}
