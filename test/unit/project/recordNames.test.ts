// The search for names in packets: it finds what got out, and is not led astray by a machine that is called as Ferry is.

import assert from 'node:assert/strict';

import { announcement } from '../../support/mdnsFlood.ts';
import { namesIn } from '../../support/recordNames.ts';

const known = ['AAAAAAAABBBBBBBB', 'AAAAAAAA'];
const packet = (target = 'cccccccc.local', text = 'id=AAAAAAAABBBBBBBB'): Buffer =>
  announcement({ instance: 'AAAAAAAA-BCDEFGH2', port: 5000, text: ['v=1', text], target });

describe('Names in a packet', () => {
  for (const name of ['ferry', '_ferry', 'Ferry', 'local', 'LOCAL', 'aaaaaaaa', 'AAAAAAAABBBBBBBB', 'tcp', 'Übung 1', 'root']) {
    it(`are none where machine, user or folder is called ${name}`, () => assert.deepEqual(namesIn(packet(), [name], known), []));
  }

  for (const [where, told, name] of [
    ['the label of a host', packet('machine7.local'), 'machine7'],
    ['the label of a host, in another case', packet('machine7.local'), 'MACHINE7'],
    ['a part of a label', packet('ada-ferry-pc.local'), 'ferry'],
    ['a text', packet(undefined, 'user=wilhelmine'), 'wilhelmine'],
    ['a text that is not in ASCII', packet(undefined, 'dir=Übungen'), 'übungen'],
    ['bytes of no text', Buffer.concat([packet(), Buffer.from('\u0001\u0000wilhelmine')]), 'wilhelmine'],
  ] as const) {
    it(`are found in ${where}`, () => assert.deepEqual(namesIn(told, ['nobody', name], known), [name]));
  }
});
