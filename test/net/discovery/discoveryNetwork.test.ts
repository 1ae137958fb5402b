// Discovery across a network: two namespaces with a cable between them.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { ids } from '../../support/discovering.ts';
import { peerProcess } from '../../support/discoveryProcess.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { type Cable, layCable, noNamespaces, runIn } from '../../support/namespaces.ts';
import { skip } from '../../support/skipping.ts';

describe('discovery between two network namespaces (needs root, ip from iproute2, and network namespaces)', () => {
  let cable: Cable | undefined;
  afterEach(() => {
    cable?.remove();
    cable = undefined;
  });

  function laid(context: Mocha.Context, leftAddresses: readonly string[], rightAddresses: readonly string[]): Cable {
    try {
      cable = layCable('n', leftAddresses, rightAddresses);
      return cable;
    } catch {
      return skip(context, noNamespaces);
    }
  }

  it('finds a window across the network, follows a new address, survives a dead link, and keeps loopback to itself', async function () {
    const { left, right, ip } = laid(this, ['10.99.0.1/24'], ['10.99.0.2/24']);
    const common = { mdnsPort: await freeUdpPort(), soonestMs: 200 };
    const here = peerProcess({ ...common, idPrefix: ids[0], port: 5000, scope: 'network' }, left);
    const there = peerProcess({ ...common, idPrefix: ids[1], port: 5001, scope: 'network' }, right);
    const quiet = peerProcess({ ...common, idPrefix: ids[2], port: 5002, scope: 'loopback' }, right);
    try {
      await here.reports((report) => report.includes('"host":"10.99.0.2","port":5001'));
      await there.reports((report) => report.includes('"host":"10.99.0.1","port":5000') && report.includes(ids[2]));
      await quiet.reports((report) => report.includes(`"idPrefix":"${ids[1]}","address":{"host":"127.0.0.1"`));
      ip('-n', right, 'address', 'add', '10.99.0.3/24', 'dev', 'veth0');
      ip('-n', right, 'address', 'delete', '10.99.0.2/24', 'dev', 'veth0');
      ip('-n', right, 'address', 'replace', '10.99.0.3/24', 'dev', 'veth0');
      await here.reports((report) => report.includes('"host":"10.99.0.3","port":5001'));
      ip('-n', right, 'link', 'set', 'veth0', 'down');
      await there.reports((report) => report.includes('interfaceMissing'));
      ip('-n', right, 'link', 'set', 'veth0', 'up');
      await there.reports((report) => !report.includes('degraded') && report.includes('"host":"10.99.0.1"'));
      assert.equal(here.everything().includes(ids[2]), false, 'a window on loopback was heard on the network');
      assert.equal(quiet.everything().includes(ids[0]), false, 'a window on loopback heard the network');
    } finally {
      await Promise.all([here.end(), there.end(), quiet.end()]);
    }
  });

  for (const [what, leftAddresses, rightAddresses, expected] of [
    ['link-local', [], [], /^reached \S+ fe80:[0-9a-f:]+%veth0$/],
    ['unique local', ['fd00:99::1/64'], ['fd00:99::2/64'], /^reached \S+ f[de][0-9a-f:]+(%veth0)?$/],
  ] as const) {
    it(`finds a peer and sends it a file where there are ${what} addresses of IPv6 alone`, async function () {
      const { left, right } = laid(this, leftAddresses, rightAddresses);
      const port = String(await freeUdpPort());
      const receiver = runIn(right, process.execPath, ...quiet, program, port, 'receive');
      const [, id = ''] = await receiver.writes(/^online (\S+)$/);
      const sender = runIn(left, process.execPath, ...quiet, program, port, 'send', id);
      try {
        await sender.writes(expected);
        await sender.writes(/^delivered$/);
        await receiver.writes(/^received over-ipv6\.txt ferried$/);
      } finally {
        await Promise.all([sender.end(), receiver.end()]);
      }
    });
  }
});

const quiet = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];
const program = fileURLToPath(new URL('../../support/networkChild.ts', import.meta.url));
