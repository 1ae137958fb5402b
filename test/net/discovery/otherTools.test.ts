// Discovery as other people's tools see it: Avahi and python-zeroconf, in network namespaces that this test makes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { ids } from '../../support/discovering.ts';
import { peerProcess } from '../../support/discoveryProcess.ts';
import { type Cable, layCable, missingPrograms, noNamespaces, runIn } from '../../support/namespaces.ts';
import { skip } from '../../support/skipping.ts';

const busConfig = `<busconfig>
<type>custom</type><listen>unix:path=/run/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/** Avahi with a bus and a run folder of its own; says what it browses until its input ends. */
const avahi = `
PATH=$PATH:/usr/sbin
mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && echo "$1" > /run/bus.conf
dbus-daemon --config-file=/run/bus.conf --nofork & bus=$!
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus
until [ -S /run/bus ]; do sleep 0.05; done
avahi-daemon --no-drop-root --no-chroot --no-rlimits 2> /dev/null & avahi=$!
until avahi-daemon --check; do sleep 0.05; done
stdbuf -oL avahi-browse --all --parsable --resolve --no-db-lookup & browse=$!
read -r _
kill $browse $avahi $bus
wait`;

const zeroconf = `
import sys, zeroconf
class Listener:
    def add_service(self, zc, kind, name):
        info = zc.get_service_info(kind, name)
        texts = sorted(k.decode() + '=' + v.decode() for k, v in info.properties.items())
        print('+', name, info.port, ','.join(info.parsed_addresses()), *texts, flush=True)
    def update_service(self, zc, kind, name):
        pass
    def remove_service(self, zc, kind, name):
        print('-', name, flush=True)
zc = zeroconf.Zeroconf()
print('types', *zeroconf.ZeroconfServiceTypes.find(zc=zc, timeout=5), flush=True)
browser = zeroconf.ServiceBrowser(zc, '_ferry._tcp.local.', Listener())
sys.stdin.read()
zc.close()
`;

function missingForZeroconf(): readonly string[] {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import zeroconf'], { stdio: 'pipe' });
    return [];
  } catch {
    return ['python3-zeroconf'];
  }
}

describe('discovery as other tools see it (needs root, and programs that are named where they are missing)', () => {
  let cable: Cable | undefined;
  afterEach(() => {
    cable?.remove();
    cable = undefined;
  });

  /** Lays a cable, or says what is missing and skips the test. */
  function laid(context: Mocha.Context, missing: readonly string[]): Cable {
    let reason = missing.join(' and ');
    try {
      if (reason === '') cable = layCable('t', ['10.99.1.1/24'], ['10.99.1.2/24']);
    } catch {
      reason = noNamespaces;
    }
    if (cable !== undefined) return cable;
    return skip(context, reason);
  }

  const window = { idPrefix: ids[0], port: 5000, mdnsPort: 5353, soonestMs: 200, scope: 'network' };
  const instance = `${ids[0].slice(0, 8)}-[A-Z2-7]{8}`;

  it('is listed, resolved and dropped again by Avahi, over IPv4 and IPv6, to one who asks for all types of service', async function () {
    const { left, right } = laid(this, missingPrograms('ip', 'unshare', 'dbus-daemon', 'avahi-daemon', 'avahi-browse', 'stdbuf'));
    const ferry = peerProcess(window, left);
    await ferry.reports((report) => report.includes('veth0'));
    const tool = runIn(right, 'sh', '-c', avahi, 'sh', busConfig);
    try {
      for (const family of ['IPv4', 'IPv6']) {
        const resolved = `^=;veth0;${family};(${instance});_ferry._tcp;local;[a-z2-7]{8}.local;([0-9a-f.:]+);5000;(.*)$`;
        const [, name, address, texts] = await tool.writes(new RegExp(resolved));
        assert.match(name ?? '', new RegExp(`^${instance}$`));
        assert.match(address ?? '', /^10\.99\.1\.1$|^fe80:/);
        assert.deepEqual(texts?.split(' ').toSorted(), [`"id=${ids[0]}"`, '"v=1"']);
      }
      await ferry.end();
      for (const family of ['IPv4', 'IPv6']) await tool.writes(new RegExp(`^-;veth0;${family};${instance};_ferry._tcp;local$`));
    } finally {
      await Promise.all([tool.end(), ferry.end()]);
    }
  });

  it('is listed, resolved and dropped again by python-zeroconf', async function () {
    const { left, right } = laid(this, [...missingPrograms('ip', 'unshare'), ...missingForZeroconf()]);
    const ferry = peerProcess(window, left);
    await ferry.reports((report) => report.includes('veth0'));
    const tool = runIn(right, '/usr/bin/python3', '-c', zeroconf);
    try {
      await tool.writes(/^types .*_ferry\._tcp\.local\./);
      const [, addresses, texts] = await tool.writes(new RegExp(`^\\+ ${instance}\\._ferry\\._tcp\\.local\\. 5000 (\\S+) (.*)$`));
      assert.ok(addresses?.split(',').includes('10.99.1.1'), addresses);
      assert.equal(texts, `id=${ids[0]} v=1`);
      await ferry.end();
      await tool.writes(new RegExp(`^- ${instance}\\._ferry\\._tcp\\.local\\.$`));
    } finally {
      await Promise.all([tool.end(), ferry.end()]);
    }
  });
});
