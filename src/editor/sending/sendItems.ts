// The way of every item out: pick peers, ask whether to seal, and begin a transfer to each.

import * as vscode from 'vscode';

import { background } from '../../core/base/log.ts';
import { type Peer, peerKey } from '../../core/peers/peers.ts';
import type { Session } from '../../core/presence.ts';
import { type Sealing, toldName } from '../../core/sending/deliver.ts';
import type { OutgoingState } from '../../core/sending/outgoing.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { namesakeWords } from '../asking/words.ts';
import { choosePeers, onlineSession } from '../peers/choosePeers.ts';
import { startTransfer, type TransferContext } from '../transfers/startTransfer.ts';
import { sentWords } from '../transfers/transferWords.ts';
import type { SendItem } from './gatherFiles.ts';
import { askSealing, askWhether } from './sealing.ts';

const { l10n } = vscode;

export type SendContext = TransferContext & Pick<App, 'goOnline' | 'isRemote' | 'presence'>;

/** `encrypt`: the person asked for it; otherwise the settings say. `to`: the peer, where the person need not pick one. */
export type SendOptions = { readonly encrypt?: boolean; readonly to?: Peer };

/**
 * Sends gathered items, and gives how each transfer stands when there is nothing to look at any more; none where nothing is sent.
 * Fails as adding a peer does; how each transfer ends is told by itself.
 */
export async function sendItems(
  context: SendContext,
  items: readonly SendItem[],
  options: SendOptions = {},
): Promise<readonly OutgoingState[]> {
  const session = await onlineSession(context, l10n.t('Ferry is offline, so nothing can be sent.'));
  if (session === undefined) return [];
  const { to } = options;
  const isSealed = options.encrypt === true || context.settings.sendEncrypt() === 'always';
  const peers = to === undefined ? await choosePeers(context, titleOf(items, isSealed), { own: true }) : [asItIs(session, to)];
  if (peers.length === 0) return [];
  const trusted = await withoutAlarm(context, peers);
  if (trusted.length === 0) return [];
  const sealing = await chooseSealing(context, options.encrypt === true);
  if (sealing === undefined) return [];
  tellPassphrase(context, sealing);
  return Promise.all(trusted.map((peer) => startTransfer(context, { peer, items, sealing })));
}

/** A row may have been shown before some window of its peer came or left. */
function asItIs({ directory }: Session, shown: Peer): Peer {
  return directory.peers.find((peer) => peerKey(peer) === peerKey(shown)) ?? shown;
}

/** A peer under the name or address of another one, with another key, gets nothing before the person has looked at both. */
export async function withoutAlarm(
  { ui, book }: Pick<SendContext, 'ui' | 'book'>,
  peers: readonly Peer[],
): Promise<readonly Peer[]> {
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const trusted: Peer[] = [];
  for (const peer of peers) {
    const addresses = peer.windows.map((window) => window.address);
    const namesake =
      peer.trust === 'own' ? undefined : namesakeOf({ id: peer.id, name: toldName(peer), addresses }, book.entries());
    const agreed =
      namesake === undefined ||
      (await ui.confirm(
        namesakeWords(peer, book.trustOf(peer.id), namesake),
        l10n.t('Ask them before you send: compare the fingerprint on their side.'),
        { refuse: l10n.t('Do Not Send'), agree: l10n.t('Send Anyway') },
      ));
    if (agreed) trusted.push(peer);
  }
  return trusted;
}

async function chooseSealing({ ui, settings }: SendContext, encrypt: boolean): Promise<Sealing | undefined> {
  if (encrypt) return askSealing(ui);
  switch (settings.sendEncrypt()) {
    case 'never':
      return { kind: 'none' };
    case 'ask':
      return askWhether(ui);
    case 'always':
      return { kind: 'key' };
  }
}

/** What opens it must not travel beside it. */
function tellPassphrase({ ui, log }: SendContext, sealing: Sealing): void {
  if (sealing.kind !== 'passphrase') return;
  const words = sealing.generated
    ? l10n.t(
        'The passphrase is on the clipboard: {0}. Give it to them another way, on the phone for instance.',
        sealing.passphrase,
      )
    : l10n.t('Give them the passphrase another way, on the phone for instance.');
  background(Promise.resolve(ui.info(words)), log, 'telling a passphrase');
}

function titleOf(items: readonly ItemSource[], isSealed: boolean): string {
  const words = sentWords(items.map((item) => item.offered));
  return isSealed ? l10n.t('Send {0}, encrypted', words) : l10n.t('Send {0}', words);
}
