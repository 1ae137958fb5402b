// Asks for the format of a dictionary.

import * as vscode from 'vscode';

import type { FormatId } from '../../core/dictionary/formats/format.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

/** Asks for a format; `words` may call one of them by another name. */
export async function askFormat(ui: Ui, title: string, words: { readonly cbor?: string } = {}): Promise<FormatId | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly id: FormatId })[] = [
    { id: 'json', label: 'JSON', detail: l10n.t('Text that every language reads') },
    { id: 'xml', label: 'XML', detail: l10n.t('The W3C XML representation of JSON') },
    { id: 'cbor', label: words.cbor ?? l10n.t('Binary'), detail: l10n.t('CBOR: compact, all numbers exact') },
  ];
  return (await ui.pick(items, { title }))?.id;
}
