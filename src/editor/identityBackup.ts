// Backup and restore of the whole identity under a passphrase. The file is a JWE, so that any JOSE tool can open it as well.

import * as vscode from 'vscode';

import { streamOf } from '../core/base/bytes.ts';
import { type FerryError, isFerryError } from '../core/base/errors.ts';
import { fingerprintOf } from '../core/peers/peerId.ts';
import type { App } from './app.ts';
import { errorWords } from './asking/errorWords.ts';
import { askNewPassphrase, tryPassphrases } from './asking/passphrases.ts';
import { writeAt } from './asking/savePlace.ts';
import { readWhole } from './host/fileSystems.ts';

const { l10n } = vscode;

const types = { typ: 'ferry-identity+jwe', cty: 'application/json' } as const;
const extension = 'ferry-identity';

export type BackupContext = Pick<App, 'ui' | 'files' | 'identity'>;

/** "Back Up Identity…". */
export async function backUpIdentity({ ui, files, identity }: BackupContext): Promise<void> {
  const text = await identity.read();
  const passphrase = await askNewPassphrase(ui, l10n.t('Passphrase for the backup of your identity'));
  if (passphrase === undefined) return;
  const target = await ui.saveDialog({
    title: l10n.t('Save the backup as'),
    filters: { [l10n.t('Identity backup')]: [extension] },
  });
  if (target === undefined) return;
  const { sealBytes } = await import('../core/sealing/records/sealedBytes.ts');
  const sealed = await sealBytes(new TextEncoder().encode(text), types, passphrase);
  await writeAt(files, target, streamOf(sealed));
  await ui.info(
    l10n.t('Your identity is backed up. Without its passphrase the file is of no use; keep both, in different places.'),
  );
}

/** "Restore Identity…". */
export async function restoreIdentity({ ui, identity }: BackupContext): Promise<void> {
  const source = await ui.openDialog({
    title: l10n.t('Open the backup of an identity'),
    filters: { [l10n.t('Identity backup')]: [extension], [l10n.t('All files')]: ['*'] },
  });
  if (source === undefined) return;
  const sealed = await readWhole(source);
  const text = await tryPassphrases(ui, l10n.t('Backup of an identity'), (passphrase) => open(sealed, passphrase));
  if (text === undefined) return;
  const fingerprint = fingerprintOf(identity.peerIdOf(text));
  const agreed = await ui.confirm(
    l10n.t('Replace your identity by {0}?', fingerprint),
    l10n.t(
      'Peers will know you under that fingerprint. Items that were sealed for your present identity cannot be opened afterwards, unless you back it up first.',
    ),
    { refuse: l10n.t('Keep My Identity'), agree: l10n.t('Replace Identity') },
  );
  if (!agreed) return;
  await identity.replace(text);
  await ui.info(l10n.t('Your identity is now {0}. Other windows use it when they go online again.', fingerprint));
}

/**
 * The secret storage has lost the identity: the person restores it, or begins with a new one. Nothing happens where they do
 * neither.
 */
export async function offerIdentity(context: BackupContext, error: FerryError): Promise<void> {
  const { ui, identity } = context;
  const restore = l10n.t('Restore Identity…');
  const begin = l10n.t('New Identity');
  const chosen = await ui.warn(errorWords(error), restore, begin);
  if (chosen === restore) await restoreIdentity(context);
  if (chosen === begin) await identity.renew();
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
