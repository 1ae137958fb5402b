// What the fuzzer does to a request in good form: it bends its JSON, its headers, its chunks, its numbers, and then its bytes.

import type { Dice } from './dice.ts';
import { type Exchange, exchangeOf, textOf, withBody } from './exchanges.ts';

/** The bytes of a case: a request, changed in one to four ways, and sometimes more behind it. */
export function mutantOf(exchange: Exchange, dice: Dice): Buffer {
  let changed = exchange;
  for (let times = 1 + dice.roll(3); times > 0; times -= 1) {
    const change = changed.json === undefined ? dice.pick(parts) : dice.chance(0.6) ? bendJson : dice.pick(parts);
    changed = change(changed, dice);
  }
  let bytes = textOf(changed);
  if (dice.chance(0.15)) bytes = Buffer.concat([bytes, textOf(exchangeOf(dice))]);
  if (dice.chance(0.03)) bytes = Buffer.concat(Array.from({ length: 2 + dice.roll(8) }, () => bytes));
  if (dice.chance(0.25)) bytes = dice.pick(byteChanges)(bytes, dice);
  return bytes;
}

type Change = (exchange: Exchange, dice: Dice) => Exchange;

const numbers = [
  '-1',
  '0',
  '1',
  '00',
  '1e400',
  '-0',
  '0x10',
  '1.5',
  '2147483648',
  '4294967295',
  '9007199254740993',
  '99999999999999999999',
  ' 1',
  '1 ',
  '+1',
  '',
];
const words = [
  '',
  ' ',
  '\0',
  '\t',
  'a'.repeat(300),
  'a'.repeat(20_000),
  '\u202e',
  '\u001b[31m',
  '../../x',
  '[x](command:y)',
  '$(x)',
  '__proto__',
  'null',
  '\ud800',
  'é'.repeat(100),
  '%00',
  '*',
  '//',
];
const injected: readonly (readonly [string, string])[] = [
  ['Content-Length', '5'],
  ['Content-Length', '4294967296'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'gzip, chunked'],
  ['Transfer-Encoding', 'chunked, identity'],
  ['Transfer-Encoding', '\x0bchunked'],
  ['Expect', '100-continue'],
  ['Expect', 'the worst'],
  ['Connection', 'close'],
  ['Connection', 'Upgrade, HTTP2-Settings'],
  ['Upgrade', 'h2c'],
  ['Host', 'other'],
  ['Origin', 'null'],
  ['Range', 'bytes=0-'],
  ['Trailer', 'Content-Length'],
  ['Repr-Digest', 'sha-256=:AAAA:'],
  ['X-Long', 'a'.repeat(17_000)],
  ['X-Folded', 'a\r\n b'],
  ['X-Split', 'a\r\nContent-Length: 3'],
  ['X-Bare', 'a\nX: b'],
  ['Bad Name', 'a'],
  ['', 'a'],
  ['X-Null', 'a\0b'],
  ['X-High', '\xff\xfe'],
];

const parts: readonly Change[] = [
  (exchange, dice) => ({
    ...exchange,
    method: dice.pick(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'get', 'M-SEARCH', 'X', '']),
  }),
  (exchange, dice) => ({
    ...exchange,
    path: dice.pick([
      `${exchange.path}/`,
      `${exchange.path}?a=b`,
      `/${exchange.path}`,
      'http://x/v1/peer',
      '*',
      'x:1',
      '/v2/peer',
      '/v1/%2e%2e/peer',
      `/v1/${'a'.repeat(17_000)}`,
      '/v1/offers/\xe9',
      `${exchange.path}#a`,
    ]),
  }),
  (exchange, dice) => ({
    ...exchange,
    path: exchange.path.replace(/\d+|[A-Za-z0-9_-]{22}/, () => dice.pick([...numbers, ...words.slice(0, 5)])),
  }),
  (exchange, dice) => ({ ...exchange, headers: inserted(exchange.headers, dice.pick(injected), dice) }),
  (exchange, dice) => ({ ...exchange, headers: Array.from({ length: 1 + dice.roll(200) }, () => dice.pick(injected)) }),
  (exchange, dice) => ({ ...exchange, headers: exchange.headers.filter(() => dice.chance(0.6)) }),
  (exchange, dice) => ({
    ...exchange,
    headers: exchange.headers.map(([name, value]) => [
      dice.chance(0.2) ? name.toUpperCase() : name,
      dice.chance(0.3) ? dice.pick([...numbers, ...words]) : value,
    ]),
  }),
  (exchange, dice) => ({ ...exchange, body: chunkAbuse(exchange.body, dice) }),
  (exchange, dice) => ({ ...exchange, body: dice.pick(byteChanges)(exchange.body, dice) }),
];

function inserted<T>(list: readonly T[], item: T, dice: Dice): readonly T[] {
  const at = dice.roll(list.length + 1);
  return [...list.slice(0, at), item, ...list.slice(at)];
}

/** Sizes, extensions, ends and trailers of chunks (RFC 9112 section 7.1) that are not as they should be. */
function chunkAbuse(body: Buffer, dice: Dice): Buffer {
  const text = body.toString('latin1');
  const size = (): string =>
    dice.pick([
      '0',
      '1',
      'ffffffff',
      'fffffffffffffffff',
      '-1',
      '0x5',
      'g',
      '',
      ' 1',
      '1;a=b',
      `1;${'a'.repeat(17_000)}`,
      '00000000000000000001',
      '1\n',
    ]);
  switch (dice.roll(7)) {
    case 0:
      return Buffer.from(text.replace(/^[0-9a-f]+/, size), 'latin1');
    case 1:
      return Buffer.from(
        text.replace(/\r\n[0-9a-f]+\r\n/g, () => `\r\n${size()}\r\n`),
        'latin1',
      );
    case 2:
      return Buffer.from(text.replaceAll('\r\n', dice.pick(['\n', '\r', '', '\r\r\n', '\n\r'])), 'latin1');
    case 3:
      return Buffer.from(text.replace(/0\r\n[^]*$/, `0\r\n${'X: y\r\n'.repeat(dice.roll(4_000))}\r\n`), 'latin1');
    case 4:
      return Buffer.from(
        text.replace(/Repr-Digest: .*\r\n/, () =>
          dice.pick(['', 'Repr-Digest: sha-256=:x:\r\n', 'Content-Length: 9\r\n', 'Transfer-Encoding: chunked\r\n']),
        ),
        'latin1',
      );
    case 5:
      return Buffer.from(`${'1\r\na\r\n'.repeat(dice.roll(3_000))}0\r\n\r\n`);
    default:
      return Buffer.from(
        text.replace(/:([A-Za-z0-9+/=]{10,}):/, () => `:${dice.bytes(32).toString('base64')}:`),
        'latin1',
      );
  }
}

type ByteChange = (bytes: Buffer, dice: Dice) => Buffer;

const byteChanges: readonly ByteChange[] = [
  (bytes, dice) => {
    const changed = Buffer.from(bytes);
    for (let times = 1 + dice.roll(4); times > 0 && changed.length > 0; times -= 1) {
      const at = dice.roll(changed.length);
      changed[at] = dice.chance(0.5) ? (changed[at] ?? 0) ^ (1 << dice.roll(8)) : dice.pick([0, 10, 13, 32, 58, 127, 128, 255]);
    }
    return changed;
  },
  (bytes, dice) => bytes.subarray(0, dice.roll(bytes.length + 1)),
  (bytes, dice) => spliced(bytes, dice, (cut) => Buffer.concat([cut, cut])),
  (bytes, dice) => spliced(bytes, dice, () => Buffer.alloc(0)),
  (bytes, dice) => spliced(bytes, dice, () => dice.bytes(dice.roll(64))),
  (bytes, dice) => {
    const other = textOf(exchangeOf(dice));
    return Buffer.concat([bytes.subarray(0, dice.roll(bytes.length + 1)), other.subarray(dice.roll(other.length + 1))]);
  },
  (bytes, dice) =>
    Buffer.from(
      bytes.toString('latin1').replace(/\d+/g, (found) => (dice.chance(0.3) ? dice.pick(numbers) : found)),
      'latin1',
    ),
];

function spliced(bytes: Buffer, dice: Dice, change: (cut: Buffer) => Buffer): Buffer {
  const [from, to] = [dice.roll(bytes.length + 1), dice.roll(bytes.length + 1)].toSorted((a, b) => a - b) as [number, number];
  return Buffer.concat([bytes.subarray(0, from), change(bytes.subarray(from, to)), bytes.subarray(to)]);
}

const bendJson: Change = (exchange, dice) => {
  const json = bent(exchange.json, dice);
  const text = JSON.stringify(json);
  const raw = dice.chance(0.1) ? text.replace(/"(\w+)":/, (found) => `${found}1,${found}`) : text;
  const number = dice.chance(0.1) ? raw.replace(/:\d+/, () => `:${dice.pick(numbers)}`) : raw;
  return { ...withBody(exchange, number), json };
};

/** A value with one thing changed somewhere in it. */
function bent(value: unknown, dice: Dice): unknown {
  if (Array.isArray(value) && value.length > 0 && dice.chance(0.75)) {
    const at = dice.roll(value.length);
    return value.map((item, n): unknown => (n === at ? bent(item, dice) : item));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && dice.chance(0.9)) {
    const entries = Object.entries(value);
    const at = dice.roll(entries.length + 1);
    if (at === entries.length) return Object.fromEntries([...entries, [dice.pick(words), strange(dice)]]);
    if (dice.chance(0.15)) return Object.fromEntries(entries.filter((_, n) => n !== at));
    return Object.fromEntries(entries.map(([key, item], n): [string, unknown] => [key, n === at ? bent(item, dice) : item]));
  }
  return strange(dice);
}

function strange(dice: Dice): unknown {
  return dice.pick<() => unknown>([
    () => null,
    () => true,
    () => dice.pick([0, -1, 0.5, 1e308, 2 ** 53, 2 ** 63, 16 * 2 ** 40, 16 * 2 ** 40 + 1]),
    () => dice.pick(words),
    () => dice.bytes(1 + dice.roll(40)).toString('latin1'),
    () => [],
    () => ({}),
    () => Array.from({ length: dice.roll(2_000) }, () => 1),
    () => nested(dice.roll(40)),
    () => Object.fromEntries(Array.from({ length: dice.roll(300) }, (_, n) => [`k${n}`, n])),
    () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown,
  ])();
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
}
