// What is offered beside the words of an error: the log, unless the person knows best what happened, and the doctor where a peer
// was not reached.

import * as vscode from 'vscode';

import type { ErrorCode, FerryError } from '../../core/base/errors.ts';
import type { NamedPeer } from '../../core/peers/peers.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

/** What the person did, or somebody answered: the log has nothing to add. */
const known: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_NO_EDITOR',
  'ERR_NO_PEERS',
  'ERR_CANCELLED',
  'ERR_ADDRESS_INVALID',
  'ERR_PEER_ID_INVALID',
  'ERR_BOOK_INVALID',
  'ERR_OFFER_DECLINED',
  'ERR_OFFER_EXPIRED',
  'ERR_PAIRING_DECLINED',
  'ERR_PAIRING_EXPIRED',
  'ERR_NOT_PAIRED',
  'ERR_NOT_SHARED',
]);

/** What the doctor may find a cause for. */
const ofConnection: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_PEER_UNREACHABLE',
  'ERR_PEER_MISMATCH',
  'ERR_PEER_REJECTED',
  'ERR_CONNECTION_LOST',
  'ERR_TIMEOUT',
  'ERR_VERSION_UNSUPPORTED',
  'ERR_NO_PEERS',
  'ERR_LISTEN_FAILED',
  'ERR_DISCOVERY_FAILED',
]);

/** `peer`: whom an error is about. `again`: does once more what failed. */
export type HelpOptions = { readonly peer?: NamedPeer; readonly again?: () => Promise<void> };

/** Shows an error in these words, and does what the person picks of what may help. */
export async function offerHelp(ui: Ui, error: FerryError, words: string, { peer, again }: HelpOptions = {}): Promise<void> {
  const [sendAgain, diagnose, showLog] = [l10n.t('Send Again'), l10n.t('Diagnose…'), l10n.t('Show Log')];
  const isKnown = known.has(error.code);
  const actions = [
    ...(again === undefined ? [] : [sendAgain]),
    ...(ofConnection.has(error.code) ? [diagnose] : []),
    ...(isKnown ? [] : [showLog]),
  ];
  const chosen = await (isKnown ? ui.warn(words, ...actions) : ui.error(words, ...actions));
  if (chosen === sendAgain) await again?.();
  if (chosen === diagnose) await vscode.commands.executeCommand('ferry.diagnose', peer);
  if (chosen === showLog) await vscode.commands.executeCommand('ferry.showLog');
}
