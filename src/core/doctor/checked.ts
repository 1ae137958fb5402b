// What was looked at, line by line, with what came of it: for whoever does not take the doctor's word for it.

import type { Answer, Facts, Knock, MulticastFacts, OwnInterface, PeerFacts, PlaceFacts } from './facts.ts';
import { secret, type Told } from './redaction.ts';

/** The lines on this window and its machine. */
export function checkedHere(facts: Facts): readonly Told[] {
  const { here, interfaces, defaultVia, listener, multicast, firewalls } = facts;
  const surroundings = [here.isContainer ? 'container' : '', here.isWsl ? 'WSL' : '', here.isRemote ? 'remote window' : ''];
  const place = [here.platform, ...surroundings.filter((word) => word !== '')].join(', ');
  return [
    say('Ferry {0} on {1}, {2}; visibility {3}, discovery {4}', here.app, place, here.phase, here.visibility, here.discovery),
    here.port === undefined
      ? say('TCP port: none, the settings say {0}', here.wantedPort)
      : say('TCP port: {0}, the settings say {1}', here.port, here.wantedPort),
    ...here.pins.map((pin) => say('Looks for peers on {0}, as the settings say', secret('interface', pin))),
    ...interfaces.flatMap(interfaceLines),
    defaultVia === undefined
      ? say('No way leads to other networks')
      : say('Other networks are reached by {0}', secret('interface', defaultVia)),
    ...listener.map(({ host, knock }) => say('Own port at {0}: {1}', secret('address', host), knockWords[knock])),
    ...multicast.map(multicastLine),
    firewalls.length === 0 ? say('No firewall is seen') : say('Firewalls that are seen: {0}', firewalls.join(', ')),
    say('The clock does not matter: certificates are judged by their key, never by their dates'),
  ];
}

/** The lines on the way to a peer. */
export function checkedPeer(peer: PeerFacts): readonly Told[] {
  return [
    say('Peer {0}: addresses to try: {1}', secret('peer', peer.name), peer.places.length),
    ...(peer.isHeard === undefined ? [] : [say('Heard by discovery: {0}', yesNo(peer.isHeard))]),
    ...peer.places.flatMap(placeLines),
  ];
}

function say(text: string, ...args: Told['args']): Told {
  return { text, args };
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

function interfaceLines({ name, kind, addresses }: OwnInterface): readonly Told[] {
  return addresses.map(({ address, kind: what }) =>
    say('Interface {0} ({1}): {2} ({3})', secret('interface', name), kind, secret('address', address), what),
  );
}

function multicastLine({ interface: name, family, sent, ...heard }: MulticastFacts): Told {
  const where = secret('interface', name);
  if (sent !== 'yes') return say('Multicast on {0}, IPv{1}: not sent, {2}', where, family, sent);
  return say(
    'Multicast on {0}, IPv{1}: sent; came back: {2}; a window of yours answered: {3}; others that answered: {4}',
    where,
    family,
    yesNo(heard.heardItself),
    yesNo(heard.heardOwnAnswer),
    heard.heard.length,
  );
}

const knockWords: Readonly<Record<Knock, string>> = {
  open: 'reached',
  refused: 'nothing listens',
  timeout: 'no answer',
  unreachable: 'no way',
  denied: 'refused by this machine',
  name: 'unknown name',
  closed: 'closed at once',
  other: 'failed',
};

function placeLines(place: PlaceFacts): readonly Told[] {
  const { address, host, via, onLink, isThere, knock, answer } = place;
  if (host === undefined) return [say('{0}: the name is not known', secret('address', address.host))];
  const at = secret('address', host);
  const way =
    via === undefined
      ? say('{0}: no way leads there', at)
      : say('{0}: by {1}, same network: {2}', at, secret('interface', via), yesNo(onLink !== undefined));
  return [
    way,
    ...(isThere === undefined ? [] : [say('{0}: hardware answers: {1}', at, yesNo(isThere))]),
    say('{0}: TCP port {1}: {2}', at, address.port, knockWords[knock]),
    ...(answer === undefined ? [] : [say('{0}: who answers: {1}', at, answerWords(answer))]),
  ];
}

function answerWords(answer: Answer): string {
  switch (answer.kind) {
    case 'ferry':
      return 'Ferry';
    case 'ourselves':
      return 'this window itself';
    case 'otherVersion':
      return 'Ferry, in another version';
    case 'rejected':
      return 'Ferry, which takes no requests';
    case 'noFerry':
      return `no Ferry (${answer.code})`;
  }
}
