// When a window says its records over multicast DNS, and to whom: at once or after a pause, to everybody or to one, and never the
// same record twice in a second (RFC 6762 sections 6 to 9).

import type { Disposable } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import { createPacketBudget } from '../peers/sightings.ts';
import { type DnsRecord, type OwnRecord, typesRecord } from './discoveryRecords.ts';
import { createZone, isKnown, isSame, type Query, sameKind, type Zone } from './dnsAnswers.ts';

/** What is sent; a legacy answer has the id and the questions of who asked, others have none. */
export type Answer = {
  readonly id?: number;
  readonly questions?: readonly { readonly name: string; readonly type: string }[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
};

export type Source = { readonly address: string; readonly port: number };

/** A clock in milliseconds, its timers, and numbers from 0 to 1 for pauses. */
export type Clock = {
  readonly nowMs: () => number;
  readonly after: (ms: number, work: () => void) => Disposable;
  readonly random: () => number;
};

export type ResponderOptions = Clock & {
  readonly records: readonly OwnRecord[];
  /** The port of mDNS; a question from another one comes from a resolver that knows only plain DNS. */
  readonly port: number;
  readonly multicast: (answer: Answer) => void;
  readonly unicast: (answer: Answer, to: Source) => void;
};

/** Section 6: the least time between two multicasts of a record, and the same where a claim to its name is refuted. */
const gapMs = 1000;
const probeGapMs = 250;
/** Section 8.3: pauses between announcements, each twice the one before; several, because packets get lost on Wi-Fi. */
const announceAfterMs = [1000, 2000, 4000];
/** Section 6.7: seconds that a plain resolver may remember. */
const legacyLife = 10;

/** An answer to everybody that is on its way: when, and how long after the last one. */
type Planned = { readonly dueMs: number; readonly gapMs: number };
/** A question whose asker knows more than one packet holds. */
type Held = { readonly query: Query; readonly known: DnsRecord[]; readonly timer: Disposable };

export class Responder {
  readonly #options: ResponderOptions;
  readonly #zone: Zone;
  readonly #saidMs = new Map<OwnRecord, number>();
  readonly #planned = new Map<OwnRecord, Planned>();
  readonly #held = new Map<string, Held>();
  readonly #timers = new Set<Disposable>();
  readonly #mayReply = createPacketBudget(limits.mdnsAnswers, limits.mdnsAnswers);
  #next: Disposable | undefined;
  #defendedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#zone = createZone(options.records);
  }

  /** Says everything now, and again after pauses that grow. */
  announce(step = 0): void {
    this.#plan(this.#zone.service, 0, gapMs);
    const pauseMs = announceAfterMs[step];
    if (pauseMs !== undefined) this.#later(pauseMs, () => this.announce(step + 1));
  }

  /** The records as they are said when the window goes; the type of service stays, others have it too. */
  goodbye(): Answer {
    return { answers: this.#zone.service.map((record) => ({ ...record, ttl: 0 })), additionals: [] };
  }

  /** Takes a question in. */
  hear(query: Query, from: Source): void {
    const held = this.#held.get(from.address);
    if (from.port !== this.#options.port) {
      this.#replyPlainly(query, from);
    } else if (query.questions.length === 0) {
      if (held !== undefined)
        this.#hold({ ...held.query, isTruncated: query.isTruncated }, from, [...held.known, ...query.known]);
    } else if (query.isTruncated && (held !== undefined || this.#held.size < limits.mdnsHeldQuestions)) {
      if (held !== undefined) this.#answer(held.query, from, held.known);
      this.#hold(query, from, query.known);
    } else {
      this.#answer(query, from, query.known);
    }
  }

  /** Takes in what others said: what they said for us need not be said again, what contradicts us must be. */
  overhear(records: readonly DnsRecord[]): void {
    const { nowMs } = this.#options;
    // Only the type of service is said by several. Whoever repeats our own records must not make us silent (section 7.4).
    if (isKnown(typesRecord, records)) this.#planned.delete(typesRecord);
    const isContradicted = records.some((theirs) =>
      this.#zone.service.some((own) => {
        if (isSame(theirs, own)) return theirs.ttl < own.ttl / 2;
        return own.flush && theirs.ttl > 0 && sameKind(theirs, own) && (own.type === 'SRV' || own.type === 'TXT');
      }),
    );
    if (!isContradicted || nowMs() - this.#defendedMs < limits.mdnsDefendEveryMs) return;
    // Sections 6.6 and 9, but the name stays: it is random, so that it is no accident when somebody else claims it.
    this.#defendedMs = nowMs();
    this.#plan(this.#zone.service, 0, gapMs);
  }

  /** Drops everything that was still to be said. */
  stop(): void {
    this.#next?.dispose();
    for (const timer of this.#timers) timer.dispose();
    for (const { timer } of this.#held.values()) timer.dispose();
    this.#planned.clear();
    this.#held.clear();
  }

  /** Section 7.2: waits for the rest of what the asker knows, anew with each packet that says that more follows. */
  #hold(query: Query, from: Source, known: readonly DnsRecord[]): void {
    const old = this.#held.get(from.address);
    if (old !== undefined && !query.isTruncated) {
      this.#held.set(from.address, { ...old, query, known: known.slice(0, limits.mdnsPeers) });
      return;
    }
    old?.timer.dispose();
    const timer = this.#options.after(400 + 100 * this.#options.random(), () => {
      const held = this.#held.get(from.address);
      this.#held.delete(from.address);
      if (held !== undefined) this.#answer(held.query, from, held.known, 0);
    });
    this.#held.set(from.address, { query, known: known.slice(0, limits.mdnsPeers), timer });
  }

  /** `sharedMs`: the pause before what others may answer too, so that not all speak at once. */
  #answer(query: Query, from: Source, known: readonly DnsRecord[], sharedMs = 20 + 100 * this.#options.random()): void {
    const { nowMs } = this.#options;
    const alone = new Set<OwnRecord>();
    const toAll = new Set<OwnRecord>();
    for (const question of query.questions) {
      for (const record of this.#zone.answersTo(question)) {
        if (isKnown(record, known)) continue;
        // Section 5.4: what everybody has heard lately is said to one, the rest to everybody for their caches' sake.
        const isFresh = nowMs() - (this.#saidMs.get(record) ?? Number.NEGATIVE_INFINITY) < record.ttl * 250;
        if (question.unicast && (isFresh || query.isProbe)) alone.add(record);
        if (!question.unicast || !isFresh) toAll.add(record);
      }
    }
    const isShared = [...alone, ...toAll].some(({ flush }) => !flush);
    const delayMs = isShared && !query.isProbe ? sharedMs : 0;
    this.#plan([...toAll], delayMs, query.isProbe ? probeGapMs : gapMs);
    if (alone.size > 0 && this.#mayReply('', nowMs())) {
      this.#later(delayMs, () => this.#options.unicast(this.#withExtras([...alone]), from));
    }
  }

  /**
   * Section 6.7: as a plain DNS server would. Of what was asked only what is answered is repeated: other text is no business
   * here.
   */
  #replyPlainly({ id, questions }: Query, from: Source): void {
    const found = new Map(questions.map((question) => [question, this.#zone.answersTo(question).filter(isPlain)]));
    const asked = questions.filter((question) => found.get(question)?.length !== 0).map(({ name, type }) => ({ name, type }));
    if (asked.length === 0 || !this.#mayReply('', this.#options.nowMs())) return;
    const { answers, additionals } = this.#withExtras([...new Set([...found.values()].flat())]);
    const plain = (record: OwnRecord): OwnRecord => ({ ...record, ttl: Math.min(record.ttl, legacyLife), flush: false });
    const extras = additionals.filter(isPlain).map(plain);
    this.#options.unicast({ id, questions: asked, answers: answers.map(plain), additionals: extras }, from);
  }

  #plan(records: readonly OwnRecord[], delayMs: number, gap: number): void {
    const dueMs = this.#options.nowMs() + delayMs;
    for (const record of records) {
      const old = this.#planned.get(record);
      const plan = { dueMs: Math.min(dueMs, old?.dueMs ?? dueMs), gapMs: Math.min(gap, old?.gapMs ?? gap) };
      this.#planned.set(record, plan);
    }
    this.#speak();
  }

  /** Says what is due, and with it whatever is planned and may be said already (section 6.4). */
  #speak(): void {
    const nowMs = this.#options.nowMs();
    const free = [...this.#planned].filter(([record, { gapMs: gap }]) => this.#freeMs(record, gap) <= nowMs);
    if (free.some(([, { dueMs }]) => dueMs <= nowMs)) {
      const answer = this.#withExtras(free.map(([record]) => record));
      for (const record of [...answer.answers, ...answer.additionals]) {
        this.#saidMs.set(record, nowMs);
        this.#planned.delete(record);
      }
      this.#options.multicast(answer);
    }
    this.#next?.dispose();
    this.#next = undefined;
    const dueMs = [...this.#planned].map(([record, plan]) => Math.max(plan.dueMs, this.#freeMs(record, plan.gapMs)));
    if (dueMs.length > 0)
      this.#next = this.#options.after(Math.max(1, Math.ceil(Math.min(...dueMs) - nowMs)), () => this.#speak());
  }

  /** When a record and all that goes along with it may be multicast again. */
  #freeMs(record: OwnRecord, gap: number): number {
    const saidMs = [record, ...this.#zone.extrasOf(record)].map((one) => this.#saidMs.get(one) ?? Number.NEGATIVE_INFINITY);
    return Math.max(...saidMs) + gap;
  }

  #withExtras(answers: readonly OwnRecord[]): {
    readonly answers: readonly OwnRecord[];
    readonly additionals: readonly OwnRecord[];
  } {
    const extras = new Set(answers.flatMap((record) => this.#zone.extrasOf(record)));
    return { answers, additionals: [...extras].filter((record) => !answers.includes(record)) };
  }

  #later(ms: number, work: () => void): void {
    const timer = this.#options.after(ms, () => {
      this.#timers.delete(timer);
      work();
    });
    this.#timers.add(timer);
  }
}

/** Plain DNS has another way to say that there is nothing. */
function isPlain({ type }: OwnRecord): boolean {
  return type !== 'NSEC';
}
