// Questions over multicast DNS and what answers them, without sockets and clocks (RFC 6762 sections 5 to 7, RFC 6763 section 12).

import { type DnsRecord, fieldOf, isRecord, lower, negativeRecords, type OwnRecord, typesRecord } from './discoveryRecords.ts';

export type Question = {
  readonly name: string;
  readonly type: string;
  /** Whoever asks would rather be answered alone (section 5.4). */
  readonly unicast: boolean;
};

export type Query = {
  readonly id: number;
  readonly questions: readonly Question[];
  /** What whoever asks knows already, and need not be told (section 7.1). */
  readonly known: readonly DnsRecord[];
  /** More known answers follow in further packets (section 7.2). */
  readonly isTruncated: boolean;
  /** Somebody is about to claim a name, and asks whether it is taken (section 8.1). */
  readonly isProbe: boolean;
};

/** How a packet codec names the classes that count: IN and ANY, and the same with the top bit of a question (section 5.4). */
const classes: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['IN', false],
  ['ANY', false],
  ['UNKNOWN_32769', true],
  ['UNKNOWN_33023', true],
]);

/** Reads a query that a packet codec has decoded. Questions of another class than IN are left out, for nothing here is of one. */
export function readQuery(packet: unknown): Query {
  const id = fieldOf(packet, 'id');
  return {
    id: typeof id === 'number' ? id : 0,
    questions: listOf(packet, 'questions').flatMap(readQuestion),
    known: listOf(packet, 'answers').filter((record) => isRecord(record) && fieldOf(record, 'class') === 'IN') as DnsRecord[],
    isTruncated: fieldOf(packet, 'flag_tc') === true,
    isProbe: listOf(packet, 'authorities').length > 0,
  };
}

/** What one window can be asked for. */
export type Zone = {
  /** Its own records, in the order in which they are announced. */
  readonly service: readonly OwnRecord[];
  /** What answers a question; none where it is no business of this window. */
  answersTo(question: Pick<Question, 'name' | 'type'>): readonly OwnRecord[];
  /** What goes along with a record, so that nobody has to ask for it next. */
  extrasOf(record: OwnRecord): readonly OwnRecord[];
};

/** The zone of one window's records, as `ownRecords` gives them. */
export function createZone(service: readonly OwnRecord[]): Zone {
  const negatives = negativeRecords(service);
  const all = [...service, typesRecord];
  const named = (name: unknown, types: readonly string[]): readonly OwnRecord[] =>
    all.filter((record) => typeof name === 'string' && sameName(record.name, name) && types.includes(record.type));
  // Where there is one kind of address, that the other is missing is worth saying too (section 6.2).
  const addresses = (name: unknown): readonly OwnRecord[] => {
    const found = named(name, ['A', 'AAAA']);
    const one = new Set(found.map(({ type }) => type)).size === 1;
    return [...found, ...negatives.filter((negative) => one && found.some((record) => record.name === negative.name))];
  };
  const extrasOf = (record: OwnRecord): readonly OwnRecord[] => {
    const { type, name, data } = record;
    if (type === 'SRV') return addresses(fieldOf(data, 'target'));
    if (type === 'A' || type === 'AAAA') return addresses(name).filter((other) => other !== record);
    if (type !== 'PTR' || record === typesRecord) return [];
    const direct = named(data, ['SRV', 'TXT']);
    return [...direct, ...direct.flatMap(extrasOf)];
  };
  return {
    service,
    answersTo: ({ name, type }) => {
      const ofName = all.filter((record) => sameName(record.name, name));
      const found = ofName.filter((record) => type === 'ANY' || record.type === type);
      if (found.length > 0) return found;
      return negatives.filter((negative) => sameName(negative.name, name));
    },
    extrasOf,
  };
}

/** Tells whether whoever asks knows this record well enough: half of its life at least is left (section 7.1). */
export function isKnown(record: OwnRecord, known: readonly DnsRecord[]): boolean {
  return known.some((one) => isSame(one, record) && one.ttl >= record.ttl / 2);
}

/** Tells whether two records say the same, whatever their lives are. */
export function isSame(one: DnsRecord, other: DnsRecord): boolean {
  return sameKind(one, other) && dataKey(one) === dataKey(other);
}

/** Tells whether two records are of one name and type. */
export function sameKind(one: DnsRecord, other: DnsRecord): boolean {
  return one.type === other.type && sameName(one.name, other.name);
}

function sameName(one: string, other: string): boolean {
  return lower(one) === lower(other);
}

/** The data of a record as text that is the same for the same data, however a codec or a library writes it. */
function dataKey({ type, data }: DnsRecord): string {
  if (type === 'SRV') {
    const [priority = 0, weight = 0, port, target] = ['priority', 'weight', 'port', 'target'].map((field) =>
      fieldOf(data, field),
    );
    return `${String(priority)} ${String(weight)} ${String(port)} ${lower(String(target))}`;
  }
  const items: readonly unknown[] = Array.isArray(data) ? data : [data];
  return JSON.stringify(
    items.map((item) =>
      item instanceof Uint8Array ? String.fromCharCode(...item) : typeof item === 'string' ? lower(item) : item,
    ),
  );
}

function readQuestion(question: unknown): readonly Question[] {
  const [name, type] = [fieldOf(question, 'name'), fieldOf(question, 'type')];
  const unicast = classes.get(fieldOf(question, 'class'));
  return typeof name === 'string' && typeof type === 'string' && unicast !== undefined ? [{ name, type, unicast }] : [];
}

function listOf(packet: unknown, name: string): readonly unknown[] {
  const list = fieldOf(packet, name);
  return Array.isArray(list) ? list : [];
}
