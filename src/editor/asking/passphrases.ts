// Passphrases, as the person is asked for them: a new one, generated or their own, or the one that opens a sealed item.

import * as vscode from 'vscode';

import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

export type NewPassphrase = { readonly passphrase: string; readonly generated: boolean };

/** Asks for a new passphrase; the generated one is offered first and ends on the clipboard. Undefined where the person left. */
export async function askNewPassphrase(ui: Ui, title: string): Promise<NewPassphrase | undefined> {
  const { generatePassphrase } = await import('../../core/sealing/passphrase/passphrase.ts');
  const generated = await generatePassphrase();
  const items = [
    { own: false, label: generated, detail: l10n.t('Six random words. Picking it copies it to the clipboard.') },
    { own: true, label: `$(edit) ${l10n.t('Type my own passphrase…')}` },
  ];
  const picked = await ui.pick(items, { title, ignoreFocusOut: true });
  if (picked === undefined) return undefined;
  if (picked.own) return askOwnPassphrase(ui, title);
  await vscode.env.clipboard.writeText(generated);
  return { passphrase: generated, generated: true };
}

async function askOwnPassphrase(ui: Ui, title: string): Promise<NewPassphrase | undefined> {
  const { assessPassphrase } = await import('../../core/sealing/passphrase/assessPassphrase.ts');
  const passphrase = await ui.input({
    title,
    password: true,
    ignoreFocusOut: true,
    prompt: l10n.t('Whoever knows it can unseal the item. Nobody can recover it.'),
    validateInput: (text) => {
      if (text === '') return undefined;
      if (assessPassphrase(text) !== 'weak') return undefined;
      return {
        message: l10n.t('This passphrase is weak: it can be guessed. Use more words.'),
        severity: vscode.InputBoxValidationSeverity.Warning,
      };
    },
  });
  if (passphrase === undefined || passphrase === '') return undefined;
  const again = await ui.input({ title, password: true, ignoreFocusOut: true, prompt: l10n.t('Type it once more.') });
  if (again === undefined) return undefined;
  if (again !== passphrase) {
    await ui.warn(l10n.t('The two passphrases differ. Nothing was done.'));
    return undefined;
  }
  return { passphrase, generated: false };
}

const tries = 3;

/**
 * Asks for the passphrase of something until `attempt` takes it, three times at most. `attempt` gives undefined for a wrong one.
 * Undefined where the person left or ran out of tries.
 */
export async function tryPassphrases<T>(
  ui: Ui,
  title: string,
  attempt: (passphrase: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let left = tries; left > 0; left -= 1) {
    const prompt =
      left === tries
        ? l10n.t('Enter the passphrase.')
        : left > 1
          ? l10n.t('That did not open it. {0} tries left.', left)
          : l10n.t('That did not open it. One try left.');
    const passphrase = await ui.input({ title, prompt, password: true, ignoreFocusOut: true });
    if (passphrase === undefined || passphrase === '') return undefined;
    const opened = await attempt(passphrase);
    if (opened !== undefined) return opened;
  }
  await ui.warn(l10n.t('{0}: none of the passphrases opened it. It stays sealed.', title));
  return undefined;
}
