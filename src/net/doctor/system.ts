// What the doctor asks of the machine, each question by itself: tests stand in for machines that they do not have.

import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

import type { Knock } from '../../core/doctor/facts.ts';
import type { Address } from '../../core/peers/address.ts';
import { unreachableReason } from '../dialling/openSocket.ts';
import { readWholeFile } from '../disk/wholeFile.ts';
import { probeMulticast } from './multicast.ts';

export type DoctorSystem = {
  /** As Node names it. */
  readonly platform: string;
  readonly interfaces: () => Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  /** A file of the system, such as one of `/proc`; undefined where there is none or it may not be read. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** The IP addresses of a host; none where its name is not known. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** The own address from which packets to an IP address leave; undefined where no route leads there. Sends nothing. */
  readonly sourceTowards: (ip: string) => Promise<string | undefined>;
  /** Opens a TCP connection and closes it. */
  readonly knock: (address: Address, signal: AbortSignal) => Promise<Knock>;
  /** As probeMulticast. */
  readonly multicast: typeof probeMulticast;
};

/** Time for the system to find out by itself that no hardware answers: on Linux three requests, one second after the other. */
const knockMs = 4_000;
/** RFC 863: nothing is ever sent there. */
const discardPort = 9;

/** The machine this runs on. */
export const realDoctorSystem: DoctorSystem = {
  platform: process.platform,
  interfaces() {
    try {
      return networkInterfaces();
    } catch {
      return {}; // Some sandboxes do not let a program look.
    }
  },
  async read(path) {
    try {
      return new TextDecoder().decode(await readWholeFile(path));
    } catch {
      return undefined;
    }
  },
  async resolve(host) {
    if (isIP(host.replace(/%.*$/, '')) !== 0) return [host];
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch {
      return [];
    }
  },
  sourceTowards: (ip) =>
    new Promise((resolve) => {
      // A UDP socket that is connected has asked for the route and sent nothing.
      const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
      const settle = (source?: string): void => {
        resolve(source);
        socket.close();
      };
      socket.once('error', () => settle());
      socket.connect(discardPort, ip, () => settle(socket.address().address));
    }),
  knock: ({ host, port }, signal) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, signal });
      const late = setTimeout(() => settle('timeout'), knockMs);
      const settle = (knock: Knock): void => {
        clearTimeout(late);
        resolve(knock);
        socket.destroy();
      };
      socket
        .once('connect', () => settle('open'))
        .on('error', (error) => settle(signal.aborted ? 'timeout' : unreachableReason(error)));
    }),
  multicast: probeMulticast,
};
