// The rules for the way to one peer. Whoever answers rightly at one address is reached, whatever the others say.

import type { PeerId } from '../peers/peerId.ts';
import type { Finding } from './causes.ts';
import type { Facts, Here, PeerFacts, PlaceFacts } from './facts.ts';

/** What stands in the way to the peer that was asked about; nothing where nobody was. */
export function peerFindings(facts: Facts): readonly Finding[] {
  const { peer, here } = facts;
  if (peer === undefined) return [];
  if (peer.isBlocked) return [{ cause: 'blockedHere', weight: 'cause' }];
  if (peer.places.length === 0) return [{ cause: 'noAddress', weight: 'cause' }];
  const reached = peer.places.filter((place) => isRight(place, peer));
  if (reached.length > 0) return reached.flatMap((place) => reachedFindings(place, peer, facts));
  const found = peer.places.flatMap((place) => placeFindings(place, peer, here));
  // What was answered says more than that nothing was.
  return found.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ cause }: Finding): number {
  const said: readonly Finding['cause'][] = ['clonedIdentity', 'keyChanged', 'versionsDiffer', 'blockedHere', 'rejectedThere'];
  return said.includes(cause) ? 0 : 1;
}

/** The one that is expected; where nobody is, anybody but this person's own key on another machine. */
function isRight({ answer }: PlaceFacts, { expect }: PeerFacts): boolean {
  return answer?.kind === 'ferry' && (expect === undefined || answer.peerId === expect);
}

function reachedFindings(place: PlaceFacts, peer: PeerFacts, { here, multicast }: Facts): readonly Finding[] {
  const { answer } = place;
  if (answer?.kind !== 'ferry') return [];
  const found: Finding[] = [];
  if (answer.peerId === here.own && !place.isHere && place.host !== undefined) {
    found.push({ cause: 'clonedIdentity', address: place.host, weight: peer.expect === undefined ? 'likely' : 'note' });
  }
  const mayHear = multicast.some(({ interface: name, heardItself }) => name === place.onLink && heardItself);
  if (peer.isHeard === false && mayHear && !place.isHere) found.push({ cause: 'peerNotHeard', weight: 'likely' });
  const theirs = versionOf(answer.app);
  if (answer.app !== here.app) {
    found.push({ cause: 'versionsDiffer', ours: here.app, theirs, speaks: true, weight: 'note' });
  }
  return found;
}

function placeFindings(place: PlaceFacts, peer: PeerFacts, here: Here): readonly Finding[] {
  const { host, answer } = place;
  if (host === undefined) return [{ cause: 'nameUnknown', address: place.address.host, weight: 'cause' }];
  if (answer === undefined) return knockFindings(place, host);
  switch (answer.kind) {
    case 'ferry':
      return mismatch(place, peer, here, answer.peerId);
    case 'ourselves':
      return [{ cause: 'ownAddress', address: host, weight: 'cause' }];
    case 'otherVersion':
      return answer.peerId === (peer.expect ?? answer.peerId)
        ? [{ cause: 'versionsDiffer', ours: here.app, theirs: undefined, speaks: false, weight: 'cause' }]
        : mismatch(place, peer, here, answer.peerId);
    case 'blockedHere':
      return [{ cause: 'blockedHere', weight: 'cause' }];
    case 'rejected':
      return [{ cause: 'rejectedThere', weight: 'cause' }];
    case 'noFerry':
      return [{ cause: 'noFerry', address: host, weight: 'cause' }];
  }
}

/** Another key than the one that is expected. */
function mismatch({ host = '', isHere }: PlaceFacts, { expect }: PeerFacts, here: Here, found: PeerId): readonly Finding[] {
  if (expect === undefined) return [];
  if (found !== here.own) return [{ cause: 'keyChanged', address: host, expected: expect, found, weight: 'cause' }];
  return [{ cause: isHere ? 'ownAddress' : 'clonedIdentity', address: host, weight: 'cause' }];
}

/** Nobody answered: how that shows tells who is silent, the program, the machine, or what lies between. */
function knockFindings({ knock, onLink, isThere, via }: PlaceFacts, address: string): readonly Finding[] {
  const certain = { address, weight: 'cause' } as const;
  const likely = { address, weight: 'likely' } as const;
  switch (knock) {
    case 'open':
    case 'closed':
    case 'other':
      return [{ cause: 'noFerry', ...likely }];
    case 'name':
      return [{ cause: 'nameUnknown', ...certain }];
    case 'refused':
      return [{ cause: 'notListening', ...certain }];
    case 'denied':
      return [{ cause: 'tcpDenied', ...certain }];
    case 'timeout':
    case 'unreachable':
      if (onLink === undefined)
        return [{ cause: knock === 'timeout' && via !== undefined ? 'tcpFiltered' : 'elsewhere', ...likely }];
      // Its hardware answers, so that it is its system that does not.
      if (isThere === true) return [{ cause: 'tcpFiltered', ...certain }];
      return [{ cause: knock === 'timeout' && isThere === undefined ? 'tcpFiltered' : 'apart', ...likely }];
  }
}

/** A version as it can be told; undefined where a peer says something else. */
function versionOf(app: string): string | undefined {
  return /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.exec(app)?.[0];
}
