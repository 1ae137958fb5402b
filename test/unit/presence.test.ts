// Going online and offline: changes that come quickly leave one session, and a failure is a state like any other.

import assert from 'node:assert/strict';

import { FerryError } from '../../src/core/base/errors.ts';
import { createEmitter, type Emitter } from '../../src/core/base/event.ts';
import { silentLog } from '../../src/core/base/log.ts';
import { Directory } from '../../src/core/peers/directory.ts';
import { Presence, type PresenceConfig, type PresenceState, type Session } from '../../src/core/presence.ts';
import { peerIdOfNobody } from '../support/peerIds.ts';

const config = (port: number, visibility: PresenceConfig['visibility'] = 'thisMachine'): PresenceConfig => ({
  visibility,
  port,
  interfaces: [],
  discovery: 'on',
});

/** A network that counts its sessions and starts or stops them when the test says so. */
class FakeNetwork {
  readonly started: number[] = [];
  readonly stopped: number[] = [];
  /** Resolves when the first session is asked for. */
  readonly asked: Promise<void>;
  readonly #gates: (() => void)[] = [];
  #ask = (): void => undefined;
  held = false;
  failure: Error | undefined;
  stopFailure: Error | undefined;

  constructor() {
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
  }

  readonly start = async ({ port }: PresenceConfig): Promise<Session> => {
    this.started.push(port);
    this.#ask();
    if (this.held) await new Promise<void>((resolve) => this.#gates.push(resolve));
    if (this.failure !== undefined) throw this.failure;
    return {
      port,
      fellForward: false,
      directory: emptyDirectory(),
      dial: () => Promise.reject(new FerryError('ERR_PEER_UNREACHABLE', 'nobody is there')),
      trouble: () => [],
      stop: async () => {
        this.stopped.push(port);
        if (this.stopFailure !== undefined) throw this.stopFailure;
      },
    };
  };

  get running(): readonly number[] {
    return this.started.filter((port) => !this.stopped.includes(port));
  }

  release(): void {
    for (const gate of this.#gates.splice(0)) gate();
  }
}

function emptyDirectory(): Directory {
  const { event }: Emitter<void> = createEmitter();
  return new Directory({
    own: peerIdOfNobody(0),
    hints: { onDidChange: event, sightings: () => [], requery: () => undefined, forget: () => undefined },
    book: {
      onDidChange: event,
      entries: () => [],
      find: () => undefined,
      trustOf: () => 'unknown',
      change: () => Promise.resolve(),
    },
    dial: () => Promise.reject(new FerryError('ERR_PEER_UNREACHABLE', 'nobody is there')),
    log: silentLog,
  });
}

describe('Presence', () => {
  let network = new FakeNetwork();
  let presence = new Presence(network.start);
  let phases: PresenceState['phase'][] = [];
  beforeEach(() => {
    network = new FakeNetwork();
    presence = new Presence(network.start);
    phases = [];
    presence.onDidChange(({ phase }) => phases.push(phase));
  });

  it('begins offline, and no session is there', () => {
    assert.deepEqual(presence.state, { phase: 'offline', by: 'setting' });
    assert.equal(presence.session, undefined);
  });

  it('goes online as configured', async () => {
    await presence.apply(config(1, 'network'));
    assert.deepEqual(phases, ['starting', 'online']);
    assert.equal(presence.state.phase === 'online' && presence.state.visibility, 'network');
    assert.equal(presence.session?.port, 1);
  });

  it('goes offline where visibility is off, and starts nothing', async () => {
    await presence.apply(config(1, 'off'));
    assert.deepEqual([presence.state, network.started], [{ phase: 'offline', by: 'setting' }, []]);
  });

  it('ends the session before it starts another', async () => {
    await presence.apply(config(1));
    await presence.apply(config(2));
    assert.deepEqual([network.started, network.stopped], [[1, 2], [1]]);
    assert.equal(presence.session?.port, 2);
  });

  it('goes offline when the person says so', async () => {
    await presence.apply(config(1));
    await presence.goOffline();
    assert.deepEqual([presence.state, network.running], [{ phase: 'offline', by: 'person' }, []]);
  });

  it('stays offline when the person says so, whatever is set meanwhile, until the person ends it', async () => {
    await presence.apply(config(1));
    await presence.goOffline();
    await presence.apply(config(2, 'network'));
    await presence.apply(config(3, 'off'));
    assert.deepEqual([presence.state, network.running], [{ phase: 'offline', by: 'person' }, []]);
    await presence.goOnline(config(4));
    assert.equal(presence.session?.port, 4);
    await presence.apply(config(5));
    assert.equal(presence.session.port, 5);
  });

  it('stays offline although a setting changed before it was offline', async () => {
    await presence.apply(config(1));
    await Promise.all([presence.goOffline(), presence.apply(config(2))]);
    assert.deepEqual([presence.state, network.running], [{ phase: 'offline', by: 'person' }, []]);
  });

  it('has left its state before the session ends, so that nothing begins in it', async () => {
    await presence.apply(config(1));
    const seen: (Session | undefined)[] = [];
    presence.onDidChange(() => seen.push(presence.session));
    await presence.goOffline();
    assert.deepEqual(seen, [undefined]);
  });

  it('keeps one session of many changes that come at once, that of the last', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, step) => presence.apply(config(step + 1))));
    assert.deepEqual(network.running, [20]);
    assert.equal(presence.session?.port, 20);
  });

  it('keeps one session of changes that come while another starts', async () => {
    network.held = true;
    const first = presence.apply(config(1));
    await network.asked;
    assert.deepEqual(network.started, [1]);
    const others = [presence.apply(config(2)), presence.apply(config(3))];
    network.held = false;
    network.release();
    await Promise.all([first, ...others]);
    assert.deepEqual([network.started, network.running], [[1, 3], [3]]);
  });

  it('goes offline while it starts, and leaves no session behind', async () => {
    network.held = true;
    const starting = presence.apply(config(1));
    await network.asked;
    const leaving = presence.goOffline();
    network.release();
    await Promise.all([starting, leaving]);
    assert.deepEqual([presence.state, network.running], [{ phase: 'offline', by: 'person' }, []]);
  });

  it('tells what became of a start to whoever waits for it, and lets them go who do not', async () => {
    assert.equal(await presence.settled(), undefined);
    network.held = true;
    const starting = presence.apply(config(1));
    await network.asked;
    const [impatient, patient] = [new AbortController(), presence.settled()];
    const leaving = presence.settled(impatient.signal);
    impatient.abort();
    assert.equal(await leaving, undefined);
    assert.equal(presence.state.phase, 'starting');
    network.held = false;
    network.release();
    assert.equal((await patient)?.port, 1);
    await starting;
    assert.equal((await presence.settled())?.port, 1);
  });

  it('shows a failure as a state and starts again when asked to', async () => {
    network.failure = new FerryError('ERR_LISTEN_FAILED', 'no port');
    await presence.apply(config(1));
    assert.deepEqual([presence.state, presence.session], [{ phase: 'failed', error: network.failure }, undefined]);
    network.failure = new TypeError('unforeseen');
    await presence.apply(config(2));
    assert.equal(presence.state.phase === 'failed' && presence.state.error.code, 'ERR_UNEXPECTED');
    network.failure = undefined;
    await presence.apply(config(3));
    assert.equal(presence.session?.port, 3);
  });

  it('changes again after a session that could not be ended', async () => {
    await presence.apply(config(1));
    network.stopFailure = new Error('stuck');
    await assert.rejects(presence.goOffline(), network.stopFailure);
    assert.deepEqual(presence.state, { phase: 'offline', by: 'person' });
    network.stopFailure = undefined;
    await presence.goOnline(config(2));
    assert.equal(presence.session?.port, 2);
  });

  it('shows as a state that the session before could not be ended, and starts none beside it', async () => {
    await presence.apply(config(1));
    network.stopFailure = new Error('stuck');
    await presence.apply(config(2));
    assert.equal(presence.state.phase === 'failed' && presence.state.error.cause, network.stopFailure);
    assert.deepEqual(network.started, [1]);
  });
});
