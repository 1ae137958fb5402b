// A stranger on the network: makes mDNS packets byte by byte, true ones and false ones, and sends them on loopback. Run as a
// program it floods: node test/support/mdnsFlood.ts PORT SERVICES SOURCES PER_SECOND.

import { createSocket } from 'node:dgram';

const group = '224.0.0.251';
export const serviceType = '_ferry._tcp.local';

const types = { A: 1, PTR: 12, TXT: 16, SRV: 33 } as const;

/** A record with its data already as bytes. Names are dotted text, or the bytes of a name that text cannot express. */
export type RawRecord = {
  readonly name: string | Uint8Array;
  readonly type: keyof typeof types;
  readonly ttl: number;
  readonly data: Uint8Array;
};

export type FakeService = {
  readonly instance: string;
  readonly port: number;
  readonly text: readonly string[];
  readonly ttl?: number;
  readonly target?: string;
  /** What the A record says. */
  readonly address?: readonly [number, number, number, number];
};

/** The bytes of a DNS name. Labels of more than 63 bytes come out corrupt, as they do from careless programs. */
export function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length & 0xff]), label]), Buffer.from([0])]);
}

/** A DNS message with these records as answers; `flags` 0x8400 makes it an authoritative response. */
export function message(answers: readonly RawRecord[], questions: readonly string[] = [], flags = 0x8400): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(questions.length, 4);
  header.writeUInt16BE(answers.length, 6);
  const asked = questions.map((name) => Buffer.concat([nameBytes(name), Buffer.from([0, types.PTR, 0, 1])]));
  return Buffer.concat([header, ...asked, ...answers.map(recordBytes)]);
}

/** A query for our service type, the question repeated. */
export function query(times = 1): Buffer {
  return message([], new Array<string>(times).fill(serviceType), 0);
}

/** The response that announces a service, as Ferry sends it where nothing else is said. */
export function announcement(service: FakeService): Buffer {
  return message(serviceRecords(service));
}

export function serviceRecords({ instance, port, text, ttl = 120, ...more }: FakeService): readonly RawRecord[] {
  const { target = 'fakehost.local', address = [8, 8, 8, 8] } = more;
  const name = `${instance}.${serviceType}`;
  const srv = Buffer.alloc(6);
  srv.writeUInt16BE(port & 0xffff, 4);
  return [
    { name: serviceType, type: 'PTR', ttl, data: nameBytes(name) },
    { name, type: 'SRV', ttl, data: Buffer.concat([srv, nameBytes(target)]) },
    {
      name,
      type: 'TXT',
      ttl,
      data: Buffer.concat(text.flatMap((item) => [Buffer.from([Buffer.byteLength(item) & 0xff]), Buffer.from(item)])),
    },
    { name: target, type: 'A', ttl, data: Buffer.from(address) },
  ];
}

/** A service in good form that nobody runs, the `n`th of many. */
export function falseService(n: number): FakeService {
  const label = base32(n);
  return { instance: `${label}-${base32(n * 7 + 1)}`, port: 1024 + (n % 60_000), text: ['v=1', `id=${label}${base32(n + 3)}`] };
}

export type Sender = { send(bytes: Uint8Array): Promise<void>; close(): void };

/** A socket that sends to the group on loopback, from an address of 127.0.0.0/8 (Linux has them all) and a given port. */
export async function openSender(mdnsPort: number, source = '127.0.0.1', sourcePort = mdnsPort): Promise<Sender> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(sourcePort, source, resolve);
  });
  socket.setMulticastInterface('127.0.0.1');
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, mdnsPort, group, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    close: () => socket.close(),
  };
}

export type Tap = { readonly packets: readonly Buffer[]; close(): void };

/** Hears everything that is sent to the group on loopback. */
export async function openTap(mdnsPort: number, onPacket: (bytes: Buffer) => void = () => undefined): Promise<Tap> {
  const packets: Buffer[] = [];
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (bytes) => {
    packets.push(bytes);
    onPacket(bytes);
  });
  await new Promise<void>((resolve) => socket.bind(mdnsPort, '0.0.0.0', resolve));
  socket.addMembership(group, '127.0.0.1');
  return { packets, close: () => socket.close() };
}

export type FloodPlan = {
  readonly mdnsPort: number;
  readonly services: number;
  readonly sources: number;
  readonly perSecond: number;
};

/** Announces so many different services from so many addresses, at this rate. */
export async function flood({ mdnsPort, services, sources, perSecond }: FloodPlan): Promise<void> {
  const senders = await Promise.all(Array.from({ length: sources }, (_, n) => openSender(mdnsPort, `127.0.1.${n + 1}`)));
  const startMs = performance.now();
  for (let sent = 0; sent < services; sent += 1) {
    const aheadMs = (sent / perSecond) * 1000 - (performance.now() - startMs);
    if (aheadMs > 5) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    await senders[sent % sources]?.send(announcement(falseService(sent)));
  }
  for (const sender of senders) sender.close();
}

function recordBytes({ name, type, ttl, data }: RawRecord): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(types[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([typeof name === 'string' ? nameBytes(name) : name, fixed, data]);
}

/** Eight characters of the base32 alphabet that count upwards. */
function base32(n: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from({ length: 8 }, (_, at) => alphabet.charAt(Math.floor(n / 32 ** (7 - at)) % 32)).join('');
}

if (import.meta.main) {
  const [mdnsPort = 0, services = 0, sources = 1, perSecond = 1000] = process.argv.slice(2).map(Number);
  await flood({ mdnsPort, services, sources, perSecond });
}
