// The JSON messages of the wire: the documented ones are taken, the malformed ones refused with one code, whatever they hold.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { isFerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { offeredName } from '../../../src/core/wire/item.ts';
import {
  parseJson,
  parseOffer,
  parseOfferAnswer,
  parsePairingAnswer,
  parsePairingRequest,
  parsePairingReveal,
  parsePeerInfo,
  parseProblemType,
} from '../../../src/core/wire/messages.ts';

type Changes = Readonly<Record<string, unknown>>;

const token = 'AAAAAAAAAAAAAAAAAAAAAA';
const sealKey = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: `${'y'.repeat(42)}w` };
const info = { protocol: 1, name: 'Ada', app: '0.1.0', window: token, focusedMsAgo: 0, capabilities: ['offers'], sealKey };
const item = {
  kind: 'file',
  name: 'a.ts',
  size: 1,
  mediaType: 'text/plain',
  context: { languageId: 'typescript', encoding: 'utf8' },
};
const offer = { id: token, sender: { name: 'Ada' }, items: [item] };
const sealed = { kind: 'sealed', size: 1, form: 'compact', for: 'key' };
const withItem = (changes: Changes): unknown => ({ ...offer, items: [{ ...item, ...changes }] });
const without = (value: object, key: string): unknown =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

const nobody: readonly unknown[] = [undefined, null, true, 0, '', 'x', [], [[]], {}, () => undefined];
const invalid = { name: 'FerryError', code: 'ERR_MESSAGE_INVALID' };

describe('Peer information', () => {
  it('is taken as documented, with and without a seal key', () => {
    assert.deepEqual(parsePeerInfo(info), info);
    assert.deepEqual(parsePeerInfo(without(info, 'sealKey')), without(info, 'sealKey'));
  });

  it('is taken without the members that this version does not know', () => {
    assert.deepEqual(parsePeerInfo({ ...info, later: 1, sealKey: { ...sealKey, use: 'enc' } }), info);
  });

  const refused: readonly (readonly [string, Changes])[] = [
    ['another protocol', { protocol: 2 }],
    ['a protocol in quotes', { protocol: '1' }],
    ['a name of 65 bytes', { name: 'a'.repeat(limits.displayNameBytes + 1) }],
    ['a name of 64 characters in 128 bytes', { name: 'ä'.repeat(64) }],
    ['no name', { name: undefined }],
    ['a long version', { app: 'a'.repeat(65) }],
    ['a short window token', { window: 'A'.repeat(21) }],
    ['a window token with other characters', { window: `${'A'.repeat(21)}/` }],
    ['a window token with a line end', { window: `${token}\n` }],
    ['a focus in the future', { focusedMsAgo: -1 }],
    ['half a millisecond', { focusedMsAgo: 0.5 }],
    ['a focus of not a number', { focusedMsAgo: Number.NaN }],
    ['a focus before time', { focusedMsAgo: 1e300 }],
    ['33 capabilities', { capabilities: Array.from({ length: 33 }, () => 'x') }],
    ['capabilities that are no list', { capabilities: { length: 1, 0: 'x' } }],
    ['capabilities that are no texts', { capabilities: [1] }],
    ['a seal key on another curve', { sealKey: { ...sealKey, crv: 'P-384' } }],
    ['a seal key without y', { sealKey: without(sealKey, 'y') }],
    ['a seal key of wrong length', { sealKey: { ...sealKey, x: 'x' } }],
    ['a seal key that is null', { sealKey: null }],
  ];
  for (const [name, changes] of refused)
    it(`is refused with ${name}`, () => assert.throws(() => parsePeerInfo({ ...info, ...changes }), invalid));
  for (const key of Object.keys(info).filter((name) => name !== 'sealKey')) {
    it(`is refused without ${key}`, () => assert.throws(() => parsePeerInfo(without(info, key)), invalid));
  }
});

describe('An offer', () => {
  const taken: readonly (readonly [string, unknown])[] = [
    ['as documented', offer],
    ['without context', { ...offer, items: [without(item, 'context')] }],
    ['with an empty context', withItem({ context: {} })],
    ['of an empty file', withItem({ size: 0 })],
    ['of a file as large as can be', withItem({ size: limits.itemBytes })],
    ...[
      'text/plain; charset=utf-8',
      'text/plain;charset="utf-8"',
      'text/plain \t;\t charset=utf-8 ; format=flowed',
      'text/plain;; ;charset=utf-8;',
      'text/plain; ',
      'application/x; title="a; b=\\"c\\" \\\\\t, d/e"; n=""',
      "!#$%&'*+-.^_`|~/x;a=!#$%&'*+-.^_`|~",
      `a/b${'; '.repeat(62)}`,
    ].map((mediaType) => [`with the media type ${JSON.stringify(mediaType)}`, withItem({ mediaType })] as const),
    ['with a name beyond 16 bits', withItem({ name: '\u{1f6a2}.txt' })],
    ['with a hostile name, which is made safe later', withItem({ name: '../../etc/passwd\u0000' })],
    ['of a sealed item, which shows neither name nor type', { ...offer, items: [sealed, item] }],
    ['without a name of the sender', { ...offer, sender: { name: '' } }],
    ['of ten thousand items', { ...offer, items: Array.from({ length: limits.itemsPerOffer }, () => item) }],
  ];
  for (const [name, value] of taken) it(`is taken ${name}`, () => assert.deepEqual(parseOffer(value), value));

  it('is taken without the members that this version does not know', () => {
    const later = {
      ...offer,
      later: 1,
      sender: { name: 'Ada', later: 1 },
      items: [{ ...item, later: 1, context: { ...item.context, later: 1 } }],
    };
    assert.deepEqual(parseOffer(later), offer);
    assert.deepEqual(parseOffer({ ...offer, items: [{ ...sealed, name: 'a.ts' }] }), { ...offer, items: [sealed] });
  });

  it('takes no harm from members of prototypes', () => {
    const text = JSON.stringify(offer)
      .replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},')
      .replace('"kind"', '"__proto__":{"size":-1},"kind"');
    const parsed = parseOffer(parseJson(new TextEncoder().encode(text)));
    assert.deepEqual(parsed, offer);
    assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    for (const key of ['id', 'items', 'sender']) {
      const moved = JSON.stringify({ ...offer, [key]: undefined }).replace(
        '{',
        `{"__proto__":${JSON.stringify({ [key]: Reflect.get(offer, key) as unknown })},`,
      );
      assert.throws(() => parseOffer(JSON.parse(moved)), invalid);
    }
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ...Object.keys(offer).map((key) => [`without ${key}`, without(offer, key)] as const),
    ...['kind', 'name', 'size', 'mediaType'].map(
      (key) => [`without ${key} of an item`, { ...offer, items: [without(item, key)] }] as const,
    ),
    ['with a short id', { ...offer, id: 'A'.repeat(21) }],
    ['with an id that is a path', { ...offer, id: `../${'A'.repeat(19)}` }],
    ['with an id that is a list', { ...offer, id: [token] }],
    ['with a sender that is a text', { ...offer, sender: 'Ada' }],
    ['with a long name of the sender', { ...offer, sender: { name: 'a'.repeat(65) } }],
    ['of nothing', { ...offer, items: [] }],
    ['of ten thousand and one items', { ...offer, items: Array.from({ length: limits.itemsPerOffer + 1 }, () => item) }],
    ['of an item that is null', { ...offer, items: [null] }],
    ['of another kind', withItem({ kind: 'volume' })],
    ['a folder of which nothing is said', withItem({ kind: 'folder' })],
    ['a file with what is in a folder', withItem({ folder: { files: 0, folders: 0, names: [] } })],
    ['with an empty file name', withItem({ name: '' })],
    ['with a file name of 801 bytes', withItem({ name: 'a'.repeat(4 * limits.nameBytes + 1) })],
    ['with a size below zero', withItem({ size: -1 })],
    ['with half a byte', withItem({ size: 0.5 })],
    ['with a size in quotes', withItem({ size: '1' })],
    ['with an infinite size', withItem({ size: Number.POSITIVE_INFINITY })],
    ['with a size beyond every disk', withItem({ size: limits.itemBytes + 1 })],
    ['with a size beyond the safe numbers', withItem({ size: 2 ** 53 })],
    ['with a media type of one word', withItem({ mediaType: 'text' })],
    ...[
      '',
      '/',
      'text/',
      '/plain',
      'text /plain',
      'text/plain x',
      'text/plain ',
      ' text/plain',
      'text/plain/x',
      'text/plain; charset',
      'text/plain; charset=',
      'text/plain; =utf-8',
      'text/plain; charset =utf-8',
      'text/plain; charset= utf-8',
      'text/plain; charset="utf-8',
      'text/plain; charset="a"b',
      'text/plain; charset="a\\"',
      'text/plain; charset="a\u0000"',
      'text/plain; charset="a\\\n"',
      'text/plain; charset="\u00e4"',
      'text/plain, text/html',
      'text/plain\n',
      'text/plain\r\nX: y',
      `a/b${'; '.repeat(61)}x`,
      `a/b;c="${'\\\\'.repeat(58)}`,
    ].map((mediaType) => [`with the media type ${JSON.stringify(mediaType)}`, withItem({ mediaType })] as const),
    ['with an endless media type', withItem({ mediaType: `text/${'a'.repeat(200)}` })],
    ['with a context that is a list', withItem({ context: 'typescript' })],
    ['with a language that is a number', withItem({ context: { languageId: 1 } })],
    ['with an encoding that is null', withItem({ context: { encoding: null } })],
    ['of a sealed item in another form', { ...offer, items: [{ ...sealed, form: 'zip' }] }],
    ['of a sealed item for everybody', { ...offer, items: [{ ...sealed, for: 'all' }] }],
    ['of a sealed item without size', { ...offer, items: [without(sealed, 'size')] }],
    ['with a context that is null', withItem({ context: null })],
  ];
  for (const [name, value] of refused) it(`is refused ${name}`, () => assert.throws(() => parseOffer(value), invalid));
});

describe('Any message', () => {
  const messages: readonly (readonly [string, object, (body: unknown) => unknown])[] = [
    ['peer information', info, parsePeerInfo],
    ['an offer', offer, parseOffer],
    ['an offer of a sealed item', { ...offer, items: [sealed] }, parseOffer],
    ['a request to pair', { name: 'Ada', commitment: 'A'.repeat(43) }, parsePairingRequest],
    ['an answer to it', { id: token, nonce: 'A'.repeat(43) }, parsePairingAnswer],
    ['a reveal', { nonce: 'A'.repeat(43) }, parsePairingReveal],
  ];
  /** Every text of a message, each in turn with half a surrogate pair at its end. */
  const broken = (message: object): readonly string[] => {
    const json = JSON.stringify(message);
    const ends = [...json.matchAll(/(?<=[:[]"[^"]*)"/g)].map(({ index }) => index);
    return ends.flatMap((at) =>
      ['\\ud800', '\\uDC00', '\\udc00\\ud800'].map((half) => json.slice(0, at) + half + json.slice(at)),
    );
  };
  for (const [name, message, parse] of messages) {
    it(`is refused with half a surrogate pair in any text: ${name}`, () => {
      assert.doesNotThrow(() => parse(message));
      for (const json of broken(message)) assert.throws(() => parse(parseJson(Buffer.from(json))), invalid, json);
    });
  }

  it('takes a whole surrogate pair in escapes for the character that it is', () => {
    const json = JSON.stringify(offer).replace('a.ts', '\\ud83d\\udea2.ts');
    assert.equal(offeredName(parseOffer(parseJson(Buffer.from(json))).items[0] ?? assert.fail()), '\u{1f6a2}.ts');
  });

  it('has no problem type where half a surrogate pair is in it', () => {
    assert.equal(parseProblemType({ type: 'urn:ferry:problem:busy\ud800' }), '');
  });

  it('is refused where it is none, with one code', () => {
    for (const value of nobody) {
      assert.throws(() => parsePeerInfo(value), invalid);
      assert.throws(() => parseOffer(value), invalid);
      assert.throws(() => parseOfferAnswer(value, [{ size: 1 }]), invalid);
      assert.equal(parseProblemType(value), '');
    }
  });

  it('is parsed or refused with its code, whatever JSON it is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...Object.keys({ ...offer, ...info })), fc.jsonValue()),
        (value, changes) => {
          for (const parse of [
            () => parseOffer(value),
            () => parseOffer({ ...offer, ...changes }),
            () => parsePeerInfo({ ...info, ...changes }),
          ]) {
            try {
              parse();
            } catch (error) {
              assert.ok(
                isFerryError(error) && error.code === 'ERR_MESSAGE_INVALID' && error.message.length <= 200,
                String(error),
              );
            }
          }
        },
      ),
    );
  });

  const noJson: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['half an object', Buffer.from('{"a":')],
    ['two values', Buffer.from('{}{}')],
    ['NaN', Buffer.from('NaN')],
    ['a byte order mark inside', Buffer.from('{\ufeff}')],
    ['UTF-8 that is broken', Uint8Array.of(0x22, 0xff, 0x22)],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
  ];
  for (const [name, body] of noJson) it(`is refused as JSON for ${name}`, () => assert.throws(() => parseJson(body), invalid));

  it('is refused as JSON when it is nested too deep to be read, and for no other error', () => {
    const deep = Buffer.from('['.repeat(limits.jsonBodyBytes));
    assert.throws(() => parseJson(deep), invalid);
    assert.throws(() => parseOffer(parseJson(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))), invalid);
  });

  it('gives its problem type where it is a problem', () => {
    assert.equal(parseProblemType({ type: 'urn:ferry:problem:busy', status: 429 }), 'urn:ferry:problem:busy');
    assert.equal(parseProblemType({ type: 'a'.repeat(201) }), '');
    assert.equal(parseProblemType({ type: 1 }), '');
  });
});
