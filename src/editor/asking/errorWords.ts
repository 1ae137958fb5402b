// Errors and troubles as the person reads them: core's sentences, translated.

import * as vscode from 'vscode';

import type { FerryError } from '../../core/base/errors.ts';
import type { InterfaceFailure } from '../../core/peers/sightings.ts';
import { sentenceOf } from '../../core/text/errorSentences.ts';

const { l10n } = vscode;

/** What went wrong and what to do next. `peer` is a name made fit for the screen. */
export function errorWords(
  error: FerryError,
  peer?: string,
  { isPairing = false }: { readonly isPairing?: boolean } = {},
): string {
  const somebody = l10n.t('the peer');
  const { text, args } = sentenceOf(error, { peer: peer ?? somebody, isMac: process.platform === 'darwin', isPairing });
  const words = l10n.t(text, ...args);
  // A name is written as it is; words for somebody without one begin a sentence.
  return peer === undefined && words.startsWith(somebody) ? `${words.charAt(0).toUpperCase()}${words.slice(1)}` : words;
}

/** Why peers may not be found on an interface, and what to do. */
export function troubleWords({ interface: name, reason }: InterfaceFailure): string {
  const where = name === '' ? l10n.t('Discovery') : l10n.t('Discovery on {0}', name);
  switch (reason) {
    case 'portTaken':
      return l10n.t('{0}: UDP port 5353 is taken by a program that does not share it. Add peers by address.', where);
    case 'notPermitted':
      return l10n.t('{0}: the system does not permit it. Add peers by address.', where);
    case 'unreachable':
      return process.platform === 'darwin'
        ? l10n.t(
            '{0}: the network cannot be reached. Allow Visual Studio Code under System Settings, Privacy & Security, Local Network.',
            where,
          )
        : l10n.t('{0}: the network cannot be reached. It is tried again.', where);
    case 'interfaceMissing':
      return l10n.t('{0}: there is no such interface. See the setting ferry.network.interfaces.', where);
    case 'settingInvalid':
      return l10n.t('{0}: ports below 1024 are not announced. Choose another port in the settings.', where);
    case 'other':
      return l10n.t('{0}: it failed; the log has the details. Add peers by address.', where);
  }
}
