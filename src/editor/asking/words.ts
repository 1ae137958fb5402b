// The words on screen: one sentence for each way things can end, saying what happened and what to do next. Codes come in, text
// goes out; nothing here decides anything.

import * as vscode from 'vscode';

import type { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { fingerprintOf, type PeerId } from '../../core/peers/peerId.ts';
import type { BookEntry, Trust } from '../../core/peers/peers.ts';
import type { InterfaceFailure } from '../../core/peers/sightings.ts';
import type { Pace } from '../../core/sending/pace.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { plain } from '../../core/text/safeText.ts';

const { l10n } = vscode;

/** A number of bytes as people say it, in decimal units: 12 kB, 3.4 MB. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** "12 MB of 50 MB, 45 MB/s, 3 s left". */
export function progressWords(sent: number, total: number, pace: Pace | undefined): string {
  const moved = l10n.t('{0} of {1}', sizeWords(sent), sizeWords(total));
  if (pace === undefined) return moved;
  return l10n.t('{0}, {1}/s, {2} left', moved, sizeWords(pace.bytesPerSecond), timeWords(pace.secondsLeft));
}

function timeWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return l10n.t('{0} s', whole);
  if (whole < 3600) return l10n.t('{0} min', Math.ceil(whole / 60));
  return l10n.t('{0} h', Math.ceil(whole / 3600));
}

/** A peer's name for the screen. Peers choose their names; where one has none, its fingerprint stands for it. */
export function peerWords(peer: { readonly id: PeerId; readonly name: string }): string {
  return plain(peer.name, 40) || fingerprintOf(peer.id);
}

/** The alarm about somebody who has the name or the address of a known peer, but another key. */
export function namesakeWords(stranger: { readonly id: PeerId; readonly name: string }, known: BookEntry): string {
  const name = peerWords({ id: known.id, name: known.nickname ?? known.name });
  return l10n.t(
    'This is not the {0} that you know: its key has changed, or somebody else uses the name. Fingerprint now: {1}. Fingerprint before: {2}.',
    name,
    fingerprintOf(stranger.id),
    fingerprintOf(known.id),
  );
}

/** An item's name for the screen: as it lands, on one line, without markup. */
export function itemWords(name: string): string {
  return plain(safeFileName(name), 60);
}

export function trustWords(trust: Trust): string {
  switch (trust) {
    case 'known':
      return l10n.t('known');
    case 'paired':
      return l10n.t('paired');
    case 'blocked':
      return l10n.t('blocked');
    case 'unknown':
      return l10n.t('new, unverified');
  }
}

/** What went wrong and what to do next. `peer` is a name made fit for the screen. */
export function errorWords(error: FerryError, peer = l10n.t('the peer')): string {
  switch (error.code) {
    case 'ERR_NO_EDITOR':
      return l10n.t('There is no file to send. Open one in the editor first.');
    case 'ERR_NO_PEERS':
      return l10n.t('No peers were found. Start Ferry in the other editor, or add a peer by its address.');
    case 'ERR_PEER_UNREACHABLE':
      return unreachableWords(error, peer);
    case 'ERR_PEER_MISMATCH':
      return error.detail['own'] === true
        ? l10n.t('This address is your own. Enter the address of another editor.')
        : l10n.t(
            'Another key than that of {0} answered at their address. Nothing was sent. Ask them for their fingerprint.',
            peer,
          );
    case 'ERR_PEER_REJECTED':
      return l10n.t('{0} does not take requests from you.', peer);
    case 'ERR_NOT_PAIRED':
      return l10n.t('{0} takes items from paired peers only. Run "Ferry: Pair with Peer…" first.', peer);
    case 'ERR_PAIRING_MISMATCH':
      return l10n.t('What {0} revealed does not fit what came before, so nobody was paired. Try again.', peer);
    case 'ERR_PAIRING_DECLINED':
    case 'ERR_PAIRING_EXPIRED':
    case 'ERR_PAIRING_CROSSED':
      return l10n.t('The pairing with {0} is over.', peer);
    case 'ERR_CONNECTION_LOST':
      return l10n.t('The connection to {0} ended early. Nothing was kept there; send it again.', peer);
    case 'ERR_TIMEOUT':
      return l10n.t('{0} stopped answering. Nothing was kept there; send it again.', peer);
    case 'ERR_BUSY':
      return l10n.t('{0} has too many requests waiting. Try again later.', peer);
    case 'ERR_SOURCE_CHANGED':
      return l10n.t('The file changed while it was being sent. Nothing was kept; send it again.');
    case 'ERR_SOURCE_MISSING':
      return sourceMissingWords(error);
    case 'ERR_NO_SPACE':
      return error.detail['remote'] === true
        ? l10n.t('{0} has no space for this item.', peer)
        : l10n.t('There is not enough free space for this item. Free some, or choose another folder for received files.');
    case 'ERR_FOLDER_UNUSABLE':
      return error.detail['remote'] === true
        ? l10n.t('The folder for received files of {0} cannot be written.', peer)
        : folderWords(error);
    case 'ERR_ITEM_TOO_LARGE':
      return l10n.t('More was sent than was offered, so nothing was kept.');
    case 'ERR_SIZE_MISMATCH':
    case 'ERR_DIGEST_MISMATCH':
      return l10n.t('What arrived is not what was sent, so nothing was kept. Send it again.');
    case 'ERR_DICTIONARY_INVALID':
      return l10n.t(
        'This is no valid dictionary: it breaks the rules of {0} at byte {1}. Its bytes can still be saved.',
        formatWords(error),
        error.detail['offset'] ?? 0,
      );
    case 'ERR_DICTIONARY_TOO_DEEP':
      return l10n.t('This dictionary is nested too deep. At most {0} levels are read.', limits.dictionaryDepth);
    case 'ERR_DICTIONARY_TOO_LARGE':
      return l10n.t(
        'This dictionary is too large. At most {0} and {1} values are read.',
        sizeWords(limits.dictionaryBytes),
        limits.dictionaryNodes,
      );
    case 'ERR_DICTIONARY_VALUE_UNSUPPORTED':
      return l10n.t('This dictionary holds a value that cannot be carried, such as NaN or a broken character.');
    case 'ERR_UNSEAL_FAILED':
      return l10n.t('This item cannot be unsealed. The passphrase or the key is another one, or the file is damaged.');
    case 'ERR_ALGORITHM_NOT_ALLOWED':
      return l10n.t('This file is encrypted in a way that Ferry does not open.');
    case 'ERR_KEY_MISSING':
      return error.detail['recipient'] === true
        ? l10n.t('{0} has no key to seal items for. Ask them to update Ferry, or use a passphrase.', peer)
        : l10n.t('This item is sealed for somebody else, or for an identity that this editor no longer has.');
    case 'ERR_KEY_CHANGED':
      return l10n.t(
        'The seal key of {0} is not the one that they had before. Nothing was sent. Compare fingerprints with them first.',
        peer,
      );
    case 'ERR_BODY_TOO_LARGE':
      return l10n.t('This is too much for one offer. Send fewer files at a time.');
    case 'ERR_VERSION_UNSUPPORTED':
      return l10n.t('{0} speaks another version of the protocol. Use the same version of Ferry on both sides.', peer);
    case 'ERR_ADDRESS_INVALID':
      return addressWords(error);
    case 'ERR_BOOK_INVALID':
      return l10n.t('This file is no list of peers that Ferry has exported. Nothing was imported.');
    case 'ERR_PEER_ID_INVALID':
      return peerIdWords(error);
    case 'ERR_IDENTITY_UNREADABLE':
      return l10n.t('Your Ferry identity cannot be read from the secret storage, so Ferry stays offline. Nothing was replaced.');
    case 'ERR_LISTEN_FAILED':
      return l10n.t('Ferry cannot listen on any port, so it is offline.');
    case 'ERR_MESSAGE_INVALID':
    case 'ERR_MESSAGE_UNEXPECTED':
    case 'ERR_NOT_FOUND':
      return l10n.t('{0} answered in a way that Ferry does not understand.', peer);
    // What nobody foresaw, and what becomes an outcome or a line of the log before a person reads it.
    case 'ERR_CANCELLED':
    case 'ERR_DISCOVERY_FAILED':
    case 'ERR_NO_SELECTION':
    case 'ERR_OFFER_DECLINED':
    case 'ERR_OFFER_EXPIRED':
    case 'ERR_OFFER_REPEATED':
    case 'ERR_SETTING_INVALID':
    case 'ERR_UNEXPECTED':
      return l10n.t('Something unexpected went wrong. The log has the details.');
  }
}

function formatWords(error: FerryError): string {
  return String(error.detail['format'] ?? '').toUpperCase();
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

function unreachableWords(error: FerryError, peer: string): string {
  switch (String(error.detail['reason'])) {
    case 'name':
      return l10n.t('The host name of {0} is not known on this network. Check it, or use the IP address.', peer);
    case 'refused':
      return l10n.t('{0} is not listening. Ask them to open their editor and to go online.', peer);
    case 'no-address':
      return l10n.t('No address of {0} is known. Ask them to go online, or add their address.', peer);
    default:
      return process.platform === 'darwin'
        ? l10n.t(
            '{0} cannot be reached. Check that both are on the same network, and that Visual Studio Code may use the local network (System Settings, Privacy & Security, Local Network).',
            peer,
          )
        : l10n.t(
            '{0} cannot be reached. Check that both are on the same network, that their visibility is "network", and that no firewall blocks Visual Studio Code (on Windows: allow it on private networks).',
            peer,
          );
  }
}

function sourceMissingWords(error: FerryError): string {
  switch (String(error.detail['reason'])) {
    case 'denied':
      return l10n.t('The file cannot be read: permission is missing.');
    case 'not-a-file':
      return l10n.t('This is not a file that can be sent.');
    case 'unsaved':
      return l10n.t('This file is too large to be sent with unsaved changes. Save it first.');
    default:
      return l10n.t('The file is no longer there.');
  }
}

function folderWords(error: FerryError): string {
  switch (String(error.detail['reason'])) {
    case 'link':
      return l10n.t('The folder for received files is a link. Choose a real folder in the settings.');
    case 'shared':
      return l10n.t('Other users can write to the folder for received files. Choose one that only you can write to.');
    default:
      return l10n.t('The folder for received files cannot be written. Choose another one in the settings.');
  }
}

function addressWords(error: FerryError): string {
  switch (String(error.detail['reason'])) {
    case 'port':
      return l10n.t('The port is a number from 1 to 65535.');
    case 'host':
      return l10n.t('This is not a host name or IP address.');
    default:
      return l10n.t('Enter a host and a port, such as 192.168.1.20:40123 or [fe80::1]:40123.');
  }
}

function peerIdWords(error: FerryError): string {
  const groups = String(error.detail['groups'] ?? '');
  if (groups === '')
    return l10n.t('A peer ID has {0} characters, this has {1}.', error.detail['wanted'] ?? 0, error.detail['characters'] ?? 0);
  return groups.includes(',')
    ? l10n.t('Groups {0} of this peer ID are mistyped.', groups)
    : l10n.t('Group {0} of this peer ID is mistyped.', groups);
}
