// Asks for the address of another editor.

import * as vscode from 'vscode';

import { isFerryError } from '../../core/base/errors.ts';
import { type Address, parseAddress } from '../../core/peers/address.ts';
import type { Ui } from '../host/ui.ts';
import { errorWords } from './errorWords.ts';

const { l10n } = vscode;

/** The address that the person types; undefined where they leave, or type nothing. What is no address is said beside the box. */
export async function askAddress(ui: Ui, title: string): Promise<Address | undefined> {
  const typed = await ui.input({
    title,
    prompt: l10n.t('Host and port of the other editor. Its status bar tooltip shows the port.'),
    placeHolder: '192.168.1.20:40123',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : problemOf(text)),
  });
  return typed === undefined || typed.trim() === '' ? undefined : parseAddress(typed);
}

function problemOf(text: string): string | undefined {
  try {
    parseAddress(text);
    return undefined;
  } catch (error) {
    return isFerryError(error) ? errorWords(error) : undefined;
  }
}
