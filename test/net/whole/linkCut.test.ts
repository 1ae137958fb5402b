// The link between two machines goes down in the middle of a transfer and comes back: it goes on by itself.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { type Cable, device, layCable, noNamespaces, type Running, runIn } from '../../support/namespaces.ts';
import { skip } from '../../support/skipping.ts';

const program = fileURLToPath(new URL('../../support/linkChild.ts', import.meta.url));
const words = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', program];

describe('A transfer whose link goes down (needs root, ip from iproute2, and network namespaces)', () => {
  let cable: Cable | undefined;
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.end()));
    cable?.remove();
    cable = undefined;
  });

  const start = (side: string, ...more: readonly string[]): Running => {
    const one = runIn(side, process.execPath, ...words, ...more);
    running.push(one);
    return one;
  };
  const laid = (context: Mocha.Context): Cable => {
    try {
      return (cable = layCable('c', ['10.98.0.1/24'], ['10.98.0.2/24']));
    } catch {
      return skip(context, noNamespaces);
    }
  };

  for (const [name, isNoticed] of [
    ['for a moment', false],
    ['until the receiver does not expect it any more (takes half a minute: with FERRY_LONG=1)', true],
  ] as const) {
    it(`${name} goes on by itself, and arrives whole`, async function () {
      if (isNoticed && process.env['FERRY_LONG'] !== '1') skip(this, 'FERRY_LONG=1');
      this.timeout(180_000);
      const { left, right, ip } = laid(this);
      const receiver = start(right, 'receive');
      const [, id = '', port = ''] = await receiver.writes(/^online (\S+) (\d+)$/);
      const sender = start(left, 'send', id, '10.98.0.2', port);
      await sender.writes(/^half$/);
      ip('-n', right, 'link', 'set', device, 'down');
      sender.tell('go on');
      if (isNoticed) await receiver.writes(/^paused$/);
      ip('-n', right, 'link', 'set', device, 'up');
      await sender.writes(/^ended "delivered"$/);
      const [[, sent], [, received]] = await Promise.all([sender.writes(/^digest (\w+)$/), receiver.writes(/^digest (\w+)$/)]);
      assert.equal(received, sent);
    });
  }
});
