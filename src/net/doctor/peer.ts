// The way to one peer, step by step: its name, the route, TCP, the key, the version. Each step is a fact, and the last one that
// worked tells where it ends.

import { toFerryError } from '../../core/base/errors.ts';
import type { Answer, OwnInterface, PlaceFacts, Target } from '../../core/doctor/facts.ts';
import type { Address } from '../../core/peers/address.ts';
import type { Dial, PeerLink } from '../../core/peers/link.ts';
import { peerCall } from '../../core/wire/calls.ts';
import { networkTest } from '../discovery/interfaces.ts';
import { isThere } from './place.ts';
import type { DoctorSystem } from './system.ts';

export type WayOptions = {
  readonly system: DoctorSystem;
  readonly interfaces: readonly OwnInterface[];
  /** Opens connections to peers; undefined while offline. */
  readonly dial: Dial | undefined;
};

/** A name may have many addresses, and a peer many windows: nobody needs all of them. */
const placesTried = 8;
/** The handshake and one short answer. */
const answerMs = 4_000;

/** Every way to the peer, all tried at the same time. */
export async function waysTo(target: Target, options: WayOptions, signal: AbortSignal): Promise<readonly PlaceFacts[]> {
  const found = await Promise.all(
    target.addresses.map(async (address) => {
      const hosts = await options.system.resolve(address.host);
      return hosts.length === 0 ? [{ address, host: undefined }] : hosts.map((host) => ({ address, host }));
    }),
  );
  return Promise.all(
    found
      .flat()
      .slice(0, placesTried)
      .map(({ address, host }) => way(address, host, options, signal)),
  );
}

async function way(address: Address, host: string | undefined, options: WayOptions, signal: AbortSignal): Promise<PlaceFacts> {
  const { system, interfaces, dial } = options;
  if (host === undefined) return { address, host, ...nowhere, knock: 'name' };
  const source = await system.sourceTowards(host);
  const isHere = interfaces.some(({ addresses }) => addresses.some((own) => own.address === bare(host))) || /^127\./.test(host);
  const onLink = interfaces.find(({ addresses }) => networkTest(addresses.map(({ network }) => network))(bare(host)));
  const via = interfaces.find(({ addresses }) => addresses.some((own) => own.address === bare(source ?? '')));
  const knock = await system.knock({ host, port: address.port }, signal);
  const isLocal = onLink !== undefined && !isHere;
  return {
    ...{ address, host, isHere, knock, via: via?.name, onLink: onLink?.name },
    isThere: isLocal ? await isThere(system, host) : undefined,
    answer: knock === 'open' && dial !== undefined ? await answerAt({ host, port: address.port }, dial, signal) : undefined,
  };
}

const nowhere = { isHere: false, via: undefined, onLink: undefined, isThere: undefined, answer: undefined };

/** Who answers at an address, whoever it is. */
async function answerAt(address: Address, dial: Dial, stop: AbortSignal): Promise<Answer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(answerMs)]);
  let link: PeerLink | undefined;
  try {
    link = await dial(address, undefined, signal);
    const { app } = await link.call(peerCall, signal);
    return { kind: 'ferry', peerId: link.peerId, app };
  } catch (cause) {
    return failedAnswer(cause, link);
  } finally {
    link?.close();
  }
}

function failedAnswer(cause: unknown, link: PeerLink | undefined): Answer {
  const { code, detail, remote } = toFerryError(cause);
  if (code === 'ERR_PEER_MISMATCH' && detail['own'] === true) return { kind: 'ourselves' };
  // The connection ended on this side, once the key was seen to be one of a blocked peer.
  if (link === undefined && !remote && code === 'ERR_PEER_REJECTED') return { kind: 'blockedHere' };
  if (link === undefined) return { kind: 'noFerry', code };
  // Whoever is blocked sees a handshake, and then the end of the connection.
  if (code === 'ERR_CONNECTION_LOST' || (remote && code === 'ERR_PEER_REJECTED')) return { kind: 'rejected' };
  const isOther = code === 'ERR_VERSION_UNSUPPORTED' || (remote && code === 'ERR_NOT_FOUND') || detail['path'] === 'protocol';
  return isOther ? { kind: 'otherVersion', peerId: link.peerId } : { kind: 'noFerry', code };
}

/** An address without the zone that link-local ones have. */
function bare(host: string): string {
  return host.replace(/%.*$/, '');
}
