// The UDP port on which the peers of a run look for each other, which nobody else uses: neither the Ferry of whoever runs the
// tests, nor another run on the same machine.

import { createSocket } from 'node:dgram';

import { testMdnsPort } from '../../src/net/discovery/testPort.ts';

let own: Promise<number> | undefined;

/** The port that this process was given in FERRY_TEST_MDNS_PORT, or else a free one, the same with each call. */
export function ownMdnsPort(): Promise<number> {
  const given = testMdnsPort(process.env);
  own ??= given === undefined ? freeUdpPort() : Promise.resolve(given);
  return own;
}

/** A UDP port that is free now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
