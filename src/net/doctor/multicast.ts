// A question of the doctor's own to everybody on one interface, by a socket of its own beside discovery's: what comes back of it
// tells whether the port is shared, whether packets leave, and whether a filter drops what comes in.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

import { limits } from '../../core/base/limits.ts';
import type { MulticastFacts } from '../../core/doctor/facts.ts';
import { failureReason } from '../../core/peers/sightings.ts';
import { systemCodeOf } from '../discovery/guardedSocket.ts';
import { type LinkInterface, networkTest } from '../discovery/interfaces.ts';

export type MulticastOptions = {
  readonly at: LinkInterface;
  /** UDP port, 5353 outside tests. */
  readonly port: number;
  /** The beginning of this person's peer ID, as windows answer with. */
  readonly ownPrefix: string | undefined;
  /** The same of the peer that is asked about: nobody waits any longer once that has answered. */
  readonly wanted: string | undefined;
  /** Whether an address is one of this machine's. */
  readonly isOwn: (host: string) => boolean;
};

/** Nobody says the same twice within a second (RFC 6762 section 6): a later question hears who spoke just before the first. */
const askedEveryMs = 1_150;
const asked = 3;

/** `_ferry._tcp.local PTR IN`, the one question of a query (RFC 1035 section 4.1, RFC 6762 section 18). */
const query = Buffer.concat([
  Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
  ...['_ferry', '_tcp', 'local'].map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
  Buffer.from([0, 0, 12, 0, 1]),
]);

/** Asks a few times, and listens until `signal` ends at most. Never fails: what does not work is a fact. */
export async function probeMulticast(options: MulticastOptions, signal: AbortSignal): Promise<MulticastFacts> {
  const { at, port } = options;
  const isOverIpv6 = at.zone !== '';
  const facts = { interface: at.name, family: isOverIpv6 ? 6 : 4 } as const;
  const socket = createSocket(isOverIpv6 ? { type: 'udp6', reuseAddr: true, ipv6Only: true } : { type: 'udp4', reuseAddr: true });
  const enough = new AbortController();
  const heard = hearing(socket, options, () => enough.abort());
  const over = AbortSignal.any([signal, enough.signal]);
  try {
    await bound(socket, port, at);
    for (let times = 0; times < asked && !over.aborted; times += 1) {
      await sent(socket, port, isOverIpv6);
      await sleep(askedEveryMs, undefined, { signal: over }).catch(() => undefined);
    }
    return { ...facts, sent: 'yes', ...heard() };
  } catch (error) {
    return { ...facts, sent: failureReason(systemCodeOf(error)), ...heard() };
  } finally {
    socket.close();
  }
}

type Heard = Pick<MulticastFacts, 'heardItself' | 'heardOwnAnswer' | 'heard'>;

/** Notes what comes, of the networks of this interface alone: on Linux a socket hears the other interfaces too. */
function hearing(socket: Socket, { at, ownPrefix, wanted, isOwn }: MulticastOptions, onEnough: () => void): () => Heard {
  const isNear = networkTest(at.networks);
  const others = new Set<string>();
  let [heardItself, heardOwnAnswer] = [false, false];
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    if (message.length > limits.mdnsPacketBytes || !isNear(from.address)) return;
    if (isOwn(from.address) && message.equals(query)) heardItself = true;
    // Bit 15 of the flags says that this is a response (RFC 1035 section 4.1.1).
    if (message.length < 12 || (message.readUInt8(2) & 0x80) === 0) return;
    for (const [, prefix = ''] of message.toString('latin1').matchAll(/\x13id=([A-Z2-7]{16})/g)) {
      if (prefix === ownPrefix && isOwn(from.address)) heardOwnAnswer = true;
      else if (others.size < limits.mdnsPeers) others.add(prefix);
    }
    if (heardItself && heardOwnAnswer && wanted !== undefined && others.has(wanted)) onEnough();
  });
  return () => ({ heardItself, heardOwnAnswer, heard: [...others] });
}

async function bound(socket: Socket, port: number, { address, zone }: LinkInterface): Promise<void> {
  const way =
    zone === '' ? { host: '0.0.0.0', group: '224.0.0.251', by: address } : { host: '::', group: 'ff02::fb', by: `::%${zone}` };
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(port, way.host, resolve);
  });
  socket.addMembership(way.group, way.by);
  socket.setMulticastInterface(way.by);
  // RFC 6762 section 11.
  socket.setMulticastTTL(255);
  socket.setMulticastLoopback(true);
}

function sent(socket: Socket, port: number, isOverIpv6: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(query, port, isOverIpv6 ? 'ff02::fb' : '224.0.0.251', (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
