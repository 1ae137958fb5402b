// Discovery across a network: two namespaces with a cable between them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { ids } from '../../support/discovering.ts';
import { peerProcess } from '../../support/discoveryProcess.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { skip } from '../../support/skipping.ts';

describe('discovery between two network namespaces (needs root, ip from iproute2, and network namespaces)', () => {
  const [left, right] = [`ferry-${process.pid}-l`, `ferry-${process.pid}-r`];
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });

  before(function () {
    try {
      for (const name of [left, right]) ip('netns', 'add', name);
      ip('-n', left, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth0', 'netns', right);
      for (const [name, address] of [
        [left, '10.99.0.1/24'],
        [right, '10.99.0.2/24'],
      ] as const) {
        ip('-n', name, 'address', 'add', address, 'dev', 'veth0');
        for (const device of ['lo', 'veth0']) ip('-n', name, 'link', 'set', device, 'up');
      }
    } catch (error) {
      skip(this, `root, or ip of iproute2, or network namespaces (${String(error).split('\n')[0] ?? ''})`);
    }
  });
  after(() => {
    for (const name of [left, right]) {
      try {
        ip('netns', 'delete', name);
      } catch {
        // It was never made.
      }
    }
  });

  it('finds a window across the network, follows a new address, survives a dead link, and keeps loopback to itself', async () => {
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
});
