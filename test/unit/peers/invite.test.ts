// Invites: the addresses that stand in them. How they are written is in the test of addresses.

import assert from 'node:assert/strict';

import { type HostAddress, inviteHosts } from '../../../src/core/peers/invite.ts';

const at = (name: string, host: string): HostAddress => ({
  ...{ interface: name, host, isIpv4: !host.includes(':') },
  internal: name === 'lo',
});
const machine = [
  at('lo', '127.0.0.1'),
  at('docker0', '172.17.0.1'),
  at('br-0123456789ab', '172.18.0.1'),
  at('veth1a2b', '169.254.7.7'),
  at('virbr0', '192.168.122.1'),
  at('vEthernet (WSL)', '172.20.0.1'),
  at('tun0', '10.8.0.2'),
  at('wlan0', 'fe80::1'),
  at('wlan0', '2001:db8::7'),
  at('wlan0', '192.168.1.7'),
  at('eth0', '10.0.0.7'),
];

describe('The addresses of an invite', () => {
  it('are those of the network first, then those of tunnels, and never those of bridges to containers', () => {
    assert.deepEqual(inviteHosts(machine, { isOnNetwork: true, interfaces: [] }), [
      '192.168.1.7',
      '10.0.0.7',
      '2001:db8::7',
      '10.8.0.2',
    ]);
  });

  it('are those of the interfaces that the person chose, whatever they are', () => {
    assert.deepEqual(inviteHosts(machine, { isOnNetwork: true, interfaces: ['docker0', '10.0.0.7'] }), [
      '172.17.0.1',
      '10.0.0.7',
    ]);
  });

  it('are loopback alone where nobody else can reach this window, or there is no network', () => {
    assert.deepEqual(inviteHosts(machine, { isOnNetwork: false, interfaces: [] }), ['127.0.0.1']);
    assert.deepEqual(inviteHosts(machine.slice(0, 2), { isOnNetwork: true, interfaces: [] }), ['127.0.0.1']);
  });
});
