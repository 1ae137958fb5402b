// Whether this window is online, and the changes between the states. Changes run one after the other, and only the last wish
// counts: settings that change quickly must not leave two listeners behind.

import { type FerryError, toFerryError } from './base/errors.ts';
import { createEmitter, type Event } from './base/event.ts';
import type { Directory } from './peers/directory.ts';
import type { Dial } from './peers/link.ts';
import type { InterfaceFailure } from './peers/sightings.ts';

/** How far this window can be reached. */
export type Visibility = 'off' | 'thisMachine' | 'network';

/** On the network: announced and looking, looking alone, or neither. Windows of one machine find each other all the same. */
export type DiscoveryChoice = 'on' | 'hidden' | 'off';

export type PresenceConfig = {
  readonly visibility: Visibility;
  readonly discovery: DiscoveryChoice;
  readonly port: number;
  readonly interfaces: readonly string[];
};

/** What being online gives. */
export type Session = {
  readonly port: number;
  /** Another port than the one asked for is used, because that was taken. */
  readonly fellForward: boolean;
  readonly directory: Directory;
  readonly dial: Dial;
  /** Where discovery finds less than it should, and why. */
  trouble(): readonly InterfaceFailure[];
  stop(): Promise<void>;
};

export type PresenceState<Online extends Session = Session> =
  | { readonly phase: 'offline'; readonly by: 'setting' | 'person' | 'closing' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'online'; readonly session: Online; readonly visibility: Visibility }
  | { readonly phase: 'failed'; readonly error: FerryError };

export class Presence<Online extends Session = Session> {
  readonly #start: (config: PresenceConfig) => Promise<Online>;
  readonly #changed = createEmitter<PresenceState<Online>>();
  #state: PresenceState<Online> = { phase: 'offline', by: 'setting' };
  #queue: Promise<void> = Promise.resolve();
  #wish = 0;
  #isHeldOffline = false;

  constructor(start: (config: PresenceConfig) => Promise<Online>) {
    this.#start = start;
  }

  get state(): PresenceState<Online> {
    return this.#state;
  }

  get onDidChange(): Event<PresenceState<Online>> {
    return this.#changed.event;
  }

  /** What being online gives, or undefined. */
  get session(): Online | undefined {
    return this.#state.phase === 'online' ? this.#state.session : undefined;
  }

  /** Waits while it is going online, and gives what being online gives, or undefined; ends early with the signal. */
  async settled(signal?: AbortSignal): Promise<Online | undefined> {
    if (this.#state.phase !== 'starting' || signal?.aborted === true) return this.session;
    await new Promise<void>((resolve) => {
      const following = this.onDidChange(({ phase }) => {
        if (phase !== 'starting') end();
      });
      const end = (): void => {
        following.dispose();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      signal?.addEventListener('abort', end, { once: true });
    });
    return this.session;
  }

  /**
   * Goes online as configured, or offline where visibility is off; what the person took offline stays so. Done when the state is
   * reached; a failure is a state.
   */
  apply(config: PresenceConfig): Promise<void> {
    return this.#isHeldOffline ? this.#queue : this.goOnline(config);
  }

  /** The person goes online, as configured: as `apply`, and it ends what `goOffline` began. */
  goOnline(config: PresenceConfig): Promise<void> {
    this.#isHeldOffline = false;
    return this.#enqueue(async () => {
      try {
        await this.#leave(config.visibility === 'off' ? { phase: 'offline', by: 'setting' } : { phase: 'starting' });
        if (config.visibility === 'off') return;
        const session = await this.#start(config);
        this.#set({ phase: 'online', session, visibility: config.visibility });
      } catch (error) {
        this.#set({ phase: 'failed', error: toFerryError(error) });
      }
    });
  }

  /** The person goes offline, whatever the settings say, now or later. */
  goOffline(): Promise<void> {
    this.#isHeldOffline = true;
    return this.#enqueue(() => this.#leave({ phase: 'offline', by: 'person' }));
  }

  /** The window closes, and stays offline. */
  close(): Promise<void> {
    this.#isHeldOffline = true;
    return this.#enqueue(() => this.#leave({ phase: 'offline', by: 'closing' }));
  }

  /** The state moves before the session ends, so that nothing new begins in it. */
  async #leave(next: PresenceState<Online>): Promise<void> {
    const { session } = this;
    this.#set(next);
    await session?.stop();
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    const wish = (this.#wish += 1);
    const done = this.#queue.then(() => (wish === this.#wish ? change() : undefined));
    // A session that could not be ended must not stand in the way of the changes that follow.
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #set(state: PresenceState<Online>): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}
