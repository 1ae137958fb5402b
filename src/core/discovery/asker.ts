// What a window asks over multicast DNS, so that others need not answer what it knows, or ask what it has asked (RFC 6762
// sections 5.2, 7.1 and 7.3).

import type { Disposable } from '../base/event.ts';
import { type DnsRecord, lower, pointerTo, serviceType } from './discoveryRecords.ts';
import { isSame, type Query } from './dnsAnswers.ts';
import type { Clock } from './responder.ts';

/** A packet with questions; `isTruncated` where another with more known answers follows. */
export type Ask = {
  readonly questions: readonly { readonly name: string; readonly type: string }[];
  readonly answers: readonly DnsRecord[];
  readonly isTruncated: boolean;
};

/** A window that is known, and the seconds for which it may be. */
export type Known = { readonly instance: string; readonly ttl: number };

/** As many known answers, and questions about windows, as fit into one packet. */
const knownInPacket = 16;
const windowsInPacket = 8;

export class Asker {
  readonly #clock: Clock;
  readonly #own: readonly Known[];
  readonly #send: (ask: Ask) => void;
  #waiting: { readonly known: readonly DnsRecord[]; readonly timer: Disposable } | undefined;
  #wasSpared = false;

  /** `own`: this window's instance, which needs no answer of its own. */
  constructor(clock: Clock, own: string | undefined, send: (ask: Ask) => void) {
    this.#clock = clock;
    this.#own = own === undefined ? [] : [{ instance: own, ttl: 4500 }];
    this.#send = send;
  }

  /** Asks which windows there are besides these, after a short pause (section 5.2). */
  ask(windows: readonly Known[]): void {
    this.#waiting?.timer.dispose();
    const known = [...this.#own, ...windows].map(({ instance, ttl }) => pointerTo(instance, ttl));
    const timer = this.#clock.after(20 + 100 * this.#clock.random(), () => {
      this.#waiting = undefined;
      this.#wasSpared = false;
      for (let at = 0; at === 0 || at < known.length; at += knownInPacket) {
        this.#send({
          questions: at === 0 ? [{ name: serviceType, type: 'PTR' }] : [],
          answers: known.slice(at, at + knownInPacket),
          isTruncated: at + knownInPacket < known.length,
        });
      }
    });
    this.#waiting = { known, timer };
  }

  /** Asks whether these windows are still there. */
  askAfter(instances: readonly string[]): void {
    for (let at = 0; at < instances.length; at += windowsInPacket) {
      const names = instances.slice(at, at + windowsInPacket).map((instance) => `${instance}.${serviceType}`);
      const questions = names.flatMap((name) => ['SRV', 'TXT'].map((type) => ({ name, type })));
      this.#send({ questions, answers: [], isTruncated: false });
    }
  }

  /**
   * Takes in what somebody else asks: where it is what this window was about to ask, it need not (section 7.3). Not twice in a
   * row, for whoever asks us alone, unheard by others, must not keep us from ever asking.
   */
  overhear(query: Query): void {
    if (this.#waiting === undefined || this.#wasSpared || query.isTruncated) return;
    const { known, timer } = this.#waiting;
    const isOurs = query.questions.some(({ name, type, unicast }) => !unicast && type === 'PTR' && lower(name) === serviceType);
    if (!isOurs || !query.known.every((record) => known.some((own) => isSame(own, record)))) return;
    timer.dispose();
    this.#waiting = undefined;
    this.#wasSpared = true;
  }

  /** Asks nothing any more. */
  stop(): void {
    this.#waiting?.timer.dispose();
    this.#waiting = undefined;
  }
}
