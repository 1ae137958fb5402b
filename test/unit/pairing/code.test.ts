// Commitment and code: known answers, worked out without Ferry, and that every input counts.

import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';

import { type CodeInput, codeOf, commitmentOf, newNonce } from '../../../src/core/pairing/code.ts';
import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import { exportedOf, mallory } from './helpers.ts';

/** The IDs of two keys whose SPKI hashes are the SHA-256 of "ada" and of "grace"; the bytes count up from 0. */
const initiator = parsePeerId('7XXEGDH-KAXVL5N-52WBQ3N-GZPEADH-HUHQN62-IJVCAG4-47HG44X-L2W7D5G-KAUQZ');
const responder = parsePeerId('4AIP2HW-HBVTAXL-HY5UQNW-NXMNPY3-2RQA252-2INEICQ-VW24W6S-25PCKW2-JG5AG');
const vector: CodeInput = {
  initiator,
  responder,
  initiatorNonce: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  responderNonce: 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8',
  exportedKey: Uint8Array.from({ length: 32 }, (_, index) => 64 + index),
};

/** The same arithmetic, written once more on another library. */
function independently(input: CodeInput): { readonly commitment: string; readonly code: string } {
  const [first, second] = [Buffer.from(input.initiatorNonce, 'base64url'), Buffer.from(input.responderNonce, 'base64url')];
  const ids = Buffer.from(input.initiator + input.responder, 'ascii');
  const commitment = createHash('sha256').update('Ferry pairing 1 commitment').update(first).update(ids).digest('base64url');
  const mac = createHmac('sha256', Buffer.concat([first, second]))
    .update('Ferry pairing 1 code')
    .update(ids)
    .update(input.exportedKey)
    .digest();
  return { commitment, code: (mac.readBigUInt64BE() % 1_000_000n).toString().padStart(6, '0') };
}

const anyInput = (): CodeInput => ({
  ...vector,
  initiatorNonce: randomBytes(32).toString('base64url'),
  responderNonce: randomBytes(32).toString('base64url'),
  exportedKey: randomBytes(32),
});

describe('A commitment', () => {
  it('has its known answer', async () => {
    assert.equal(await commitmentOf(vector.initiatorNonce, vector), 'DJrfVxOpSlubpVn6B0nSjonC1e8IWcN88xGvUyWZM6s');
  });

  it('is SHA-256 over label, nonce and both IDs, as another library has it', async () => {
    for (let time = 0; time < 100; time += 1) {
      const input = anyInput();
      assert.equal(await commitmentOf(input.initiatorNonce, input), independently(input).commitment);
    }
  });

  it('is another for another nonce, another ID, and the roles exchanged', async () => {
    const all = await Promise.all([
      commitmentOf(vector.initiatorNonce, vector),
      commitmentOf(vector.responderNonce, vector),
      commitmentOf(vector.initiatorNonce, { initiator: mallory, responder }),
      commitmentOf(vector.initiatorNonce, { initiator, responder: mallory }),
      commitmentOf(vector.initiatorNonce, { initiator: responder, responder: initiator }),
    ]);
    assert.equal(new Set(all).size, all.length);
  });
});

describe('A code', () => {
  it('has its known answer, with the zero that it begins with', async () => {
    assert.equal(await codeOf(vector), '076826');
  });

  it('keeps two zeros in front', async () => {
    const exportedKey = new Uint8Array(32).fill(88, 0, 31);
    assert.equal(await codeOf({ ...vector, exportedKey }), '008860');
  });

  it('is HMAC-SHA256 under both nonces over label, IDs and exported key, as another library has it', async () => {
    for (let time = 0; time < 100; time += 1) {
      const input = anyInput();
      assert.equal(await codeOf(input), independently(input).code);
    }
  });

  const changes: readonly (readonly [string, Partial<CodeInput>])[] = [
    ['the nonce of the initiator', { initiatorNonce: vector.responderNonce }],
    ['the nonce of the responder', { responderNonce: vector.initiatorNonce }],
    ['the order of the nonces', { initiatorNonce: vector.responderNonce, responderNonce: vector.initiatorNonce }],
    ['the initiator', { initiator: mallory }],
    ['the responder', { responder: mallory }],
    ['the roles', { initiator: responder, responder: initiator }],
    ['the connection', { exportedKey: exportedOf(1) }],
  ];
  for (const [what, change] of changes) {
    it(`depends on ${what}`, async () => {
      assert.notEqual(await codeOf({ ...vector, ...change }), await codeOf(vector));
    });
  }

  it('spreads evenly: each first digit comes in a tenth of 2 000 codes, give or take six standard deviations', async () => {
    const counts = new Map<string, number>();
    for (let time = 0; time < 2_000; time += 1) {
      const code = await codeOf({ ...vector, exportedKey: exportedOf(time) });
      assert.match(code, /^\d{6}$/);
      counts.set(code.charAt(0), (counts.get(code.charAt(0)) ?? 0) + 1);
    }
    assert.equal(counts.size, 10);
    for (const [digit, count] of counts)
      assert.ok(Math.abs(count - 200) < 6 * Math.sqrt(2_000 * 0.1 * 0.9), `${digit}: ${count}`);
  });

  it('is not made of parts that have another length', async () => {
    await assert.rejects(codeOf({ ...vector, exportedKey: new Uint8Array(31) }), TypeError);
    for (const nonce of ['', 'AAAA', `${vector.initiatorNonce}A`, `${vector.initiatorNonce}=`]) {
      await assert.rejects(codeOf({ ...vector, initiatorNonce: nonce }), TypeError);
      await assert.rejects(commitmentOf(nonce, vector), TypeError);
    }
  });
});

describe('A nonce', () => {
  it('is 32 bytes in base64url, and never the same', () => {
    const nonces = Array.from({ length: 200 }, newNonce);
    assert.equal(new Set(nonces).size, 200);
    for (const nonce of nonces) assert.equal(Buffer.from(nonce, 'base64url').length, 32);
    assert.ok(nonces.every((nonce) => /^[A-Za-z0-9_-]{43}$/.test(nonce)));
  });
});
