// Makes a dictionary of what is selected, whatever it is written in, and shows the person how it was understood.

import * as vscode from 'vscode';

import { FerryError } from '../../core/base/errors.ts';
import { literalText } from '../../core/dictionary/literals.ts';
import { readSelections, type Understanding, type Understood } from '../../core/dictionary/understand.ts';
import { plain, printable } from '../../core/text/safeText.ts';
import type { App } from '../app.ts';
import type { Ui } from '../host/ui.ts';

const { l10n } = vscode;

/** A dictionary with the document that it was selected in. */
export type Gathered = { readonly understood: Understood; readonly document: vscode.TextDocument };

type Diagnostics = App['diagnostics'];

/**
 * The dictionary in the selections of the active editor, or in its whole document where nothing is selected; several selections
 * are a list. Undefined where the person left, or was told why there is none. Fails with ERR_NO_EDITOR.
 */
export async function gatherDictionary(ui: Ui, diagnostics: Diagnostics): Promise<Gathered | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new FerryError('ERR_NO_EDITOR', 'there is no text editor', { detail: { reason: 'noText' } });
  const { document } = editor;
  diagnostics.delete(document.uri);
  const ranges = selectedRanges(editor);
  const understanding = await readSelections(
    ranges.map((range) => document.getText(range)),
    document.languageId,
  );
  const understood = understanding.ok
    ? await pickReading(ui, understanding.readings)
    : await tellRefusal(ui, diagnostics, editor, ranges, understanding);
  return understood === undefined ? undefined : { understood, document };
}

/** What is selected, in the order of the document; everything where that is nothing. */
export function selectedRanges({ selections, document }: vscode.TextEditor): readonly vscode.Range[] {
  const ranges = selections.filter((selection) => !selection.isEmpty).sort((a, b) => a.start.compareTo(b.start));
  if (ranges.length > 0) return ranges;
  const all = new vscode.Range(document.positionAt(0), document.lineAt(document.lineCount - 1).range.end);
  return [all];
}

async function pickReading(ui: Ui, readings: readonly Understood[]): Promise<Understood | undefined> {
  // What a reading changes has a line of its own: beside a label it would be cut off.
  const items = readings.map((understood) => ({
    understood,
    label: understood.label,
    description: previewOf(understood),
    detail: understood.notes.map((note) => plain(note, 120)).join(' '),
  }));
  const picked = await ui.pick(items, {
    title: l10n.t('Understood as'),
    placeHolder: l10n.t('Press Enter, or pick another reading'),
  });
  return picked?.understood;
}

function previewOf({ value }: Understood): string {
  const text = literalText(value, 'json', { unit: ' ', base: '' }).slice(0, 400);
  // Brackets stay what they are: they tell lists. A row makes icons of its text, but no links.
  return printable(text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 100)).replaceAll('$(', '$ (');
}

type Refused = Extract<Understanding, { readonly ok: false }>;

/** Tells why there is no dictionary; gives what another notation reads, where the person asks for that and picks it. */
async function tellRefusal(
  ui: Ui,
  diagnostics: Diagnostics,
  editor: vscode.TextEditor,
  ranges: readonly vscode.Range[],
  refused: Refused,
): Promise<Understood | undefined> {
  const { document } = editor;
  const start = ranges[refused.selection]?.start ?? new vscode.Position(0, 0);
  const place = document.positionAt(document.offsetAt(start) + refused.offset);
  const show = l10n.t('Show Place');
  const other = l10n.t('Other Readings…');
  const chosen = await ui.warn(
    l10n.t(
      'This is no dictionary that Ferry can read: line {0}, column {1}: {2}. Tried: {3}.',
      place.line + 1,
      place.character + 1,
      plain(refused.message),
      refused.tried.join(', '),
    ),
    show,
    ...(refused.others.length > 0 ? [other] : []),
  );
  if (chosen === other) return pickReading(ui, refused.others);
  if (chosen === show) await showPlace(diagnostics, document, place, refused);
  return undefined;
}

async function showPlace(
  diagnostics: Diagnostics,
  document: vscode.TextDocument,
  place: vscode.Position,
  refused: Refused,
): Promise<void> {
  const range = document.getWordRangeAtPosition(place) ?? new vscode.Range(place, place.translate(0, 1));
  const diagnostic = new vscode.Diagnostic(range, plain(refused.message), vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Ferry';
  diagnostics.set(document.uri, [diagnostic]);
  const shown = await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
  shown.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
