// Backup and restore of the whole identity under a passphrase. The file is a JWE, so that any JOSE tool can open it as well.

import * as vscode from 'vscode';

import { isFerryError } from '../core/base/errors.ts';
import { fingerprintOf, type PeerId } from '../core/peers/peerId.ts';
import { askNewPassphrase, tryPassphrases } from './asking/passphrases.ts';
import type { Ui } from './host/ui.ts';

const { l10n } = vscode;

const types = { typ: 'ferry-identity+jwe', cty: 'application/json' } as const;
const extension = 'ferry-identity';

export type BackupContext = {
  readonly ui: Ui;
  /** The stored text of the identity. Fails with ERR_IDENTITY_UNREADABLE. */
  readonly read: () => Promise<string>;
  /** Makes another identity this person's, in all windows. Fails with ERR_IDENTITY_UNREADABLE where the text is none. */
  readonly replace: (text: string) => Promise<void>;
  /** The peer ID of a stored text. Fails with ERR_IDENTITY_UNREADABLE. */
  readonly peerIdOf: (text: string) => PeerId;
  readonly writeFile: (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
};

/** "Back Up Identity…". */
export async function backUpIdentity({ ui, read, writeFile }: BackupContext): Promise<void> {
  const text = await read();
  const passphrase = await askNewPassphrase(ui, l10n.t('Passphrase for the backup of your identity'));
  if (passphrase === undefined) return;
  const target = await ui.saveDialog({
    title: l10n.t('Save the backup as'),
    filters: { [l10n.t('Identity backup')]: [extension] },
  });
  if (target === undefined) return;
  const { sealBytes } = await import('../core/sealing/records/sealedBytes.ts');
  const sealed = await sealBytes(new TextEncoder().encode(text), types, passphrase);
  await writeFile(target.fsPath, once(sealed));
  await ui.info(
    l10n.t('Your identity is backed up. Without its passphrase the file is of no use; keep both, in different places.'),
  );
}

/** "Restore Identity…". */
export async function restoreIdentity({ ui, replace, peerIdOf }: BackupContext): Promise<void> {
  const source = await ui.openDialog({
    title: l10n.t('Open the backup of an identity'),
    filters: { [l10n.t('Identity backup')]: [extension], [l10n.t('All files')]: ['*'] },
  });
  if (source === undefined) return;
  const sealed = await vscode.workspace.fs.readFile(source);
  const text = await tryPassphrases(ui, l10n.t('Backup of an identity'), (passphrase) => open(sealed, passphrase));
  if (text === undefined) return;
  const fingerprint = fingerprintOf(peerIdOf(text));
  const agreed = await ui.confirm(
    l10n.t('Replace your identity by {0}?', fingerprint),
    l10n.t(
      'Peers will know you under that fingerprint. Items that were sealed for your present identity cannot be opened afterwards, unless you back it up first.',
    ),
    l10n.t('Replace Identity'),
  );
  if (!agreed) return;
  await replace(text);
  await ui.info(l10n.t('Your identity is now {0}. Other windows use it when they go online again.', fingerprint));
}

async function open(sealed: Uint8Array, passphrase: string): Promise<string | undefined> {
  const { unsealBytes } = await import('../core/sealing/records/sealedBytes.ts');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await unsealBytes(sealed, types.typ, passphrase));
  } catch (error) {
    if (isFerryError(error) && error.code === 'ERR_UNSEAL_FAILED') return undefined;
    throw error;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
