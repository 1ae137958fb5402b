// Encrypted sends: whether, and for whom an item is sealed before it is offered.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import type { PeerBook } from '../../core/peers/book.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { Session } from '../../core/presence.ts';
import type { ItemSource } from '../../core/sealing/items.ts';
import type { Recipient } from '../../core/sealing/jwe/compactJwe.ts';
import type { OutgoingItem } from '../../core/sending/transfer.ts';
import type { SealKeyJwk } from '../../core/wire/messages.ts';
import { askNewPassphrase, type NewPassphrase } from '../asking/passphrases.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

/** How items are sealed: not at all, for each peer's own key, or for one passphrase. */
export type Sealing = { readonly kind: 'none' } | { readonly kind: 'key' } | ({ readonly kind: 'passphrase' } & NewPassphrase);

/** Asks whether to encrypt, for the plain command under the setting `ask`. Undefined where the person left. */
export async function askWhether(ui: Ui): Promise<Sealing | undefined> {
  const items = [
    {
      encrypt: false,
      label: `$(send) ${l10n.t('Send as it is')}`,
      detail: l10n.t('The way is encrypted; the file lands as it is.'),
    },
    { encrypt: true, label: `$(lock) ${l10n.t('Encrypt')}`, detail: l10n.t('Only whom you choose can unseal it.') },
  ];
  const picked = await ui.pick(items, { title: l10n.t('Encrypt what you send?') });
  if (picked === undefined) return undefined;
  return picked.encrypt ? askSealing(ui) : { kind: 'none' };
}

/** Asks for whom to seal. Undefined where the person left. */
export async function askSealing(ui: Ui): Promise<Sealing | undefined> {
  const items = [
    {
      for: 'key',
      label: `$(key) ${l10n.t('For their key')}`,
      detail: l10n.t('Only the peer can unseal it. There is nothing to remember.'),
    },
    {
      for: 'passphrase',
      label: `$(lock) ${l10n.t('For a passphrase…')}`,
      detail: l10n.t('Whoever knows it can unseal the item, with Ferry or any JOSE tool.'),
    },
  ] as const;
  const picked = await ui.pick(items, { title: l10n.t('Who can unseal it?') });
  if (picked === undefined) return undefined;
  if (picked.for === 'key') return { kind: 'key' };
  const passphrase = await askNewPassphrase(ui, l10n.t('Passphrase for what you send'));
  return passphrase === undefined ? undefined : { kind: 'passphrase', ...passphrase };
}

/** Seals items for one peer. Fails with ERR_KEY_MISSING, ERR_KEY_CHANGED, ERR_PEER_UNREACHABLE, or as sealing does. */
export async function sealFor(
  items: readonly ItemSource[],
  sealing: Exclude<Sealing, { readonly kind: 'none' }>,
  keyOf: () => Promise<SealKeyJwk>,
  signal: AbortSignal,
): Promise<readonly OutgoingItem[]> {
  const { sealOutgoing } = await import('../../core/sealing/items.ts');
  const recipient: Recipient = sealing.kind === 'passphrase' ? sealing : { kind: 'key', key: await keyOf() };
  const sealed: OutgoingItem[] = [];
  for (const item of items) sealed.push(await sealOutgoing(item, recipient, signal));
  return sealed;
}

/** The key to seal with for a peer: what one of its windows tells, which must be the one that was seen first. */
export async function sealKeyOf(peer: Peer, session: Session, book: PeerBook): Promise<SealKeyJwk> {
  const [window] = await session.directory.windowsOf(peer.id);
  const pinned = book.find(peer.id)?.sealKey;
  if (window === undefined && pinned === undefined) {
    throw new FerryError('ERR_PEER_UNREACHABLE', 'no window of the peer answers', { detail: { reason: 'refused' } });
  }
  const told = window === undefined ? pinned : window.sealKey;
  if (told === undefined) throw new FerryError('ERR_KEY_MISSING', 'the peer has no seal key', { detail: { recipient: true } });
  if (pinned !== undefined && (pinned.x !== told.x || pinned.y !== told.y)) {
    throw new FerryError('ERR_KEY_CHANGED', 'the seal key of the peer is another one than before');
  }
  if (pinned === undefined) await book.change(peer.id, (entry) => ({ ...entry, sealKey: told }));
  return told;
}
