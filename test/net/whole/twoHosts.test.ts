// Two machines with addresses of their own, a cable between them, and command lines on both: what is there is found; files,
// folders and messages go over; and what moves goes on when the link was down, and when a machine has got another address.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endFerries, type Fact, type Ferry, factsIn, runFerry, startFerry } from '../../support/cliProcess.ts';
import { type Cable, device, layCable, noNamespaces, slow } from '../../support/namespaces.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

/** What moves is in the middle for seconds, however fast the machine is. */
const rate = '160mbit';
const large = randomBytes(64 * 2 ** 20);

const isMoving = ({ moved, total }: Fact): boolean => Number(moved) > 0 && Number(moved) < Number(total);

describe('Two machines (needs root, ip and tc of iproute2, and network namespaces)', function () {
  this.timeout(180_000);
  let cable: Cable | undefined;
  let folder = '';
  let into = '';

  // Bob is on the left. On the right, Alice shares a folder, and Carol receives.
  const dataOf = (name: string): string => join(folder, `data-${name}`);
  const here = (name: string, ...words: readonly string[]): Promise<Ferry> => {
    const namespace = name === 'bob' ? cable?.left : cable?.right;
    return startFerry([...words, '--json'], {
      data: dataOf(name),
      name,
      ...(namespace === undefined ? {} : { namespace }),
    });
  };
  /** Runs a command of Bob's to its good end, and gives its facts. */
  const bob = async (...words: readonly string[]): Promise<readonly Fact[]> => over(await here('bob', ...words));
  const over = async (ferry: Ferry): Promise<readonly Fact[]> => {
    assert.equal(await ferry.ended, 0, ferry.stdout() + ferry.stderr());
    return factsIn(ferry.stdout());
  };
  const got = (name: string): Promise<Buffer> => readFile(join(into, name));
  const received = (name: string): Promise<Buffer> => readFile(join(folder, 'received', name));

  before(async function () {
    try {
      cable = layCable('w', ['10.97.0.1/24'], ['10.97.0.2/24']);
      slow(cable, rate);
      // A machine that has lost its address is to be out of reach.
      for (const side of [cable.left, cable.right]) cable.ip('-n', side, '-6', 'address', 'flush', 'dev', device);
    } catch {
      skip(this, noNamespaces);
    }
    folder = await tempFolder();
    await mkdir(join(folder, 'docs', 'inner'), { recursive: true });
    await writeFile(join(folder, 'docs', 'inner', 'a.txt'), 'a\n');
    await writeFile(join(folder, 'docs', 'large.bin'), large);
    const invite = async (data: string): Promise<string> => (await runFerry(['invite'], { data })).stdout.trim();
    for (const name of ['alice', 'carol']) {
      await runFerry(['trust', await invite(dataOf(name))], { data: dataOf('bob') });
      await runFerry(['trust', await invite(dataOf('bob'))], { data: dataOf(name) });
    }
  });
  beforeEach(async () => {
    into = await tempFolder();
    await (await here('alice', 'share', join(folder, 'docs'))).fact('sharing');
    await (await here('carol', 'receive', '--into', join(folder, 'received'))).fact('listening');
  });
  afterEach(endFerries);
  after(async () => {
    cable?.remove();
    await removeTempFolders();
  });

  it('find each other, and carry files, folders and messages', async () => {
    const peers = await bob('peers', '--timeout', '5');
    assert.deepEqual(
      peers.map(({ name, trust, addresses }) => [name, trust, String(addresses).replace(/:\d+$/, '')]).toSorted(),
      [
        ['alice', 'paired', '10.97.0.2'],
        ['carol', 'paired', '10.97.0.2'],
      ],
    );
    assert.deepEqual(
      (await bob('list', 'alice', 'docs')).map(({ name, size }) => [name, size]),
      [
        ['inner', null],
        ['large.bin', large.length],
      ],
    );
    await bob('get', 'alice', 'docs/inner/a.txt', '--into', into);
    await bob('get', 'alice', 'docs', '--into', into);
    assert.deepEqual((await readdir(into)).toSorted(), ['a.txt', 'docs']);
    assert.deepEqual(await got('docs/large.bin'), large);
    assert.equal(String(await got('a.txt')), 'a\n');
    await bob('send', join(folder, 'docs'), join(folder, 'docs', 'inner', 'a.txt'), '--to', 'carol');
    assert.deepEqual(await received('docs/large.bin'), large);
    assert.equal(String(await received('docs/inner/a.txt')), 'a\n');
    assert.equal(String(await received('a.txt')), 'a\n');
    await bob('message', 'carol', 'hello', 'there');
  });

  for (const [what, happens] of [
    [
      'when the link was down',
      ({ ip, right }) => {
        ip('-n', right, 'link', 'set', device, 'down');
        return () => ip('-n', right, 'link', 'set', device, 'up');
      },
    ],
    [
      'at the new address of a machine that has lost its own',
      ({ ip, right }) => {
        ip('-n', right, 'address', 'delete', '10.97.0.2/24', 'dev', device);
        return () => ip('-n', right, 'address', 'add', '10.97.0.3/24', 'dev', device);
      },
    ],
  ] satisfies readonly (readonly [string, (cable: Cable) => () => void])[]) {
    it(`go on with what is sent and what is got ${what}`, async function () {
      if (cable === undefined) skip(this, noNamespaces);
      // It takes a minute until a sender knows that its address is gone.
      if (what.startsWith('at the new') && process.env['FERRY_LONG'] !== '1') skip(this, 'FERRY_LONG=1');
      const name = `large ${what}.bin`;
      await writeFile(join(folder, name), large);
      const sending = await here('bob', 'send', join(folder, name), '--to', 'carol');
      const getting = await here('bob', 'get', 'alice', 'docs/large.bin', '--into', into);
      const both = [sending, getting];
      await Promise.all(both.map((one) => one.fact('progress', isMoving)));
      const undo = happens(cable);
      for (const one of both) assert.doesNotMatch(one.stdout(), /"(sent|received)"/);
      undo();
      await Promise.all(both.map(over));
      assert.deepEqual(await received(name), large);
      assert.deepEqual(await got('large.bin'), large);
      assert.deepEqual(await readdir(into), ['large.bin']);
    });
  }
});
