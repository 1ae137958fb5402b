// The test mode of discovery: which ports it takes, and that a window on another port hears nothing of those on the usual one.

import assert from 'node:assert/strict';

import { testMdnsPort } from '../../../src/net/discovery/testPort.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { eventually, removeTempFolders } from '../../support/temp.ts';

describe('The port for tests', () => {
  afterEach(removeTempFolders);

  const table: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['45353', 45_353],
    ['1024', 1024],
    ['65535', 65_535],
    ['1023', undefined],
    ['53', undefined],
    ['65536', undefined],
    ['0', undefined],
    ['-45353', undefined],
    ['45353.5', undefined],
    ['4e4', undefined],
    [' 45353', undefined],
    ['0x1000', undefined],
    ['on', undefined],
  ];
  for (const [text, port] of table) {
    it(`is ${port ?? 'not taken'} from ${JSON.stringify(text)}`, () =>
      assert.equal(testMdnsPort({ FERRY_TEST_MDNS_PORT: text }), port));
  }

  it('keeps the peers of one run from those of another', async () => {
    const elsewhere = await headlessPeer({ mdnsPort: await freeUdpPort() });
    const [one, other] = [await headlessPeer(), await headlessPeer()];
    const { directory, discovery } = one.online;
    await eventually(directory.onDidChange, () => directory.near.peers > 0 || undefined, 'the other peer is heard');
    assert.deepEqual(
      discovery.sightings().map(({ address }) => address.port),
      [other.online.port],
    );
    await Promise.all([elsewhere, one, other].map((peer) => peer.stop()));
  });
});
