// What peers got of this person's shared folders, as rows of the Transfers view.

import * as vscode from 'vscode';

import type { SharedGet } from '../../core/sharing/gets.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { itemWords, peerWords } from '../asking/words.ts';

const { l10n } = vscode;

/** How such a row is shown: "Ada got report.pdf". */
export function gotItem({ id, peer, item: { name, size, kind }, at, state }: SharedGet): vscode.TreeItem {
  const [who, what] = [peerWords(peer), itemWords(name)];
  const label =
    state === 'moving'
      ? l10n.t('{0} gets {1}', who, what)
      : state === 'done'
        ? l10n.t('{0} got {1}', who, what)
        : l10n.t('{0} did not get all of {1}', who, what);
  const row = new vscode.TreeItem(label);
  row.id = id;
  const details = [l10n.t('shared'), sizeText(size)];
  row.description = details.join(' · ');
  row.accessibilityInformation = { label: [label, ...details].join(', ') };
  row.iconPath = new vscode.ThemeIcon(
    state === 'moving' ? 'loading~spin' : kind === 'folder' ? 'folder-library' : 'cloud-download',
  );
  row.contextValue = 'got';
  row.tooltip = [label, sizeText(size), at.toLocaleString()].join('\n');
  return row;
}
