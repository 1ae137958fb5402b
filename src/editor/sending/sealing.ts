// Encrypted sends: whether to encrypt, and who can unseal it, as the person is asked.

import * as vscode from 'vscode';

import type { Sealing } from '../../core/sending/deliver.ts';
import { askNewPassphrase } from '../asking/passphrases.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

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
