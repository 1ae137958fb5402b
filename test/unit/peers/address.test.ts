// Addresses as people type them.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { isFerryError } from '../../../src/core/base/errors.ts';
import { formatAddress, parseAddress } from '../../../src/core/peers/address.ts';

describe('An address', () => {
  const taken: readonly (readonly [string, string, number])[] = [
    ['192.168.1.20:47001', '192.168.1.20', 47_001],
    ['localhost:1', 'localhost', 1],
    ['  ada.local:65535\n', 'ada.local', 65_535],
    ['[::1]:8080', '::1', 8080],
    ['[fe80::1%eth0]:8080', 'fe80::1%eth0', 8080],
    ['[::ffff:10.0.0.1]:8080', '::ffff:10.0.0.1', 8080],
    ['my_host-2.example.:8080', 'my_host-2.example.', 8080],
    ['büro.local:08080', 'büro.local', 8080],
  ];
  for (const [text, host, port] of taken) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseAddress(text), { host, port });
      assert.deepEqual(parseAddress(formatAddress({ host, port })), { host, port });
    });
  }

  const refused: readonly (readonly [string, 'form' | 'host' | 'port'])[] = [
    ['', 'form'],
    ['192.168.1.20', 'form'],
    ['192.168.1.20:', 'form'],
    [':8080', 'form'],
    ['::1:8080', 'form'],
    ['[::1]', 'form'],
    ['[::1]8080', 'form'],
    ['a:b:8080', 'form'],
    ['a b:8080', 'form'],
    ['a:-1', 'form'],
    ['a:+1', 'form'],
    ['a:1e3', 'form'],
    ['a:0x50', 'form'],
    ['a:８０', 'form'],
    ['a:123456', 'form'],
    ['http://a:8080', 'form'],
    ['a/b:8080', 'form'],
    ['ada@host:8080', 'form'],
    ['a:8080/path', 'form'],
    ['a:8080\nb:1', 'form'],
    ['[a b]:1', 'form'],
    ['a:0', 'port'],
    ['a:65536', 'port'],
    ['a:99999', 'port'],
    ['[10.0.0.1]:8080', 'host'],
    ['-a:8080', 'host'],
    ['.:8080', 'host'],
    ['a\u0000:8080', 'host'],
    ['a\u202e:8080', 'host'],
    ['$(x):8080', 'host'],
    [`${'a'.repeat(254)}:8080`, 'host'],
  ];
  for (const [text, reason] of refused) {
    it(`is refused in ${JSON.stringify(text.slice(0, 40))} for its ${reason}`, () => {
      assert.throws(() => parseAddress(text), { name: 'FerryError', code: 'ERR_ADDRESS_INVALID', detail: { reason } });
    });
  }

  it('is read from any text or refused with its own code', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.tuple(fc.string(), fc.nat(70_000)).map((pair) => pair.join(':')),
        ),
        (text) => {
          try {
            const address = parseAddress(text);
            assert.deepEqual(parseAddress(formatAddress(address)), address);
          } catch (error) {
            assert.ok(isFerryError(error) && error.code === 'ERR_ADDRESS_INVALID');
          }
        },
      ),
    );
  });
});
