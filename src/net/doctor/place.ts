// Where Ferry runs, as far as files of the system tell: inside a container, inside WSL, behind which firewall, and which hardware
// of the network has answered.

import type { Firewall } from '../../core/doctor/facts.ts';
import type { DoctorSystem } from './system.ts';

type Reads = Pick<DoctorSystem, 'platform' | 'read'>;

/** Whether this is a container: what its makers leave in it, or the groups of the first process. */
export async function isContainer({ platform, read }: Reads): Promise<boolean> {
  if (platform !== 'linux') return false;
  const [docker, podman, groups = ''] = await Promise.all(['/.dockerenv', '/run/.containerenv', '/proc/1/cgroup'].map(read));
  return docker !== undefined || podman !== undefined || /\b(?:docker|kubepods|containerd|libpod|lxc)\b/.test(groups);
}

/** Whether this is Linux inside Windows. */
export async function isWsl({ platform, read }: Reads): Promise<boolean> {
  return platform === 'linux' && /microsoft/i.test((await read('/proc/version')) ?? '');
}

/** The firewalls that are active as far as anybody may see: only root can read their rules. */
export async function firewallsOf({ platform, read }: Reads): Promise<readonly Firewall[]> {
  if (platform === 'win32') return ['Windows Defender Firewall'];
  if (platform !== 'linux') return [];
  const [ufw = '', firewalld, tables = '', modules = ''] = await Promise.all(
    ['/etc/ufw/ufw.conf', '/run/firewalld.pid', '/proc/net/ip_tables_names', '/proc/modules'].map(read),
  );
  const found: Firewall[] = [];
  if (/^ENABLED=yes$/im.test(ufw)) found.push('ufw');
  if (firewalld !== undefined) found.push('firewalld');
  if (found.length > 0) return found;
  if (/^filter$/m.test(tables)) found.push('iptables');
  // A table that nobody uses is no sign; one with chains has more users.
  if (/^nf_tables \d+ [1-9]/m.test(modules)) found.push('nftables');
  return found;
}

/** Whether hardware has answered for an address of IPv4 on the local network; undefined where the system does not tell. */
export async function isThere({ platform, read }: Reads, ip: string): Promise<boolean | undefined> {
  if (platform !== 'linux' || ip.includes(':')) return undefined;
  const table = await read('/proc/net/arp');
  const [, flags = '0x0'] =
    table
      ?.split('\n')
      .map((line) => line.split(/ +/))
      .find(([address]) => address === ip)
      ?.slice(1) ?? [];
  // ATF_COM of linux/if_arp.h: the entry is complete.
  return table === undefined ? undefined : (Number(flags) & 0x2) !== 0;
}
