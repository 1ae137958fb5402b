// Whoever sits between two peers needs two codes that are the same. What such a one can do against the commitment, counted.
//
// A code of six digits is hit by chance once in a million; ten thousand tries would tell nothing about a defence, because the one
// that takes it away would still have to search a million nonces each time. The search is therefore for the last digit alone,
// which chance hits once in ten; whole codes are counted besides.

import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';

import { isFerryError } from '../../../src/core/base/errors.ts';
import type { PairingChannel } from '../../../src/core/pairing/channel.ts';
import { codeOf } from '../../../src/core/pairing/code.ts';
import { Pairings } from '../../../src/core/pairing/responder.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { ada, exportedOf, fakeChannel, grace, mallory, stateIn } from './helpers.ts';

const digitChance = 0.1;
/** Standard deviations of a binomial distribution that chance passes less than once in a million runs. */
const deviations = 5;
/** 0.01 whole codes are expected of 10 000 tries at one in a million; three or more come by chance once in six million runs. */
const wholeBound = 2;
/** Without the defence, a search of 24 finds the digit in 1 - 0.9^24 = 92 of 100 tries. */
const searched = 24;

type Attempt = {
  readonly nonce: string;
  readonly responderNonce: string;
  readonly exportedKey: Uint8Array;
};

/** The attacker's own arithmetic, which has no need to wait. */
function codeBy({ nonce, responderNonce, exportedKey }: Attempt, initiator: PeerId, responder: PeerId): string {
  const key = Buffer.concat([Buffer.from(nonce, 'base64url'), Buffer.from(responderNonce, 'base64url')]);
  const mac = createHmac('sha256', key).update(`Ferry pairing 1 code${initiator}${responder}`).update(exportedKey).digest();
  return (mac.readBigUInt64BE() % 1_000_000n).toString().padStart(6, '0');
}

const anyNonce = (): string => randomBytes(32).toString('base64url');
const anyCode = (): string => randomInt(1_000_000).toString().padStart(6, '0');

function commitmentBy(nonce: string): string {
  const hash = createHash('sha256').update('Ferry pairing 1 commitment').update(Buffer.from(nonce, 'base64url'));
  return hash.update(mallory + grace).digest('base64url');
}

/** Begins with Grace as Mallory does, then reveals what `choose` makes of it; gives the code that Grace is shown, if she is. */
async function attack(
  wanted: string,
  choose: (begun: Attempt, wanted: string) => { readonly nonce: string; readonly channel?: PairingChannel },
): Promise<string | undefined> {
  const pairings = new Pairings();
  const exportedKey = randomBytes(32);
  const channel = fakeChannel(exportedKey);
  const nonce = anyNonce();
  const peer = { id: mallory, name: 'Ada' };
  const begun = pairings.begin({ own: grace, peer, commitment: commitmentBy(nonce), channel });
  try {
    const attempt = { nonce, responderNonce: begun.nonce, exportedKey };
    const chosen = choose(attempt, wanted);
    await pairings.reveal(mallory, begun.id, chosen.nonce, chosen.channel ?? channel);
    return stateIn(pairings.find(begun.id), 'comparing').code;
  } catch (error) {
    assert.ok(isFerryError(error) && ['ERR_PAIRING_MISMATCH', 'ERR_MESSAGE_UNEXPECTED'].includes(error.code));
    return undefined;
  } finally {
    pairings.cancelAll();
  }
}

const fitsDigit = (code: string | undefined, wanted: string): boolean => code?.at(-1) === wanted.at(-1);

type Strategy = { readonly name: string; readonly tries: number; readonly choose: Parameters<typeof attack>[1] };

const strategies: readonly Strategy[] = [
  {
    name: 'nonces',
    tries: 10_000,
    choose: (begun, wanted) => {
      for (let n = 0; n < searched && !fitsDigit(codeBy(begun, mallory, grace), wanted); n += 1)
        begun = { ...begun, nonce: anyNonce() };
      return begun;
    },
  },
  {
    name: 'the keys of other connections',
    tries: 2_000,
    choose: (begun, wanted) => {
      if (fitsDigit(codeBy(begun, mallory, grace), wanted)) return begun;
      let other = begun;
      for (let n = 0; n < searched && !fitsDigit(codeBy(other, mallory, grace), wanted); n += 1) {
        other = { ...begun, exportedKey: randomBytes(32) };
      }
      return { ...begun, channel: fakeChannel(other.exportedKey) };
    },
  },
];

type Wins = { readonly tries: number; readonly digits: number; readonly whole: number };

/** Counts how often the code that came out is the wanted one, by its last digit and as a whole. A hundred tries run at a time. */
async function wins(tries: number, one: (wanted: string, n: number) => Promise<string | undefined>): Promise<Wins> {
  const count = { tries, digits: 0, whole: 0 };
  for (let n = 0; n < tries; n += 100) {
    const batch = Array.from({ length: 100 }, async (_, at) => {
      // What the other victim sees: fixed, and known to the attacker, before it has to choose.
      const wanted = anyCode();
      const code = await one(wanted, n + at);
      if (fitsDigit(code, wanted)) count.digits += 1;
      if (code === wanted) count.whole += 1;
    });
    await Promise.all(batch);
  }
  return count;
}

function assertNoBetterThanChance({ tries, digits, whole }: Wins): void {
  const bound = deviations * Math.sqrt(tries * digitChance * (1 - digitChance));
  assert.ok(Math.abs(digits - tries * digitChance) < bound, `${digits} by the last digit`);
  assert.ok(whole <= wholeBound, `${whole} whole codes`);
}

const asChance = (tries: number): string =>
  `wins no more of ${tries} tries than chance: ${tries * digitChance} by the last digit, ${tries / 1e6} by the whole code`;

describe('Guessing at a code', () => {
  for (const { name, tries, choose } of strategies) {
    it(`with ${name} tried after the commitment ${asChance(tries)}`, async () => {
      assertNoBetterThanChance(await wins(tries, (wanted) => attack(wanted, choose)));
    });
  }

  it(`by the nonce that answers a commitment ${asChance(2_000)}, for what it must be fitted to is not there yet`, async () => {
    const responderNonceFor = (wanted: string, guess: string, exportedKey: Uint8Array): string => {
      let chosen = { nonce: guess, responderNonce: anyNonce(), exportedKey };
      for (let n = 0; n < searched && !fitsDigit(codeBy(chosen, ada, mallory), wanted); n += 1) {
        chosen = { ...chosen, responderNonce: anyNonce() };
      }
      return chosen.responderNonce;
    };
    const one = (wanted: string, n: number): Promise<string> => {
      const roles = { initiator: ada, responder: mallory, exportedKey: exportedOf(n) };
      // The attacker has only the commitment, so it fits its nonce to a guess at the one behind it.
      const responderNonce = responderNonceFor(wanted, anyNonce(), roles.exportedKey);
      return codeOf({ ...roles, initiatorNonce: anyNonce(), responderNonce });
    };
    assertNoBetterThanChance(await wins(2_000, one));
  });

  it('would win nine times of ten if the nonce could be chosen after the commitment: the search that is counted above works', () => {
    let digits = 0;
    for (let n = 0; n < 1_000; n += 1) {
      const wanted = anyCode();
      const begun = { nonce: anyNonce(), responderNonce: anyNonce(), exportedKey: randomBytes(32) };
      const chosen = strategies[0]?.choose(begun, wanted) ?? assert.fail();
      if (fitsDigit(codeBy({ ...begun, nonce: chosen.nonce }, mallory, grace), wanted)) digits += 1;
    }
    assert.ok(digits > 850, `${digits} of 1 000`);
  });
});
