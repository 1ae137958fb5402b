// A peer that shares what it should not: lists without end or with something twice, other bytes than were described or asked for,
// and names that nobody can read.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import type { PeerLink } from '../../../src/core/peers/link.ts';
import { describeShared, findShared, readShared, sharedEntries } from '../../../src/core/sharing/getting/browse.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { createDialler } from '../../../src/net/dialling/dialler.ts';
import { answerText, type HandListener, headEnd, startHandListener } from '../../support/handListener.ts';
import { filesOf, headlessPeer } from '../../support/headlessPeer.ts';
import { failureOf, gotten } from '../../support/sharingPeers.ts';
import { removeTempFolders } from '../../support/temp.ts';

const forever = new AbortController().signal;
const content = 'The ferry leaves at nine.\n';
const etag = '"tag"';
const digest = `Repr-Digest: sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

/** What a peer answers to a request line. */
type Script = (path: string, head: string) => string;

describe('A peer that shares', () => {
  let identity: Identity;
  let listener: HandListener | undefined;
  let pages = 0;

  before(async () => {
    identity = await createIdentity();
  });
  afterEach(async () => {
    await listener?.close();
    listener = undefined;
    pages = 0;
  });
  after(removeTempFolders);

  const serve = async (script: Script): Promise<HandListener> => {
    listener = await startHandListener(identity, async ({ until, write }) => {
      for (;;) {
        const head = await until(headEnd);
        const path = /^GET (\S+) /.exec(head)?.[1] ?? '';
        if (path.startsWith('/v1/peer')) write(answerText('200 OK', info));
        else write(script(path, head));
      }
    });
    return listener;
  };
  const withLink = async <T>(script: Script, work: (link: PeerLink) => Promise<T>): Promise<T> => {
    const { address } = await serve(script);
    const dialler = createDialler(await createIdentity());
    const link = await dialler.dial(address, identity.peerId, forever);
    return work(link).finally(() => dialler.close());
  };
  const entry = (id: string, name: string) => ({ id, kind: 'file', name, size: content.length });
  const page = (body: object): string => answerText('200 OK', body);

  it('P12: cannot keep anybody busy with a list without end', async () => {
    const endless: Script = () => {
      pages += 1;
      const entries = Array.from({ length: 500 }, (_, n) => entry(`id${pages}-${n}`, `f${pages}-${n}`));
      return page({ entries, next: `c${pages}` });
    };
    await withLink(endless, async (link) => {
      await assert.rejects(sharedEntries(link, undefined, forever), { code: 'ERR_MESSAGE_INVALID' });
      await assert.rejects(findShared(link, ['none'], forever), { code: 'ERR_MESSAGE_INVALID' });
    });
    assert.ok(pages <= 402, `${pages} pages`);
  });

  const invalidPages = {
    'that goes on with nothing in it': { entries: [], next: 'more' },
    'with an id twice': { entries: [entry('a', 'a'), entry('a', 'b')] },
    'with more than a page': { entries: Array.from({ length: 501 }, (_, n) => entry(`i${n}`, `n${n}`)) },
    'with a name that leads elsewhere': { entries: [entry('a', '..')] },
    'with a path for a name': { entries: [entry('a', 'a/b')] },
    'with a NUL in a name': { entries: [entry('a', 'a\0b')] },
    'with a name that is empty': { entries: [entry('a', '')] },
    'with an id that is a path': { entries: [entry('../../peer', 'a')] },
    'with an id without end': { entries: [entry('a'.repeat(7_000), 'a')] },
    'with a size below nothing': { entries: [{ ...entry('a', 'a'), size: -1 }] },
  };
  for (const [what, body] of Object.entries(invalidPages)) {
    it(`P11: is not understood with a list ${what}`, async () => {
      await withLink(
        () => page(body),
        async (link) => {
          await assert.rejects(sharedEntries(link, undefined, forever), { code: 'ERR_MESSAGE_INVALID', remote: false });
        },
      );
    });
  }

  it('P12: is not understood with the same id on two pages', async () => {
    await withLink(
      () => page({ entries: [entry('same', 'a')], next: 'more' }),
      async (link) => {
        await assert.rejects(sharedEntries(link, undefined, forever), { code: 'ERR_MESSAGE_INVALID' });
      },
    );
  });

  it('of an earlier version is told from one that shares nothing', async () => {
    const problem = { type: 'urn:ferry:problem:not-found', title: 'There is nothing here', status: 404 };
    await withLink(
      () =>
        answerText('404 Not Found', problem, ['Content-Type: application/problem+json']).replace(
          'Content-Type: application/json\r\n',
          '',
        ),
      async (link) => {
        await assert.rejects(sharedEntries(link, undefined, forever), {
          code: 'ERR_VERSION_UNSUPPORTED',
          detail: { missing: 'shared' },
        });
      },
    );
  });

  const chunked = (status: string, body: string, trailer: string, fields: readonly string[] = [`ETag: ${etag}`]): string =>
    [
      `HTTP/1.1 ${status}`,
      ...fields,
      'Transfer-Encoding: chunked',
      'Trailer: Repr-Digest',
      '',
      ...(body === '' ? [] : [body.length.toString(16), body]),
      '0',
      ...(trailer === '' ? [] : [trailer]),
      '',
      '',
    ].join('\r\n');
  const described = (size = content.length) =>
    page({ item: { kind: 'file', name: 'a.txt', size, mediaType: 'text/plain' }, etag });
  const answers: Readonly<Record<string, readonly [answer: string, code: string]>> = {
    'more bytes than it described': [chunked('200 OK', `${content}!`, digest), 'ERR_ITEM_TOO_LARGE'],
    'fewer bytes than it described': [chunked('200 OK', content.slice(1), digest), 'ERR_SIZE_MISMATCH'],
    'another digest': [chunked('200 OK', content.toUpperCase(), digest), 'ERR_DIGEST_MISMATCH'],
    'no digest': [chunked('200 OK', content, ''), 'ERR_DIGEST_MISMATCH'],
    'another tag': [chunked('200 OK', content, digest, ['ETag: "other"']), 'ERR_MESSAGE_INVALID'],
    'no tag': [chunked('200 OK', content, digest, []), 'ERR_MESSAGE_INVALID'],
    'a part that nobody asked for': [
      chunked('206 Partial Content', content.slice(5), digest, [`ETag: ${etag}`, 'Content-Range: bytes 5-25/26']),
      'ERR_MESSAGE_INVALID',
    ],
    'no content': [`HTTP/1.1 204 No Content\r\nETag: ${etag}\r\n\r\n`, 'ERR_MESSAGE_UNEXPECTED'],
  };
  for (const [what, [answer, code]] of Object.entries(answers)) {
    const script: Script = (path) => {
      if (path === '/v1/shared') return page({ entries: [entry('file', 'a.txt')] });
      return path.endsWith('/item') ? described() : answer;
    };

    it(`P11: is not believed where it sends ${what}`, async () => {
      await withLink(script, async (link) => {
        await assert.rejects(readShared(link, { id: 'file', name: 'a.txt' }, 100, forever), { code, remote: false });
      });
    });

    it(`P11: leaves nothing behind where it sends ${what}`, async () => {
      const { address } = await serve(script);
      const getter = await headlessPeer();
      await getter.book.change(identity.peerId, (known) => ({ ...known, trust: 'paired', addresses: [address] }));
      try {
        const from = { id: identity.peerId, name: 'hostile' };
        const id = await getter.fetcher.get(from, [{ path: ['a.txt'] }], { action: 'save' }, forever);
        assert.equal(failureOf(await gotten(getter, id)), code);
        assert.deepEqual(await filesOf(getter), []);
      } finally {
        await getter.stop();
      }
    });
  }

  it('P11: is not believed where the rest that it sends is another one', async () => {
    const script: Script = (path) =>
      path.endsWith('/item')
        ? described()
        : chunked('206 Partial Content', content.slice(5), digest, [`ETag: ${etag}`, 'Content-Range: bytes 5-25/26']);
    await withLink(script, async (link) => {
      const request = { id: 'file', etag, size: content.length, from: 10 };
      await assert.rejects(
        link.fetch(request, () => Promise.resolve(), forever),
        { code: 'ERR_MESSAGE_INVALID' },
      );
    });
  });

  for (const kind of ['snippet', 'dictionary', 'sealed', 'folder']) {
    it(`P11: is not understood where it describes a file as a ${kind}`, async () => {
      const item = { kind, name: 'a.txt', size: 2 ** 40, mediaType: 'text/plain' };
      await withLink(
        () => page({ item, etag }),
        async (link) => {
          await assert.rejects(describeShared(link, 'file', 'a.txt', forever), { code: 'ERR_MESSAGE_INVALID', remote: false });
        },
      );
    });
  }

  it('P11: is not believed where it describes something else than it listed', async () => {
    const script: Script = (path) =>
      path.endsWith('/item') ? described().replace('a.txt', 'b.txt') : page({ entries: [entry('file', 'a.txt')] });
    await withLink(script, async (link) => {
      await assert.rejects(readShared(link, { id: 'file', name: 'a.txt' }, 100, forever), { code: 'ERR_MESSAGE_INVALID' });
    });
  });
});

const info = {
  ...{ protocol: 1, name: 'hostile', app: '0', window: 'A'.repeat(22), focusedMsAgo: 0 },
  capabilities: ['shared'],
};
