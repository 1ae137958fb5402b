// Dictionaries out of the editor: sent to a peer, copied, or converted from one file format into another.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../core/base/bytes.ts';
import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { FormatId } from '../../core/dictionary/formats/format.ts';
import { formatFacts, formatOfName, loadFormat } from '../../core/dictionary/formats.ts';
import { literalText } from '../../core/dictionary/literals.ts';
import { readDictionaryFile } from '../../core/dictionary/readFile.ts';
import type { DictionaryValue } from '../../core/dictionary/value.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { plain } from '../../core/text/safeText.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { askFormat } from '../asking/formatPick.ts';
import { readWhole, written } from '../host/fileSystems.ts';
import { gatherDictionary } from './gatherDictionary.ts';
import { type SendContext, sendItems } from './sendItems.ts';

const { l10n } = vscode;

export type DictionaryContext = SendContext & Pick<App, 'diagnostics'>;

/** "Send Selection as Dictionary". Fails with ERR_NO_EDITOR, ERR_DICTIONARY_…, or as sendItems does. */
export async function sendDictionary(context: DictionaryContext): Promise<void> {
  const { ui, diagnostics } = context;
  const gathered = await gatherDictionary(ui, diagnostics);
  if (gathered === undefined) return;
  const setting = context.settings.dictionaryFormat();
  const format = setting === 'ask' ? await askFormat(ui, l10n.t('Send the dictionary as')) : setting;
  if (format === undefined) return;
  const stem = stemOf(basename(gathered.document.uri.path)) || 'dictionary';
  await sendItems(context, [await dictionaryItem(gathered.understood.value, format, stem)]);
}

/** "Copy Selection as Dictionary". Fails with ERR_NO_EDITOR or ERR_DICTIONARY_…. */
export async function copyDictionary({ ui, diagnostics }: Pick<App, 'ui' | 'diagnostics'>): Promise<void> {
  const gathered = await gatherDictionary(ui, diagnostics);
  if (gathered === undefined) return;
  const format = await askFormat(ui, l10n.t('Copy the dictionary as'), { cbor: l10n.t('CBOR diagnostic notation') });
  if (format === undefined) return;
  await vscode.env.clipboard.writeText(await textOf(gathered.understood.value, format));
  await ui.info(l10n.t('The dictionary is on the clipboard.'));
}

/**
 * "Convert Dictionary File…": writes another file beside it, never over one. Fails with ERR_DICTIONARY_…, ERR_SOURCE_MISSING,
 * or as `written`.
 */
export async function convertDictionary({ ui }: Pick<App, 'ui'>, given: vscode.Uri | undefined): Promise<void> {
  const uri =
    given ??
    (await ui.openDialog({
      title: l10n.t('Convert a dictionary file'),
      filters: { [l10n.t('Dictionaries')]: ['json', 'xml', 'cbor'] },
    }));
  if (uri === undefined) return;
  const from = formatOfName(uri.path);
  if (from === undefined)
    throw new FerryError('ERR_DICTIONARY_INVALID', 'the file has no format of a dictionary', {
      detail: { format: 'json', offset: 0 },
    });
  // Reading says why it is not there.
  const { size } = await vscode.workspace.fs.stat(uri).then(undefined, () => ({ size: 0 }));
  if (size > limits.dictionaryBytes)
    throw new FerryError('ERR_DICTIONARY_TOO_LARGE', 'the file is larger than a dictionary may be');
  const { value, notes } = await readDictionaryFile(from, withoutMark(await readWhole(uri)));
  const to = await askFormat(ui, l10n.t('Convert to'));
  if (to === undefined) return;
  const name = `${stemOf(basename(uri.path))}.${formatFacts[to].extension}`;
  const target = await ui.saveDialog({
    title: l10n.t('Save the converted dictionary as'),
    defaultUri: vscode.Uri.joinPath(uri, '..', name),
  });
  if (target === undefined) return;
  await written(vscode.workspace.fs.writeFile(target, (await loadFormat(to)).encode(value)));
  if (to !== 'cbor') await vscode.commands.executeCommand('vscode.open', target);
  if (notes.length > 0)
    await ui.info(l10n.t('The file was converted with changes. {0}', notes.map((note) => plain(note, 120)).join(' ')));
}

/** A dictionary as an item. Fails with ERR_DICTIONARY_…. */
async function dictionaryItem(value: DictionaryValue, id: FormatId, stem: string): Promise<ItemSource> {
  const bytes = (await loadFormat(id)).encode(value);
  const { mediaType, extension } = formatFacts[id];
  return {
    offered: { kind: 'dictionary', name: safeFileName(`${stem}.${extension}`), size: bytes.length, mediaType },
    open: (_, from) => streamOf(bytes, from),
  };
}

async function textOf(value: DictionaryValue, id: FormatId): Promise<string> {
  if (id === 'json') return literalText(value, 'json', { unit: '  ', base: '' });
  const bytes = (await loadFormat(id)).encode(value);
  if (id === 'xml') return new TextDecoder().decode(bytes);
  const { diagnosticText } = await import('../../core/dictionary/diagnostic.ts');
  return diagnosticText(bytes);
}

/** Editors put a byte order mark before text that nobody sees; what travels between peers must not have one. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function stemOf(name: string): string {
  return name.replace(/(?!^)\.[^.]*$/, '');
}
