// Somebody else's program on the link: sends packets made byte by byte to the group and to one host, and reads what comes back.

import { createSocket } from 'node:dgram';
import { EventEmitter } from 'node:events';

import makeMdns from 'multicast-dns';

import { createEmitter, type Event } from '../../src/core/base/event.ts';
import { nameBytes, openSender, openTap, type Sender, type Tap } from './mdnsFlood.ts';
import { eventually } from './temp.ts';

export type Message = {
  readonly id: number;
  readonly type: string;
  readonly flag_aa: boolean;
  readonly flag_tc: boolean;
  readonly questions: readonly { readonly name: string; readonly type: string; readonly class?: string }[];
  readonly answers: readonly Rr[];
  readonly additionals: readonly Rr[];
};

export type Rr = {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly flush: boolean;
  readonly data: unknown;
};

const types: Readonly<Record<string, number>> = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 };

/** Reads a DNS message as the library does that Ferry uses. */
export function decode(bytes: Uint8Array): Message {
  const socket = new EventEmitter();
  const wire = makeMdns({ socket: socket as never, bind: false, multicast: false });
  let message: unknown;
  wire.on('packet', (given: unknown) => {
    message = given;
  });
  socket.emit('message', bytes, { port: 0 });
  return message as Message;
}

export type Asked = {
  readonly questions: readonly (readonly [type: string, name: string, qclass?: number])[];
  /** Pointers that are known, by the name that has them, the name that they lead to, and their life. */
  readonly known?: readonly (readonly [name: string, to: string, ttl: number])[];
  readonly flags?: number;
  readonly id?: number;
  readonly authorities?: number;
};

/** The bytes of a query. Where it says that it has an authority record, the pointers stand for that. */
export function queryBytes({ questions, known = [], flags = 0, id = 0, authorities = 0 }: Asked): Buffer {
  const header = Buffer.alloc(12);
  [id, flags, questions.length, known.length - authorities, authorities].forEach((value, n) =>
    header.writeUInt16BE(value, n * 2),
  );
  const asked = questions.map(([type, name, qclass = 1]) => {
    const fixed = Buffer.alloc(4);
    fixed.writeUInt16BE(types[type] ?? 0, 0);
    fixed.writeUInt16BE(qclass, 2);
    return Buffer.concat([nameBytes(name), fixed]);
  });
  const records = known.map(([name, to, ttl]) => {
    const [fixed, data] = [Buffer.alloc(10), nameBytes(to)];
    [12, 1].forEach((value, n) => fixed.writeUInt16BE(value, n * 2));
    fixed.writeUInt32BE(ttl, 4);
    fixed.writeUInt16BE(data.length, 8);
    return Buffer.concat([nameBytes(name), fixed, data]);
  });
  return Buffer.concat([header, ...asked, ...records]);
}

export type Program = {
  /** Every response that went to everybody. */
  readonly responses: readonly Message[];
  readonly queries: readonly Message[];
  readonly onPacket: Event<undefined>;
  /** Waits for a response to everybody that is like this. */
  hears(test: (message: Message) => boolean, what: string): Promise<Message>;
  /** Sends to the group, from the port of mDNS. */
  send(bytes: Uint8Array): Promise<void>;
  /** Asks the group from a port of its own, and gives the one answer. */
  resolve(asked: Asked): Promise<Message>;
  close(): void;
};

/** Opens the program on loopback. */
export async function openProgram(mdnsPort: number): Promise<Program> {
  const responses: Message[] = [];
  const queries: Message[] = [];
  const heard = createEmitter<undefined>();
  const tap: Tap = await openTap(mdnsPort, (bytes) => {
    const message = decode(bytes);
    (message.type === 'response' ? responses : queries).push(message);
    heard.fire(undefined);
  });
  const sender: Sender = await openSender(mdnsPort);
  return {
    responses,
    queries,
    onPacket: heard.event,
    hears: (test, what) => eventually(heard.event, () => responses.find(test), what),
    send: (bytes) => sender.send(bytes),
    resolve: async (asked) => {
      const socket = createSocket('udp4');
      const answered = Promise.withResolvers<Message>();
      socket.on('message', (bytes) => answered.resolve(decode(bytes)));
      await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
      socket.setMulticastInterface('127.0.0.1');
      socket.send(queryBytes(asked), mdnsPort, '224.0.0.251');
      const late = setTimeout(() => answered.reject(new Error('no answer came')), 5000);
      return answered.promise.finally(() => {
        clearTimeout(late);
        socket.close();
      });
    },
    close: () => {
      tap.close();
      sender.close();
    },
  };
}
