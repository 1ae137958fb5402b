// Peers, items, amounts and errors as they stand in a terminal. Text of peers passes core/text before it comes here.

import type { ErrorCode, FerryError } from '../../core/base/errors.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { BookEntry, NamedPeer, Peer, Standing } from '../../core/peers/peers.ts';
import type { Pace } from '../../core/sending/pace.ts';
import { fillIn, sentenceOf } from '../../core/text/errorSentences.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { plain, plainName, shownName } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { type OfferedItem, offeredName } from '../../core/wire/item.ts';

/** A peer's name, or its fingerprint where it has none. */
export function peerWords({ id, name }: NamedPeer): string {
  return shownName(name) || fingerprintOf(id);
}

/** A peer as it has to be known before something is done with it: name, trust and fingerprint. */
export function wholePeerWords(peer: NamedPeer, trust: Standing): string {
  return `${peerWords(peer)} (${trustWords(trust)}, ${fingerprintOf(peer.id)})`;
}

/** How far a peer is trusted. */
export function trustWords(trust: Standing): string {
  switch (trust) {
    case 'own':
      return 'your own';
    case 'unknown':
      return 'new, unverified';
    case 'known':
    case 'paired':
    case 'blocked':
      return trust;
  }
}

/** The alarm about somebody with the name or the address of another peer, but another key. */
export function namesakeWords(stranger: NamedPeer, trust: Standing, known: BookEntry): string {
  const name = peerWords({ id: known.id, name: known.nickname ?? known.name });
  const keys = `Fingerprint of this one: ${fingerprintOf(stranger.id)}. Fingerprint of the other: ${fingerprintOf(known.id)}.`;
  return trust === 'known' || trust === 'paired'
    ? `Two peers can be taken for ${name}. ${keys}`
    : `This is not the ${name} that you know: its key has changed, or somebody else uses the name. ${keys}`;
}

/** The name of an item as it lands. */
export function itemWords(item: OfferedItem): string {
  const name = offeredName(item);
  if (name === undefined) return 'an encrypted item';
  const shown = plainName(safeFileName(name), 60);
  if (item.kind !== 'folder') return shown;
  return item.folder === undefined ? `${shown} (folder)` : `${shown} (folder with ${counted(item.folder.files, 'file')})`;
}

/** Items by their names, the first three of them. */
export function itemsWords(items: readonly OfferedItem[]): string {
  const shown = items.slice(0, 3).map(itemWords).join(', ');
  return items.length > 3 ? `${shown} and ${items.length - 3} more` : shown;
}

/** "1 file", "2 files". */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** "45 %  12 MB of 27 MB, 45 MB/s, 3 s left". */
export function progressWords(moved: number, total: number, pace: Pace | undefined): string {
  const percent = total === 0 ? 100 : Math.floor((moved / total) * 100);
  const rate = pace === undefined ? '' : `, ${sizeText(pace.bytesPerSecond)}/s, ${timeWords(pace.secondsLeft)} left`;
  return `${String(percent).padStart(3)} %  ${sizeText(moved)} of ${sizeText(total)}${rate}`;
}

/** What is said where a transfer was cut and may go on. */
export function lostWords(peer: string): string {
  return `The connection is lost. Looking for ${peer}…`;
}

function timeWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${Math.ceil(whole / 3600)} h`;
}

/** A path of this machine on one line, whatever is in its name. */
export function pathWords(path: string): string {
  return plain(path, 4096);
}

/** What went wrong and what to do next, as a terminal says it. */
export function errorWords(error: FerryError, peer = 'the peer', { isPairing = false } = {}): string {
  const own = isPairing ? undefined : ownSentences[error.code]?.(error, peer);
  return own ?? fillIn(sentenceOf(error, { peer, isMac: process.platform === 'darwin', isPairing }));
}

type Speak = (error: FerryError, peer: string) => string | undefined;

/** Where a sentence speaks of an editor's commands and settings, this is what a terminal has instead. */
const ownSentences: Partial<Readonly<Record<ErrorCode, Speak>>> = {
  ERR_NOT_PAIRED: (_, peer) => `${peer} takes items from paired peers only. Run "ferry pair" first.`,
  ERR_PEER_UNREACHABLE: ({ detail: { reason } }, peer) => {
    if (reason === 'refused') return `${peer} is not listening. Ask them to go online.`;
    if (reason === 'no-address' || reason === 'name') return undefined;
    return `${peer} cannot be reached. Check that both are on the same network, and that no firewall stands between.`;
  },
  ERR_SOURCE_MISSING: ({ detail: { reason } }) => (reason === 'missing' ? 'There is no such file.' : undefined),
  ERR_PEER_MISMATCH: ({ detail }) => (detail['own'] === true ? 'This address is your own.' : undefined),
  ERR_LISTEN_FAILED: () => 'Ferry cannot listen on any port.',
  ERR_DISCOVERY_FAILED: () => 'Ferry cannot look for peers on this network. Name the peer by its address.',
  ERR_NO_SPACE: ({ remote }) => (remote ? undefined : 'There is not enough free space. Free some, or choose another folder.'),
  ERR_FOLDER_UNUSABLE: ({ remote, detail: { reason } }) => {
    if (remote) return undefined;
    if (reason === 'link') return 'The folder is a link. Choose a real folder.';
    if (reason === 'shared') return 'Other users can write to the folder. Choose one that only you can write to.';
    return 'The folder cannot be written. Choose another one.';
  },
  ERR_IDENTITY_UNREADABLE: ({ detail }) => identityWords(String(detail['reason'] ?? '')),
  ERR_KEY_MISSING: ({ detail }) =>
    detail['recipient'] === true ? undefined : 'This is sealed for somebody else, or for an identity that is not here.',
  ERR_UNEXPECTED: ({ message }) =>
    `Something unexpected went wrong: ${plain(message, 200)}. Run it again with --verbose to see more.`,
};

function identityWords(reason: string): string {
  if (reason === 'missing') {
    return 'The identity is gone from the data folder. Put identity.json or identity.jwe back, or remove identity.id and peers.json to begin with a new one.';
  }
  if (reason === 'sealed') return 'The identity is sealed. Name a file with its passphrase: --key-passphrase-file FILE.';
  if (reason === 'passphrase') return 'This passphrase does not open the identity.';
  return 'The identity in the data folder cannot be read. Nothing was replaced.';
}

/** A peer as a fact of `--json`. */
export function peerFact(peer: NamedPeer & { readonly trust: Standing }): Readonly<Record<string, unknown>> {
  return { name: peerWords(peer), id: peer.id, fingerprint: fingerprintOf(peer.id), trust: peer.trust };
}

/** The items of a transfer as facts of `--json`. */
export function itemFacts(items: readonly OfferedItem[]): readonly Readonly<Record<string, unknown>>[] {
  return items.map((item) => ({
    kind: item.kind,
    name: item.kind === 'sealed' ? null : safeFileName(item.name),
    size: item.size,
  }));
}

/** Several peers, a line for each, so that one can be told from the other. */
export function candidateLines(peers: readonly Peer[]): readonly string[] {
  return peers.map((peer) => `  ${wholePeerWords(peer, peer.trust)}`);
}
