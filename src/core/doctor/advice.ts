// What the doctor says of each cause: one sentence for what it is, one for what to do. They are English with numbered places, as
// those of errors are; the editor translates them, a command line fills them in.

import { fingerprintOf } from '../peers/peerId.ts';
import type { CauseName, FindingOf } from './causes.ts';
import { say, secret, type Told } from './redaction.ts';

/** What was found, and what to do about it. */
export type Advice = { readonly what: Told; readonly todo: Told };

/** The sentences for a finding. */
export function adviceFor<Name extends CauseName>(finding: FindingOf<Name>): Advice {
  return table[finding.cause](finding);
}

function advice(what: string | Told, todo: string | Told): Advice {
  const told = (one: string | Told): Told => (typeof one === 'string' ? say(one) : one);
  return { what: told(what), todo: told(todo) };
}

function always(what: string, todo: string): () => Advice {
  return () => advice(what, todo);
}

const table: { readonly [Name in CauseName]: (finding: FindingOf<Name>) => Advice } = {
  cannotStart: ({ code }) =>
    advice(
      say('Ferry could not go online ({0}).', code),
      'Run "Ferry: Go Online" and read what it says; the log has the details.',
    ),
  offline: always('Ferry is offline in this window.', 'Run "Ferry: Go Online".'),
  thisMachineOnly: always(
    'Only editors on this machine can find and reach this window.',
    'Run "Ferry: Choose Who Can Reach You…" and pick "network", on both sides.',
  ),
  notAnnounced: ({ discovery }) =>
    discovery === 'off'
      ? advice(
          'Discovery is off in the settings, so this window neither finds peers on the network nor is found.',
          'Set "ferry.network.discovery" to "on", or add peers by address.',
        )
      : advice(
          'Discovery is hidden in the settings, so peers on the network do not find this window.',
          'Set "ferry.network.discovery" to "on", or give peers your address with "Ferry: Copy My Invite".',
        ),
  portTaken: ({ used, wanted }) =>
    advice(
      say('TCP port {0} of the settings is taken by another program or window, and port {1} is used.', wanted, used),
      say('Give peers port {0}, open it in the firewall too, or choose a free one in "ferry.network.port".', used),
    ),
  localNetworkDenied: always(
    'macOS does not let this editor use the local network.',
    'Allow Visual Studio Code under System Settings, Privacy & Security, Local Network, and start it again.',
  ),
  wslNat: always(
    'Ferry runs inside WSL, behind an address translation that peers on the network cannot pass.',
    'Set "networkingMode=mirrored" in .wslconfig and restart WSL, or install Ferry in Windows instead.',
  ),
  container: always(
    'Ferry runs inside a container: discovery does not get out of most, and peers cannot get in.',
    'Publish a fixed "ferry.network.port" of the container, or run Ferry in the editor outside.',
  ),
  remoteWindow: always(
    'Ferry runs on the remote machine of this window, and is found on the networks of that machine alone.',
    'Install Ferry locally to reach peers beside you.',
  ),
  noNetwork: always('This machine has no address on any network.', 'Connect it to the network of your peers.'),
  oneFamily: ({ address, ours }) =>
    address === undefined
      ? advice(
          'This machine has addresses of IPv6 alone.',
          'Peers that have only IPv4 are not reached; add others by an IPv6 address in brackets.',
        )
      : advice(
          say(
            ours === 6
              ? 'This machine has addresses of IPv6 alone, and {0} is one of IPv4.'
              : 'This machine has addresses of IPv4 alone, and {0} is one of IPv6.',
            secret('address', address),
          ),
          'Ask for an address of the family that this machine has, or connect both to a network with both.',
        ),
  mdnsTaken: ({ interface: on }) =>
    advice(
      say('UDP port 5353 on {0} is taken by a program that does not share it.', secret('interface', on)),
      'End the other mDNS program or let it share the port; until then add peers by address.',
    ),
  mdnsFiltered: ({ interface: on }) =>
    advice(
      say('What is sent to UDP port 5353 on {0} does not come back: a firewall here drops it.', secret('interface', on)),
      'Allow UDP port 5353 in both directions (mDNS) in the firewall of this machine, or add peers by address.',
    ),
  mdnsFailed: ({ interface: on }) =>
    advice(
      say('Nothing can be sent to everybody on {0}.', secret('interface', on)),
      'Look whether that network is connected; until then add peers by address.',
    ),
  nobodyHeard: always(
    'Nobody else is heard on the network.',
    'See that your peers have chosen "network" too; guest and company Wi-Fi often keeps machines apart: try an address.',
  ),
  interfaceMissing: ({ interface: on }) =>
    advice(
      say('Peers are looked for on {0}, as the settings say, and this machine has no such interface.', secret('interface', on)),
      'Empty "ferry.network.interfaces", or name the interface of your network.',
    ),
  wrongInterface: ({ interface: on, there }) =>
    there === undefined
      ? advice(
          say('Peers are looked for on {0} alone, and other networks of this machine are left out.', secret('interface', on)),
          'Empty "ferry.network.interfaces", or name the interface of your network.',
        )
      : advice(
          say('Peers are looked for on {0} alone, and this peer is on {1}.', secret('interface', on), secret('interface', there)),
          'Empty "ferry.network.interfaces", or name the interface that leads to the peer.',
        ),
  peerNotHeard: always(
    'The peer answers at its address, but discovery does not hear it.',
    'Its discovery is hidden, or UDP port 5353 is dropped on the way or there: keep its address, it works.',
  ),
  listenerFiltered: ({ address, port }) =>
    advice(
      say('TCP port {0} of this window is not reached at {1}: a firewall here drops it.', port, secret('address', address)),
      say('Allow incoming TCP to port {0} in the firewall; "ferry.network.port" makes it a fixed one.', port),
    ),
  firewall: ({ firewall, port }) =>
    advice(
      say('{0} is active on this machine. Whether it lets peers in cannot be seen from inside.', firewall),
      say('See that it allows UDP port 5353 and incoming TCP to port {0}.', port),
    ),
  vpn: ({ address, interface: on }) =>
    address === undefined
      ? advice(
          say('A VPN ({0}) carries what leaves this machine, and may keep the local network away.', secret('interface', on)),
          'Allow access to the local network in the VPN, or pause it; over the VPN itself add peers by their address there.',
        )
      : advice(
          say(
            'A VPN ({0}) takes the way to {1}, which is on the local network.',
            secret('interface', on),
            secret('address', address),
          ),
          'Allow access to the local network in the VPN (split tunnelling), or pause it.',
        ),
  tcpDenied: ({ address }) =>
    advice(
      say('This machine does not let Ferry connect to {0}.', secret('address', address)),
      'Allow outgoing connections of this editor in the firewall or security software of this machine.',
    ),
  tcpFiltered: ({ address }) =>
    advice(
      say('The machine at {0} does not answer on the port: a firewall there or on the way drops it.', secret('address', address)),
      'Allow incoming TCP to its port in the firewall over there (on Windows: on private networks).',
    ),
  apart: ({ address }) =>
    advice(
      say('Nothing answers at {0}, although it is on the same network.', secret('address', address)),
      'The machine is off or has another address now, or the network keeps its machines apart, as guest Wi-Fi does: use another.',
    ),
  elsewhere: ({ address }) =>
    advice(
      say('No way leads to {0}: it is on no network of this machine.', secret('address', address)),
      'Connect both to the same network or VPN, and use the address that the peer has there.',
    ),
  noAddress: always('No address of this peer is known.', 'Ask them to go online on the same network, or add their address.'),
  blockedHere: always('You have blocked this peer.', 'Run "Unblock Peer" on its row in the Peers view.'),
  rejectedThere: always(
    'The peer takes no requests from you.',
    'You are blocked there, or unknown and they refuse that: ask them.',
  ),
  nameUnknown: ({ address }) =>
    advice(say('The name {0} is not known on this network.', secret('address', address)), 'Check it, or use the IP address.'),
  notListening: ({ address }) =>
    advice(
      say('The machine at {0} answers, but nothing listens on that port.', secret('address', address)),
      'Their editor is closed or offline, or its port is another one now; a fixed "ferry.network.port" there keeps it.',
    ),
  noFerry: ({ address }) =>
    advice(
      say('What answers at {0} is not Ferry.', secret('address', address)),
      'Check the port: the tooltip of their status bar shows it. A proxy or a filter that inspects TLS may stand between.',
    ),
  ownAddress: ({ address }) =>
    advice(
      say('{0} leads to a window of your own.', secret('address', address)),
      'The peer has another address or port now: ask for it, or for their invite.',
    ),
  clonedIdentity: ({ address }) =>
    advice(
      say('The machine at {0} has your own identity.', secret('address', address)),
      'If it is not yours, it was copied with a disk or a profile: that one must begin with an identity of its own.',
    ),
  keyChanged: ({ address, expected, found }) =>
    advice(
      say(
        'Another key answers at {0}: {1} instead of {2}.',
        secret('address', address),
        secret('peer ID', fingerprintOf(found)),
        secret('peer ID', fingerprintOf(expected)),
      ),
      'Another machine has the address now, or they have a new identity: compare fingerprints before you trust it.',
    ),
  versionsDiffer: ({ ours, theirs, speaks }) => {
    const versions =
      theirs === undefined
        ? say('They run another version of Ferry than you, who run {0}.', ours)
        : say('They run Ferry {0}, and you run {1}.', theirs, ours);
    return speaks
      ? advice(versions, 'That works; what only the newer one can do is not offered.')
      : advice('The peer speaks another version of the protocol.', 'Use the same version of Ferry on both sides.');
  },
};
