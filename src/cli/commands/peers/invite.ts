// `ferry invite`: a link with this side's ID, and where it can be reached if the port is known. It is no secret.

import { networkInterfaces } from 'node:os';

import { formatInvite, type HostAddress, inviteHosts } from '../../../core/peers/invite.ts';
import { fingerprintOf } from '../../../core/peers/peerId.ts';
import type { Command } from '../../context.ts';
import { exitCodes } from '../../exitCodes.ts';
import { loadIdentity } from '../../own/identityFile.ts';
import { numberOf } from '../../parseWords.ts';

export const invite: Command = async (context, given) => {
  const { peerId: id } = await loadIdentity(context);
  const port = numberOf(given, 'port', [1, 65_535]);
  const hosts = port === undefined ? [] : inviteHosts(ownAddresses(), { isOnNetwork: !context.isLocal, interfaces: [] });
  const addresses = hosts.map((host) => ({ host, port: port ?? 0 }));
  const text = formatInvite({ id, addresses });
  context.screen.result(text, { event: 'invite', invite: text, id, fingerprint: fingerprintOf(id) });
  return exitCodes.done;
};

function ownAddresses(): readonly HostAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, found = []]) =>
    found.map(({ address, family, internal }) => ({ interface: name, host: address, isIpv4: family === 'IPv4', internal })),
  );
}
