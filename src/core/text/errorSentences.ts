// One sentence for every error code: what happened, and what to do next. They are English with numbered places for what changes;
// the editor translates them, a command line fills them in.

import type { ErrorCode, FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { plainName } from './safeText.ts';
import { sizeText } from './sizes.ts';

/** A text with places `{0}`, `{1}` and so on for its arguments. */
export type Sentence = { readonly text: string; readonly args: readonly (string | number)[] };

export type SentenceContext = {
  /** The peer's name, fit for the screen, or words that stand for it. */
  readonly peer: string;
  /** Whether this is macOS, where the system asks before it lets a program onto the local network. */
  readonly isMac: boolean;
  /** Whether two people were pairing, and nothing was to be sent. */
  readonly isPairing?: boolean;
};

/** The sentence for an error. */
export function sentenceOf(error: FerryError, context: SentenceContext): Sentence {
  if (context.isPairing !== true) return sentences[error.code](error, context);
  // What else a peer may answer is about items, and makes no sense where it pairs.
  const isStrange = error.remote && !ofAnyRequest.has(error.code);
  return (pairingSentences[error.code] ?? (isStrange ? notUnderstood : sentences[error.code]))(error, context);
}

/** The text of a sentence, filled in: for whoever speaks English to people. */
export function fillIn({ text, args }: Sentence): string {
  return text.replaceAll(/\{(\d)\}/g, (_, place: string) => String(args[Number(place)] ?? ''));
}

type Speak = (error: FerryError, context: SentenceContext) => Sentence;

function say(text: string, ...args: readonly (string | number)[]): Sentence {
  return { text, args };
}

/** A sentence whose one place is the peer. */
function ofPeer(text: string): Speak {
  return (_, { peer }) => say(text, peer);
}

function always(text: string, ...args: readonly (string | number)[]): Speak {
  return () => say(text, ...args);
}

const notUnderstood = ofPeer('{0} answered in a way that Ferry does not understand.');
const notWhatWasSent = always('What arrived is not what was sent, so it was not kept. Send it again.');
const pairingOver = ofPeer('The pairing with {0} is over.');

const sentences: Readonly<Record<ErrorCode, Speak>> = {
  ERR_BODY_TOO_LARGE: ({ detail }) =>
    detail['text'] === true
      ? say('A message can have 8 KiB of text. Send a shorter one, or a file.')
      : say('This is too much for one offer. Send fewer files at a time.'),
  ERR_MESSAGE_INVALID: notUnderstood,
  ERR_MESSAGE_UNEXPECTED: notUnderstood,
  ERR_NOT_FOUND: notUnderstood,
  ERR_VERSION_UNSUPPORTED: ({ detail }, { peer }) =>
    detail['missing'] === 'shared'
      ? say('{0} has an earlier version of Ferry, which cannot share folders. Ask them to update it.', peer)
      : say('{0} speaks another version of the protocol. Use the same version of Ferry on both sides.', peer),
  ERR_PEER_REJECTED: ofPeer('{0} does not take requests from you.'),
  ERR_NOT_PAIRED: ofPeer('{0} takes items from paired peers only. Run "Ferry: Pair with Peer…" first.'),
  ERR_NOT_SUPPORTED: ({ detail }, { peer }) =>
    detail['capability'] === 'folders'
      ? say('{0} has an older Ferry that takes no folders. Ask them to update it, or send the files.', peer)
      : say('{0} has an older Ferry that does not take this. Ask them to update it.', peer),
  ERR_PEER_UNREACHABLE: unreachable,
  ERR_PEER_MISMATCH: ({ detail }, { peer }) =>
    detail['own'] === true
      ? say('This address is your own. Enter the address of another editor.')
      : say('Another key than that of {0} answered at their address. Nothing was sent. Ask them for their fingerprint.', peer),
  ERR_CONNECTION_LOST: ({ detail }, { peer }) =>
    detail['greeting'] === true
      ? say('{0} closed the connection. Check the address, and that Ferry is online there.', peer)
      : say('The connection to {0} ended early, and what was on its way was not kept. Send it again.', peer),
  ERR_TIMEOUT: ({ detail }, { peer }) =>
    detail['greeting'] === true
      ? say('{0} does not answer. Check the address, and that Ferry is online there.', peer)
      : say('{0} stopped answering, and what was on its way was not kept. Send it again.', peer),
  ERR_LISTEN_FAILED: always('Ferry cannot listen on any port, so it is offline.'),
  ERR_DISCOVERY_FAILED: always('Ferry cannot look for peers on this network. Add them by address.'),
  ERR_OFFER_DECLINED: ofPeer('{0} declined.'),
  ERR_OFFER_EXPIRED: ofPeer('{0} did not answer in time.'),
  ERR_OFFER_REPEATED: ofPeer('{0} has seen this offer already. Send it again.'),
  ERR_BUSY: ofPeer('{0} has too many requests waiting. Try again later.'),
  ERR_ITEM_TOO_LARGE: ({ detail }) =>
    detail['snippet'] === true
      ? say('This text is longer than 1 MiB. Save it, and send the file.')
      : say('More was sent than was offered, so it was not kept.'),
  ERR_DIGEST_MISMATCH: notWhatWasSent,
  ERR_SIZE_MISMATCH: notWhatWasSent,
  ERR_OFFSET_MISMATCH: notWhatWasSent,
  ERR_NO_SPACE: ({ remote }, { peer }) =>
    remote
      ? say('{0} has no space for this item.', peer)
      : say('There is not enough free space for this item. Free some, or choose another folder for received files.'),
  ERR_FOLDER_UNUSABLE: (error, { peer }) =>
    error.remote ? say('The folder for received files of {0} cannot be written.', peer) : folderUnusable(error),
  ERR_CANCELLED: always('The transfer was cancelled.'),
  ERR_SOURCE_MISSING: sourceMissing,
  ERR_SOURCE_CHANGED: ({ remote }) =>
    remote
      ? say('It changed while you were getting it, so it was not kept. Get it again.')
      : say('It changed before all of it was sent, so it was not kept. Send it again.'),
  ERR_NOT_SHARED: ({ detail: { reason } }, { peer }) => {
    if (reason === 'nothing') return say('{0} shares nothing with you.', peer);
    if (reason === 'name') return say('{0} shares nothing of that name with you.', peer);
    return say('{0} no longer shares this with you.', peer);
  },
  ERR_RANGE_UNSATISFIABLE: notUnderstood,
  ERR_PAIRING_DECLINED: pairingOver,
  ERR_PAIRING_EXPIRED: pairingOver,
  ERR_PAIRING_MISMATCH: ofPeer('What {0} revealed does not fit what came before, so nobody was paired. Try again.'),
  ERR_PAIRING_CROSSED: pairingOver,
  ERR_IDENTITY_UNREADABLE: ({ detail }) =>
    detail['reason'] === 'missing'
      ? say(
          'Your Ferry identity is no longer in the secret storage, so Ferry stays offline. Restore it from its backup, or begin with a new one: then your peers have to pair with you again.',
        )
      : say('Your Ferry identity cannot be read from the secret storage, so Ferry stays offline. Nothing was replaced.'),
  ERR_PEER_ID_INVALID: peerIdInvalid,
  ERR_ADDRESS_INVALID: addressInvalid,
  ERR_BOOK_INVALID: always('This file is not a list of peers that Ferry has exported. Nothing was imported.'),
  ERR_BOOK_UNREADABLE: bookUnreadable,
  ERR_UNSEAL_FAILED: always(
    'This item cannot be unsealed. The passphrase or the key is a different one, or the file is damaged.',
  ),
  ERR_KEY_MISSING: ({ detail }, { peer }) =>
    detail['recipient'] === true
      ? say('{0} has no key to seal items for. Ask them to update Ferry, or use a passphrase.', peer)
      : say('This item is sealed for somebody else, or for an identity that this editor no longer has.'),
  ERR_ALGORITHM_NOT_ALLOWED: always('This file is encrypted in a way that Ferry does not open.'),
  ERR_KEY_CHANGED: ofPeer(
    'The seal key of {0} is not the one that they had before. Nothing was sent. Compare fingerprints with them first.',
  ),
  ERR_DICTIONARY_INVALID: ({ detail }) =>
    say(
      'This is not a valid dictionary: it breaks the rules of {0} at byte {1}. Its bytes can still be saved.',
      String(detail['format'] ?? '').toUpperCase(),
      Number(detail['offset'] ?? 0),
    ),
  ERR_DICTIONARY_TOO_DEEP: always('This dictionary is nested too deep. At most {0} levels are read.', limits.dictionaryDepth),
  ERR_DICTIONARY_TOO_LARGE: always(
    'This dictionary is too large. At most {0} and {1} values are read.',
    sizeText(limits.dictionaryBytes),
    limits.dictionaryNodes,
  ),
  ERR_DICTIONARY_VALUE_UNSUPPORTED: always(
    'This dictionary holds a value that cannot be carried, such as NaN or a broken character.',
  ),
  ERR_NO_EDITOR: noEditor,
  ERR_NO_PEERS: always('No peers were found. Start Ferry in the other editor, or add a peer by its address.'),
  ERR_SETTING_INVALID: always('A setting has a value that Ferry cannot use. The log names it.'),
  ERR_UNEXPECTED: always('Something unexpected went wrong. The log has the details.'),
};

/** What is said otherwise where two people were pairing: nothing was sent, and nothing has to be sent again. */
/** Answers of a peer that mean the same whatever it was asked for. */
const ofAnyRequest: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_VERSION_UNSUPPORTED',
  'ERR_UNEXPECTED',
  'ERR_PAIRING_DECLINED',
  'ERR_PAIRING_EXPIRED',
  'ERR_PAIRING_MISMATCH',
  'ERR_PAIRING_CROSSED',
]);

const pairingSentences: Partial<Readonly<Record<ErrorCode, Speak>>> = {
  ERR_NOT_FOUND: pairingOver,
  ERR_MESSAGE_UNEXPECTED: pairingOver,
  ERR_PEER_REJECTED: ofPeer('{0} does not pair with you: you are blocked there, or they pair with nobody new.'),
  ERR_PEER_MISMATCH: ({ detail }, { peer }) =>
    detail['own'] === true
      ? say('This address is your own. Enter the address of another editor.')
      : say('Another key than that of {0} answered at their address. Nobody was paired. Ask them for their fingerprint.', peer),
  ERR_CONNECTION_LOST: ofPeer('The connection to {0} ended before both of you had confirmed. Pair again.'),
  ERR_TIMEOUT: ofPeer('{0} stopped answering before both of you had confirmed. Pair again.'),
  ERR_BUSY: ofPeer('{0} takes no more requests to pair for now. Try again in a few minutes.'),
  ERR_CANCELLED: always('The pairing was cancelled.'),
};

function unreachable({ detail }: FerryError, { peer, isMac }: SentenceContext): Sentence {
  const { reason } = detail;
  if (reason === 'name') return say('The host name of {0} is not known on this network. Check it, or use the IP address.', peer);
  if (reason === 'refused') return say('{0} is not listening. Ask them to open their editor and to go online.', peer);
  if (reason === 'no-address') return say('No address of {0} is known. Ask them to go online, or add their address.', peer);
  return isMac
    ? say(
        '{0} cannot be reached. Check that both are on the same network, and that Visual Studio Code may use the local network (System Settings, Privacy & Security, Local Network).',
        peer,
      )
    : say(
        '{0} cannot be reached. Check that both are on the same network, that their visibility is "network", and that no firewall blocks Visual Studio Code (on Windows: allow it on private networks).',
        peer,
      );
}

function sourceMissing({ detail }: FerryError): Sentence {
  const { reason } = detail;
  if (reason === 'denied') return say('The file cannot be read: permission is missing.');
  if (reason === 'not-a-file') return say('This is not a file that can be sent.');
  if (reason === 'elsewhere') return say('This folder is not on this computer, so it cannot be sent as one. Send its files.');
  if (reason === 'not-a-folder') return say('This is not a folder that can be sent.');
  if (reason === 'collision')
    return say(
      'This folder holds two names that some computers take for one. Rename {0} or what looks like it.',
      plainName(String(detail['path'] ?? '')),
    );
  if (reason === 'limit') return say('There is more in this folder than can be sent in one piece. Send parts of it.');
  if (reason === 'unsaved')
    return say('Changes that are not saved cannot be sent from this kind of editor. Save the file first.');
  if (reason === 'window') return say('It was in no file, so it went with the window that sent it. Send it from its editor.');
  if (reason === 'sealed') return say('The key of its seal went with the window that sent it. Send it again.');
  if (reason === 'encoding') {
    return say(
      'The encoding of this file ({0}) cannot hold {1}. Choose another encoding, such as UTF-8, or other characters.',
      String(detail['encoding'] ?? ''),
      String(detail['characters'] ?? ''),
    );
  }
  return say('The file is no longer there.');
}

function bookUnreadable({ detail }: FerryError): Sentence {
  if (detail['list'] === 'shares') {
    return say(
      'The list of the folders that you share cannot be read, so nothing is shared. It is kept as {0} in the storage of Ferry.',
      String(detail['file'] ?? 'shares.json'),
    );
  }
  if (detail['reason'] === 'damaged') {
    return say(
      'The list of your peers was damaged. It is kept as {0} in the storage of Ferry. Peers that could be read from it: {1}.',
      String(detail['file'] ?? ''),
      Number(detail['kept'] ?? 0),
    );
  }
  return detail['reason'] === 'newer'
    ? say(
        'The list of your peers was written by a later version of Ferry, so Ferry stays offline. Update Ferry. Nothing was changed.',
      )
    : say('The list of your peers cannot be read, so Ferry stays offline. Nothing was changed. Try to go online again.');
}

function folderUnusable({ detail: { reason } }: FerryError): Sentence {
  if (reason === 'link') return say('The folder for received files is a link. Choose a real folder in the settings.');
  if (reason === 'shared') {
    return say('Other users can write to the folder for received files. Choose one that only you can write to.');
  }
  if (reason === 'place') return say('Ferry cannot write there: it is read-only, or not on this computer. Choose another place.');
  return say('The folder for received files cannot be written. Choose another one in the settings.');
}

function addressInvalid({ detail: { reason } }: FerryError): Sentence {
  if (reason === 'port') return say('The port is a number from 1 to 65535.');
  if (reason === 'host') return say('This is not a host name or IP address.');
  return say('Enter a host and a port, such as 192.168.1.20:40123 or [fe80::1]:40123.');
}

function peerIdInvalid({ detail }: FerryError): Sentence {
  const groups = String(detail['groups'] ?? '');
  if (groups === '') {
    const [wanted, characters] = [Number(detail['wanted'] ?? 0), Number(detail['characters'] ?? 0)];
    return say('A peer ID has {0} characters, this has {1}.', wanted, characters);
  }
  return groups.includes(',')
    ? say('Groups {0} of this peer ID are mistyped.', groups)
    : say('Group {0} of this peer ID is mistyped.', groups);
}

function noEditor({ detail }: FerryError): Sentence {
  switch (String(detail['reason'] ?? '')) {
    case 'view':
      return say('What is in front of you shows no file of its own. Open the file itself, then send it.');
    case 'noText':
      return say('There is no text to send. Select or copy some first.');
    case 'noProblem':
      return say('The editor knows of no problems, so there is none to send.');
    case 'readOnly':
      return say('The document in front of you cannot be changed. Put the cursor where the text belongs.');
    case 'noPlace':
      return say('No text editor is open. Open one, and put the cursor where the text belongs.');
    default:
      return say('There is no file to send. Open one in the editor first.');
  }
}
