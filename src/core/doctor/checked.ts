// What was looked at, line by line, with what came of it: for whoever does not take the doctor's word for it.

import type { Answer, Facts, Knock, MulticastFacts, OwnInterface, PeerFacts, PlaceFacts } from './facts.ts';
import { say, secret, type Told, type Value } from './redaction.ts';

/** The lines on this window and its machine. */
export function checkedHere(facts: Facts): readonly Told[] {
  const { here, interfaces, defaultVia, listener, multicast, firewalls } = facts;
  const inside = [
    ...(here.isContainer ? [say('Runs in a container')] : []),
    ...(here.isWsl ? [say('Runs in WSL')] : []),
    ...(here.isRemote ? [say('Runs on the remote machine of the window')] : []),
  ];
  return [
    say(
      'Ferry {0} on {1}, {2}; visibility {3}, discovery {4}',
      here.app,
      here.platform,
      here.phase,
      here.visibility,
      here.discovery,
    ),
    ...inside,
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

function yesNo(is: boolean): Told {
  return is ? say('yes') : say('no');
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

const knockWords: Readonly<Record<Knock, Told>> = {
  open: say('reached'),
  refused: say('nothing listens'),
  timeout: say('no answer'),
  unreachable: say('no way'),
  denied: say('refused by this machine'),
  name: say('unknown name'),
  closed: say('closed at once'),
  other: say('failed'),
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

function answerWords(answer: Answer): Value {
  switch (answer.kind) {
    case 'ferry':
      return 'Ferry';
    case 'ourselves':
      return say('this window itself');
    case 'otherVersion':
      return say('Ferry, in another version');
    case 'blockedHere':
      return say('a peer that you have blocked');
    case 'rejected':
      return say('Ferry, which takes no requests');
    case 'noFerry':
      return say('no Ferry ({0})', answer.code);
  }
}
