// Why nobody may be found: who can see this editor, and whether it looks for others.

import * as vscode from 'vscode';

import type { DiscoveryChoice, PresenceState } from '../../core/presence.ts';

const { l10n } = vscode;

/** Why peers on the network may be missing; undefined where nothing of this side is in their way. */
export function nobodyWords(state: PresenceState, discovery: DiscoveryChoice): string | undefined {
  if (state.phase !== 'online') return undefined;
  if (state.visibility === 'thisMachine') return l10n.t('Only this computer can see you.');
  if (discovery === 'off') return l10n.t('Ferry does not look for peers on the network.');
  return undefined;
}
