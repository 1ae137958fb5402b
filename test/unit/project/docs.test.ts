// The documents against the code: tables of settings, commands, scripts, errors and limits, the examples of the protocol, the
// code map, and links. What a document says in sentences, people have to keep true.

import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { errorCodes } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import type { FormatId } from '../../../src/core/dictionary/formats/format.ts';
import { formatIds, loadFormat } from '../../../src/core/dictionary/formats.ts';
import { fingerprintOf, idPrefixLength, idPrefixOf, peerIdFromHash } from '../../../src/core/peers/peerId.ts';
import { wireProblems } from '../../../src/core/wire/problems.ts';
import { messageRoutes } from '../../../src/net/listening/messageRoutes.ts';
import { offerRoutes } from '../../../src/net/listening/offerRoutes.ts';
import { pairingRoutes } from '../../../src/net/listening/pairingRoutes.ts';
import { peerRoutes } from '../../../src/net/listening/peerRoutes.ts';
import { sharedRoutes } from '../../../src/net/listening/sharedRoutes.ts';
import { codeMaps } from './codeMap.ts';
import { checkExample } from './exampleParsers.ts';
import { fences, parseHttp } from './fences.ts';
import { musts, sentencesWithMust } from './musts.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/PROTOCOL.md',
  'docs/ARCHITECTURE.md',
  'docs/THREATS.md',
  'docs/CORPORA.md',
];
const protocol = read('docs/PROTOCOL.md');
const readme = read('README.md');

type Manifest = {
  readonly publisher: string;
  readonly name: string;
  readonly engines: { readonly vscode: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: { readonly commandPalette: readonly { readonly command: string; readonly when?: string }[] };
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }[];
  };
};
const manifest = JSON.parse(read('package.json')) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;

/** The rows of the one table whose head is `head`, cell by cell. */
function table(text: string, head: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (line === head ? [index] : []));
  assert.equal(starts.length, 1, `one table begins with ${head}`);
  const rows = lines.slice(Number(starts[0]) + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) => {
    const cells = line.split('|').slice(1, -1);
    return cells.map((cell) => cell.trim());
  });
}

/** The text under a heading of the given level, up to the next one of that level or above. */
function section(text: string, heading: string): string {
  const level = heading.indexOf(' ');
  const [, after, ...more] = `\n${text}`.split(`\n${heading}\n`);
  assert.ok(after !== undefined && more.length === 0, `one section is headed ${heading}`);
  return after.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? '';
}

const unquoted = (cell: string | undefined): string =>
  /^`(.*)`$/.exec(cell ?? '')?.[1] ?? assert.fail(`${cell} is not in backticks`);

describe('The README', () => {
  it('has a row for every setting and no other, with its default', () => {
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
    const rows = table(readme, '| setting | default | what it is |');
    assert.deepEqual(
      rows.map(([key, value]) => [unquoted(key), JSON.parse(unquoted(value)) as unknown]),
      settings.map(([key, setting]) => [key, setting.default]),
    );
    for (const [key, , words] of rows) assert.notEqual(words, '', key);
  });

  it('has a row for every command of the palette and no other', () => {
    const { commands, menus } = manifest.contributes;
    const hidden = new Set(menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
    const inPalette = commands.filter(({ command }) => !hidden.has(command));
    const titles = inPalette.map(({ title, category }) => `**${category}: ${strings[title.slice(1, -1)]}**`);
    assert.deepEqual(
      table(readme, '| command | what it does |')
        .map(([title]) => title)
        .toSorted(),
      titles.toSorted(),
    );
  });

  it('can be packed: without a repository the packer refuses pictures and relative links in a line, unless it leaves them alone', () => {
    if (manifest.scripts['package']?.includes('--no-rewrite-relative-links') === true) return;
    assert.deepEqual(readme.match(/!\[[^\]]*\]|\]\((?!https:|#)[^)]*\)/g), null);
  });

  // On the Marketplace the README stands alone: the release has the packer make addresses, and it does so only of these.
  it('has every link and picture in its line, where the packer makes addresses of them', () => {
    assert.deepEqual(readme.match(/^\[[^\]]+\]: .*$|\]\[[^\]]*\]|<(?:img|a) .*$/gm), null);
    const release = read('.github/workflows/release.yml');
    for (const option of ['--baseContentUrl', '--baseImagesUrl']) assert.ok(release.includes(`${option} "https://`), option);
  });

  it('installs what package.json says, where package.json says', () => {
    const { publisher, name, engines } = manifest;
    assert.ok(readme.includes(`\ncode --install-extension ${publisher}.${name}\n`));
    assert.ok(readme.includes(`Visual Studio Code ${engines.vscode.replace(/^\^(\d+\.\d+)\.0$/, '$1')} or newer`));
    assert.ok(readme.includes(`*${strings['walkthrough.title']}* on the Welcome page`));
  });
});

describe('CONTRIBUTING', () => {
  it('has a row for every script and no other', () => {
    const rows = table(read('CONTRIBUTING.md'), '| script | what it does |');
    const names = rows.map(([script]) => unquoted(script).replace(/^npm (run )?/, ''));
    assert.deepEqual(names.toSorted(), Object.keys(manifest.scripts).toSorted());
  });
});

describe('ARCHITECTURE', () => {
  it('has the map that `npm run map` writes', () => {
    const { written, expected } = codeMaps();
    assert.equal(written, expected);
  });
});

describe('PROTOCOL', () => {
  it('has the problems of the code, in their order', () => {
    const rows = table(protocol, '| code | type | status | when |');
    assert.deepEqual(
      rows.map(([code, type, status]) => [unquoted(code), unquoted(type), Number(status)]),
      wireProblems.map(({ code, type, status }) => [code, type, status]),
    );
    for (const [code, , , when] of rows) assert.ok(when !== undefined && when !== '', code);
  });

  it('has the limits of the code, with their values and units, in their order', () => {
    const rows = table(protocol, '| limit | value | what it bounds |').map(([name, value = '']) => {
      const [, digits = '', unit = ''] = /^([\d ]*\d)(?: (ms|bytes))?$/.exec(value) ?? [];
      return [unquoted(name), Number(digits.replaceAll(' ', '')), unit];
    });
    const unitOf = (name: string): string => (name.endsWith('Ms') ? 'ms' : name.endsWith('Bytes') ? 'bytes' : '');
    assert.deepEqual(
      rows,
      Object.entries(limits).map(([name, value]) => [name, value, unitOf(name)]),
    );
  });

  it('has a test, or a note that it binds others, for every sentence with MUST', () => {
    const sentences = sentencesWithMust(protocol);
    const of = (says: string): readonly string[] => sentences.filter((sentence) => sentence.includes(says));
    for (const { says } of musts) assert.equal(of(says).length, 1, says);
    const shown = new Set(musts.flatMap(({ says }) => of(says)));
    assert.deepEqual(
      sentences.filter((sentence) => !shown.has(sentence)),
      [],
    );
    for (const must of musts) {
      if (!('shownBy' in must)) continue;
      const [file, name] = must.shownBy;
      assert.ok(read(`test/${file}`).includes(name), `${file} has no ${name}`);
    }
  });

  it('says how many items fit into an offer, and more do not', () => {
    const shortest = { kind: 'file', name: 'a', size: 0, mediaType: 'a/b' };
    const offer = (count: number): number =>
      JSON.stringify({ id: 'A'.repeat(22), sender: { name: '' }, items: Array.from({ length: count }, () => shortest) }).length;
    assert.match(protocol, /4 800 of the shortest/);
    assert.ok(offer(4_800) <= limits.jsonBodyBytes && offer(4_900) > limits.jsonBodyBytes);
  });

  it('names no error code that there is not', () => {
    for (const document of documents) {
      const named = [...read(document).matchAll(/\bERR_[A-Z_]+\b/g)].map(([code]) => code);
      assert.deepEqual(
        named.filter((code) => !errorCodes.some((known) => known === code)),
        [],
        document,
      );
    }
  });

  it('has a peer ID worked out from a key', () => {
    const example = section(protocol, '### Peer ID');
    const pem = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/.exec(example)?.[0] ?? assert.fail('there is no key');
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const hash = createHash('sha256').update(spki).digest();
    const id = peerIdFromHash(hash);
    const shown = (label: string): string | undefined => new RegExp(`^${label} +(.*)$`, 'm').exec(example)?.[1];
    assert.equal(spki.length, 91);
    assert.equal(shown('SHA-256'), hash.toString('hex'));
    assert.equal(shown('base32')?.slice(0, idPrefixLength), idPrefixOf(id));
    assert.equal(shown('peer ID'), id);
    assert.equal(shown('fingerprint'), fingerprintOf(id));
  });

  it('has one dictionary in three formats', async () => {
    const text = section(protocol, '## Dictionaries');
    const hex = fences(text, 'text').find((fence) => /^[0-9a-f\s]+$/.test(fence)) ?? assert.fail('there is no CBOR');
    const bytes: Readonly<Record<FormatId, Buffer>> = {
      json: Buffer.from(fences(text, 'json')[0]?.trimEnd() ?? ''),
      xml: Buffer.from(fences(text, 'xml')[0]?.trimEnd() ?? ''),
      cbor: Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'),
    };
    const sizes = [...text.matchAll(/(\d+) bytes(?:, on one line)?:/g)].map((match) => Number(match[1]));
    assert.deepEqual(
      formatIds.map((id) => bytes[id].length),
      sizes,
    );
    const value = (await loadFormat('json')).decode(bytes.json);
    for (const id of formatIds) assert.deepEqual(Buffer.from((await loadFormat(id)).encode(value)), bytes[id], id);
  });
});

describe('The examples of PROTOCOL', () => {
  const messages = fences(protocol, 'http').flatMap(parseHttp);
  const requests = messages.filter(({ start }) => !start.startsWith('HTTP/'));

  it('show every call of the listener, and no other', () => {
    const unused = (): never => assert.fail('nothing is asked');
    const routes = [
      ...peerRoutes(unused),
      ...offerRoutes({ offer: unused, item: unused, progress: unused, withdraw: unused }),
      ...messageRoutes({ mayWrite: unused, message: unused }),
      ...sharedRoutes(unused),
      ...pairingRoutes({ begin: unused, reveal: unused, confirmation: unused, withdraw: unused }),
    ];
    const calls = routes.flatMap(({ path, methods }) =>
      Object.keys(methods).map((method) => new RegExp(`^${method} ${path.source.slice(1, -1)} HTTP/1\\.1$`)),
    );
    assert.ok(calls.length >= 4);
    for (const call of calls)
      assert.ok(
        requests.some(({ start }) => call.test(start)),
        String(call),
      );
    for (const { start } of requests)
      assert.ok(
        calls.some((call) => call.test(start)),
        start,
      );
    assert.equal(table(protocol, '| call | meaning | success |').length, calls.length);
  });

  for (const [index, message] of messages.entries()) {
    const asked = messages.slice(0, index + 1).findLast(({ start }) => !start.startsWith('HTTP/'));
    it(`are right: ${index + 1}, ${message.start}`, () => checkExample(message, asked, messages));
  }
});

describe('The links', () => {
  /** Headings as GitHub makes anchors of them. */
  const anchorsOf = (path: string): readonly string[] =>
    [
      ...read(path)
        .replaceAll(/^```.*?^```$/gms, '')
        .matchAll(/^#+ (.*)$/gm),
    ].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  for (const document of [...documents, 'CHANGELOG.md']) {
    it(`of ${document} lead somewhere`, () => {
      const text = read(document)
        .replaceAll(/^```.*?^```$/gms, '')
        .replaceAll(/`[^`\n]*`/g, '');
      const defined = [...text.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)];
      const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
      const used = new Set([...text.matchAll(/\]\[([^\]]+)\]/g)].map(([, name]) => name));
      assert.deepEqual([...used].toSorted(), defined.map(([, name]) => name).toSorted());
      for (const target of [...targets, ...defined.map(([, , target = '']) => target)]) {
        if (/^https:\/\//.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? document : join(dirname(document), path);
        assert.ok(existsSync(join(root, file)), target);
        if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), target);
      }
    });
  }
});
