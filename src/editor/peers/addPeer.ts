// "Add Peer by Address…": for networks where nothing announces itself.

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { type Address, formatAddress } from '../../core/peers/address.ts';
import { keptName, type PeerBook, withAddress } from '../../core/peers/book.ts';
import type { Directory } from '../../core/peers/directory.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { PeerWindow } from '../../core/peers/peers.ts';
import { askAddress } from '../asking/askAddress.ts';
import { peerWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

/** Asks for an address, greets it, and remembers it where a peer answers; undefined where the person left. Fails as Dial does. */
export async function addPeer(ui: Ui, directory: Directory, book: PeerBook): Promise<PeerWindow | undefined> {
  const address = await askAddress(ui, l10n.t('Add peer by address'));
  if (address === undefined) return undefined;
  const window = await ui.progress(l10n.t('Reaching {0}', formatAddress(address)), (_, signal) =>
    directory.greet(address, { signal }).catch(asGreeting),
  );
  // The book of peers holds nothing of the person's own windows.
  await rememberAddress(book, window, address);
  await ui.info(
    l10n.t('{0} answered. Fingerprint: {1}', peerWords({ id: window.peerId, name: window.name }), fingerprintOf(window.peerId)),
  );
  return window;
}

/** Nothing was on its way when a greeting failed. */
function asGreeting(cause: unknown): never {
  const { code, message, detail } = toFerryError(cause);
  throw new FerryError(code, message, { cause, detail: { ...detail, greeting: true } });
}

function rememberAddress(book: PeerBook, window: PeerWindow, address: Address): Promise<void> {
  return book.change(window.peerId, (entry) => ({
    ...withAddress(entry, address),
    // Who was met keeps the name that was accepted.
    name: entry.trust === 'unknown' || entry.name === '' ? keptName(window.name) : entry.name,
  }));
}
