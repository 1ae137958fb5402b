// Pairing from the side that asks: every way in which it can end, on both sides, and what the peer is told.

import assert from 'node:assert/strict';

import { type ErrorCode, FerryError } from '../../../src/core/base/errors.ts';
import { newNonce } from '../../../src/core/pairing/code.ts';
import type { PairingEntry } from '../../../src/core/pairing/entry.ts';
import { type PairOptions, type PairOutcome, pairWith } from '../../../src/core/pairing/initiator.ts';
import { Pairings, type PairingsOptions } from '../../../src/core/pairing/responder.ts';
import type { PeerLink } from '../../../src/core/peers/link.ts';
import { onEntry } from '../../support/entries.ts';
import { ada, beginPairing, exportedOf, grace, linkTo, stateIn } from './helpers.ts';

/** Ada asks Grace to pair. Each says `say` of the code that they see. */
class Table {
  readonly asking = new Pairings();
  readonly asked: Pairings;
  readonly stop = new AbortController();
  readonly codes: string[] = [];
  readonly link: ReturnType<typeof linkTo>;

  constructor(options: PairingsOptions = {}) {
    this.asked = new Pairings(options);
    this.link = linkTo({ from: ada, to: grace, pairings: this.asked });
  }

  pair(changes: Partial<PairOptions> = {}, link: PeerLink = this.link): Promise<PairOutcome> {
    const onCode = (code: string): Promise<boolean> => {
      this.codes.push(code);
      return Promise.resolve(true);
    };
    return pairWith(link, { own: ada, name: 'Ada', pairings: this.asking, signal: this.stop.signal, onCode, ...changes });
  }

  /** What happened on the side that was asked. */
  get entry(): PairingEntry | undefined {
    return this.asked.entries[0];
  }

  /** Does something once Grace's side is in a phase. */
  when(phase: string, act: (id: string) => void): void {
    onEntry(this.asked.onDidChange, ({ id, state }) => {
      if ((state.phase === 'comparing' ? `confirmed by ${state.confirmed}` : state.phase) === phase) act(id);
    });
  }

  end(): void {
    this.asked.cancelAll();
    this.asking.cancelAll();
  }
}

const endless = (): Promise<boolean> => new Promise(() => undefined);

describe('Pairing with a peer', () => {
  let table = new Table();
  const sit = (options?: PairingsOptions): void => {
    table.end();
    table = new Table(options);
  };
  beforeEach(() => sit());
  afterEach(() => table.end());

  it('shows both the same code, and ends with both paired', async () => {
    let theirs = '';
    table.when('confirmed by peer', (id) => {
      theirs = stateIn(table.asked.find(id), 'comparing').code;
      table.asked.confirm(id);
    });
    assert.deepEqual(await table.pair(), { phase: 'paired' });
    assert.deepEqual(table.codes, [theirs]);
    assert.match(theirs, /^\d{6}$/);
    const { entry } = table;
    assert.equal(entry?.state.phase, 'paired');
    assert.deepEqual([entry.peer, table.link.log], [{ id: ada, name: 'Ada' }, ['begin', 'reveal', 'confirm']]);
    assert.deepEqual([table.asking.failures(), table.asked.failures()], [0, 0]);
  });

  it('ends with both paired when the other person confirms first', async () => {
    table.when('confirmed by nobody', (id) => table.asked.confirm(id));
    assert.deepEqual(await table.pair(), { phase: 'paired' });
    assert.equal(table.entry?.state.phase, 'paired');
  });

  it('shows two codes when somebody sits between the two', async () => {
    const link = linkTo({ from: ada, to: grace, pairings: table.asked, near: exportedOf(1), far: exportedOf(2) });
    let theirs = '';
    table.when('confirmed by nobody', (id) => {
      theirs = stateIn(table.asked.find(id), 'comparing').code;
    });
    const onCode = (code: string): Promise<boolean> => {
      assert.match(code, /^\d{6}$/);
      return Promise.resolve(code === theirs);
    };
    assert.deepEqual(await table.pair({ onCode }, link), { phase: 'cancelled', by: 'me' });
    assert.deepEqual(table.entry?.state, { phase: 'cancelled', by: 'peer' });
    assert.deepEqual(link.log, ['begin', 'reveal', 'withdraw']);
    assert.deepEqual([table.asking.failures(grace), table.asked.failures(ada)], [1, 1]);
  });

  it('is declined by the other person', async () => {
    table.when('confirmed by peer', (id) => table.asked.decline(id));
    assert.deepEqual(await table.pair(), { phase: 'declined' });
    assert.equal(table.asking.failures(grace), 1);
    assert.deepEqual(table.link.log, ['begin', 'reveal', 'confirm']);
  });

  it('is declined by the other person while this one still compares', async () => {
    const onCode = async (): Promise<boolean> => table.asked.decline(table.entry?.id ?? '');
    assert.deepEqual(await table.pair({ onCode }), { phase: 'declined' });
  });

  const endsThere: readonly (readonly [string, (id: string) => void, PairOutcome])[] = [
    ['declines', (id) => table.asked.decline(id), { phase: 'declined' }],
    ['picks another number', (id) => table.asked.pick(id, 'none'), { phase: 'declined' }],
    ['goes offline', () => table.asked.cancelAll(), { phase: 'cancelled', by: 'peer' }],
  ];
  for (const [name, act, outcome] of endsThere) {
    it(`ends, and its question too, when the other person ${name} before this one has said anything`, async () => {
      let over: AbortSignal | undefined;
      const onCode = (_: string, signal: AbortSignal): Promise<boolean> => {
        over = signal;
        setImmediate(() => act(table.entry?.id ?? ''));
        return endless();
      };
      assert.deepEqual(await table.pair({ onCode, askEveryMs: 1 }), outcome);
      assert.deepEqual([over?.aborted, table.link.channel.listeners()], [true, 0]);
      assert.deepEqual([...new Set(table.link.log)], ['begin', 'reveal']);
      assert.equal(table.asking.failures(grace), 1);
    });
  }

  it('asks whether the pairing goes on for as long as the person compares, and no longer', async () => {
    let reveals = 0;
    const { promise: third, resolve } = Promise.withResolvers<boolean>();
    const counting: PeerLink = {
      ...table.link,
      call: (call, signal) => {
        if ('nonce' in Object(call.body)) reveals += 1;
        if (reveals === 3) resolve(true);
        return table.link.call(call, signal);
      },
    };
    table.when('confirmed by peer', (id) => setImmediate(() => table.asked.confirm(id)));
    assert.deepEqual(await table.pair({ onCode: () => third, askEveryMs: 1 }, counting), { phase: 'paired' });
    assert.deepEqual(table.link.log, ['begin', 'reveal', 'reveal', 'reveal', 'confirm']);
  });

  it('expires by the clock of the other side, and is not taken back then', async () => {
    sit({ lifeMs: 200 });
    assert.deepEqual(await table.pair(), { phase: 'expired' });
    assert.deepEqual(table.entry?.state, { phase: 'expired' });
    assert.deepEqual(table.link.log, ['begin', 'reveal', 'confirm']);
    assert.equal(table.asking.failures(grace), 1);
  });

  it('expires by its own clock when this person says nothing, and the question ends', async () => {
    let over: AbortSignal | undefined;
    const onCode = (_: string, signal: AbortSignal): Promise<boolean> => {
      over = signal;
      return endless();
    };
    assert.deepEqual(await table.pair({ onCode, lifeMs: 200 }), { phase: 'expired' });
    assert.equal(over?.aborted, true);
    assert.deepEqual(table.link.log, ['begin', 'reveal']);
  });

  it('is cancelled by the other side', async () => {
    table.when('confirmed by peer', () => table.asked.cancelAll());
    assert.deepEqual(await table.pair(), { phase: 'cancelled', by: 'peer' });
  });

  const moments: readonly (readonly [string, string])[] = [
    ['asked', 'asked'],
    ['comparing', 'confirmed by nobody'],
    ['waiting for the other person', 'confirmed by peer'],
  ];
  for (const [name, phase] of moments) {
    it(`is cancelled by this person while ${name}, and the peer is told`, async () => {
      table.when(phase, () => setImmediate(() => table.stop.abort()));
      const onCode = phase === 'confirmed by peer' ? undefined : endless;
      assert.deepEqual(await table.pair(onCode === undefined ? {} : { onCode }), { phase: 'cancelled', by: 'me' });
      table.link.close();
      assert.deepEqual(table.entry?.state, { phase: 'cancelled', by: 'peer' });
    });
  }

  it('makes no call when it was cancelled before', async () => {
    table.stop.abort();
    assert.deepEqual(await table.pair(), { phase: 'cancelled', by: 'me' });
    assert.equal(table.entry, undefined);
    assert.equal(table.asking.failures(), 0);
  });

  it('is cancelled when the window goes offline', async () => {
    const onCode = (): Promise<boolean> => {
      table.asking.cancelAll();
      return endless();
    };
    assert.deepEqual(await table.pair({ onCode }), { phase: 'cancelled', by: 'me' });
    assert.deepEqual(table.entry?.state, { phase: 'cancelled', by: 'peer' });
  });

  it('fails when the peer reveals nothing but refuses, with what it says', async () => {
    const wrong: PeerLink = {
      ...table.link,
      call: (call, signal) =>
        table.link.call('nonce' in Object(call.body) ? { ...call, body: { nonce: newNonce() } } : call, signal),
    };
    const outcome = await table.pair({}, wrong);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PAIRING_MISMATCH');
    assert.equal(stateIn(table.entry, 'failed').error.code, 'ERR_PAIRING_MISMATCH');
    assert.deepEqual([table.asking.failures(grace), table.asked.failures(ada)], [1, 1]);
  });

  it('fails when the peer takes no more, and that is not counted', async () => {
    for (let time = 0; time < 3; time += 1) table.asked.decline((await beginPairing(table.asked)).id);
    const outcome = await table.pair();
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_BUSY');
    assert.equal(table.asking.failures(), 0);
  });

  for (const [number, name] of ['the request', 'the reveal', 'the confirmation'].entries()) {
    it(`fails when the connection breaks at ${name}`, async () => {
      let calls = 0;
      const outcome = await table.pair(
        {},
        {
          ...table.link,
          call: (call, signal) => {
            calls += 1;
            if (calls - 1 === number) return Promise.reject(new FerryError('ERR_CONNECTION_LOST', 'lost'));
            return table.link.call(call, signal);
          },
        },
      );
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
      assert.equal(table.asking.failures(grace), number === 0 ? 0 : 1);
    });
  }

  it('fails at once when the connection ends while the person compares, and the question ends', async () => {
    let over: AbortSignal | undefined;
    const onCode = (_: string, signal: AbortSignal): Promise<boolean> => {
      over = signal;
      table.link.channel.end();
      return endless();
    };
    const outcome = await table.pair({ onCode });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    assert.deepEqual([over?.aborted, table.link.channel.listeners()], [true, 0]);
    assert.deepEqual(table.link.log, ['begin', 'reveal']);
    assert.deepEqual(table.entry?.state, { phase: 'cancelled', by: 'peer' });
  });

  it('fails when the question fails, and the peer is told', async () => {
    const outcome = await table.pair({ onCode: () => Promise.reject(new Error('no screen')) });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_UNEXPECTED');
    assert.deepEqual(table.entry?.state, { phase: 'cancelled', by: 'peer' });
  });

  const codeOfOutcome = (outcome: PairOutcome): ErrorCode | undefined =>
    outcome.phase === 'failed' ? outcome.error.code : undefined;

  it('is not tried when the peer has asked already, or a pairing with it runs', async () => {
    await beginPairing(table.asking, { own: ada, peer: grace });
    assert.equal(codeOfOutcome(await table.pair()), 'ERR_PAIRING_CROSSED');
    table.asking.cancelAll();
    const first = table.pair({ onCode: endless });
    assert.equal(codeOfOutcome(await table.pair()), 'ERR_BUSY');
    table.stop.abort();
    await first;
    assert.deepEqual(table.link.log.filter((name) => name === 'begin').length, 1);
  });

  it('leaves one pairing of two that both begin at once: that of the lower ID', async () => {
    for (let run = 0; run < 50; run += 1) {
      const [adas, graces] = [new Pairings(), new Pairings()];
      for (const side of [adas, graces]) {
        onEntry(side.onDidChange, ({ id, state }) => state.phase === 'comparing' && state.confirmed !== 'me' && side.confirm(id));
      }
      const { signal } = new AbortController();
      const common = { signal, onCode: () => Promise.resolve(true) };
      const toGrace = linkTo({ from: ada, to: grace, pairings: graces });
      const toAda = linkTo({ from: grace, to: ada, pairings: adas, near: exportedOf(2) });
      const [one, other] = await Promise.all([
        pairWith(toGrace, { own: ada, name: 'Ada', pairings: adas, ...common }),
        pairWith(toAda, { own: grace, name: 'Grace', pairings: graces, ...common }),
      ]);
      assert.deepEqual([one, codeOfOutcome(other)], [{ phase: 'paired' }, 'ERR_PAIRING_CROSSED']);
      assert.deepEqual([adas.entries.length, graces.entries[0]?.state.phase], [0, 'paired']);
      assert.deepEqual([adas.failures(), graces.failures()], [0, 0]);
    }
  });
});
