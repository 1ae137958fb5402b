// What has become of an offer, and what each request for it is answered: the table of PROTOCOL.md, asked of a real peer.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TLSSocket } from 'node:tls';

import { entryId } from '../../../src/core/receiving/entry.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { assertProblem, digestField, offerText, patchRequest, putRequest } from '../../support/rawOffers.ts';
import { ask, jsonRequest, type RawAnswer, rawTls, requestText } from '../../support/rawTls.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/PROTOCOL.md'), 'utf8');
const head = '| state of the offer | the same offer again | `HEAD` | `PUT`, `PATCH` | `DELETE` |\n';
const rows = (page.split(head)[1] ?? '')
  .split('\n')
  .slice(1)
  .flatMap((line, _, lines) => (lines.indexOf('') > lines.indexOf(line) ? [line.split('|').map((cell) => cell.trim())] : []));

/** One offer of one stranger, and the window that is asked about it. */
type Case = {
  readonly peer: HeadlessPeer;
  readonly stranger: Identity;
  readonly offer: string;
  readonly id: string;
  readonly item: (n: number) => string;
  readonly ask: (request: string, of?: HeadlessPeer) => Promise<RawAnswer>;
};
type State = {
  readonly options?: HeadlessOptions;
  readonly texts?: readonly string[];
  readonly reach: (one: Case) => Promise<void>;
  /** The window that is asked, where it is another one. */
  readonly other?: (one: Case) => Promise<HeadlessPeer>;
};

const wrong = digestField('something else');

describe('What an offer is answered', () => {
  const peers: HeadlessPeer[] = [];
  const sockets: TLSSocket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  const start = async (options: HeadlessOptions): Promise<HeadlessPeer> => {
    const peer = await headlessPeer(options);
    peers.push(peer);
    return peer;
  };
  const make = async (peer: HeadlessPeer, texts: readonly string[]): Promise<Case> => {
    const stranger = await createIdentity();
    const offer = offerText(texts);
    const { id } = JSON.parse(offer) as { id: string };
    return {
      ...{ peer, stranger, offer, id },
      item: (n) => `/v1/offers/${id}/items/${n}`,
      ask: (request, of = peer) => {
        const socket = rawTls(of.online.port, stranger);
        sockets.push(socket);
        return ask(socket, request);
      },
    };
  };
  const offered = async (one: Case): Promise<void> => {
    await one.ask(jsonRequest('POST', '/v1/offers', one.offer));
  };
  const waiting = async ({ peer, stranger, offer, id, ask: asking }: Case): Promise<void> => {
    asking(jsonRequest('POST', '/v1/offers', offer)).catch(() => undefined);
    const own = entryId(stranger.peerId, id);
    await eventually(peer.inbox.onDidChange, () => peer.inbox.find(own), 'the offer waits');
  };
  const put = async (one: Case, n: number, digest?: string): Promise<void> => {
    await one.ask(putRequest(one.item(n), 'abc', digest));
  };
  const offeredAndPut = async (one: Case, digest?: string): Promise<void> => {
    await offered(one);
    await put(one, 0, digest);
  };

  const states: Readonly<Record<string, State>> = {
    unknown: { reach: () => Promise.resolve() },
    'waiting for the person': { reach: waiting },
    'accepted; the item is to come': { options: { answer: 'save' }, reach: offered },
    'accepted; the item has arrived': {
      ...{ options: { answer: 'save' }, texts: ['abc', 'abc'] },
      reach: (one) => offeredAndPut(one),
    },
    'accepted; the item failed': {
      ...{ options: { answer: 'save' }, texts: ['abc', 'abc', 'abc'] },
      // Another one failed before it, in another way.
      reach: async (one) => {
        await offered(one);
        await one.ask(putRequest(one.item(1), 'abcd'));
        await put(one, 0, wrong);
      },
    },
    'over; the item has arrived': {
      options: { answer: 'save' },
      reach: (one) => offeredAndPut(one),
    },
    'over; the item failed': {
      ...{ options: { answer: 'save' }, texts: ['abc', 'abc', 'abc'] },
      reach: async (one) => {
        await offered(one);
        await one.ask(putRequest(one.item(1), 'abcd'));
        await put(one, 0, wrong);
        await put(one, 2);
      },
    },
    'over; every item failed': {
      options: { answer: 'save' },
      reach: (one) => offeredAndPut(one, wrong),
    },
    declined: { options: { answer: 'decline' }, reach: offered },
    expired: { options: { offerLifeMs: 1 }, reach: offered },
    'cancelled by either side': {
      options: { answer: 'save' },
      reach: async (one) => {
        await offered(one);
        one.peer.inbox.cancel(entryId(one.stranger.peerId, one.id));
      },
    },
    "removed from the receiver's list": {
      options: { answer: 'save' },
      reach: async (one) => {
        await offeredAndPut(one);
        one.peer.inbox.remove(entryId(one.stranger.peerId, one.id));
        await one.peer.inbox.idle();
      },
    },
    'in the hands of another window': {
      options: { answer: 'save' },
      reach: offered,
      other: async (one) => {
        const other = await start({ ...shared, identity: one.peer.identity });
        // Until it has looked into what the windows share.
        for (let status = 404; status === 404; ) ({ status } = await one.ask(requestText('HEAD', one.item(0)), other));
        return other;
      },
    },
  };
  let shared = { storage: '', folder: '' };

  it('has a row of the page for each state', () => {
    assert.deepEqual(
      rows.map(([, state]) => state),
      Object.keys(states),
    );
  });

  const columns: readonly (readonly [string, number, (one: Case) => string])[] = [
    ['the same offer again', 2, ({ offer }) => jsonRequest('POST', '/v1/offers', offer)],
    ['HEAD', 3, ({ item }) => requestText('HEAD', item(0))],
    ['PUT', 4, ({ item }) => putRequest(item(0), 'abc')],
    ['PATCH', 4, ({ item }) => patchRequest(item(0), 'abc', 0)],
    ['DELETE', 5, ({ id }) => requestText('DELETE', `/v1/offers/${id}`)],
  ];
  for (const cells of rows) {
    const [, name = ''] = cells;
    it(`where it is ${name}`, async () => {
      const { options = {}, texts = ['abc'], reach, other } = states[name] ?? assert.fail(`there is no state ${name}`);
      shared = { storage: await tempFolder(), folder: await tempFolder() };
      const peer = await start({ ...shared, ...options });
      for (const [column, at, request] of columns) {
        const one = await make(peer, texts);
        await reach(one);
        const window = (await other?.(one)) ?? peer;
        const expected = cells[at] ?? assert.fail(`there is no cell for ${column}`);
        const answered = one.ask(request(one), window);
        if (column === 'the same offer again' && /^\D/.test(expected)) {
          const own = entryId(one.stranger.peerId, one.id);
          const { inbox } = peer;
          const asked = await eventually(inbox.onDidChange, () => inbox.find(own), 'the offer waits');
          assert.equal(asked.state.phase, 'waiting');
          inbox.decline(own);
          assertProblem(await answered, 'offer-declined');
        } else {
          assertAnswer(await answered, expected, `${column}: ${expected}`);
        }
      }
    });
  }
});

function assertAnswer(answer: RawAnswer, expected: string, message: string): void {
  assert.equal(answer.status, Number(expected.slice(0, 3)), message);
  const word = /`(.+)`/.exec(expected)?.[1] ?? '';
  if (word.startsWith('?')) {
    assert.equal(answer.headers.get('upload-complete'), word, message);
  } else if (answer.status >= 400) {
    if (answer.body !== '') assertProblem(answer, word);
    else assert.ok(message.startsWith('HEAD'), message);
  } else if (answer.status === 200) {
    const { items } = JSON.parse(answer.body) as { items: readonly { n: number; from: number; complete?: boolean }[] };
    const first = items.find(({ n }) => n === 0);
    const wanted = { from: { n: 0, from: 0 }, complete: { n: 0, from: 3, complete: true } }[word];
    assert.deepEqual(first, wanted, message);
  } else {
    assert.equal(answer.body, '', message);
  }
}
