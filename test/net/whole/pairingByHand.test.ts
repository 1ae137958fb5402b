// The calls of a pairing, written by hand by somebody with a certificate: what is taken on which connection, and what is refused.

import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { codeOf, commitmentOf, newNonce, pairingExporterLabel } from '../../../src/core/pairing/code.ts';
import { parseJson, parsePairingAnswer, parseProblemType } from '../../../src/core/wire/messages.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ask, handshakeEnds, jsonRequest, type RawAnswer, rawTls, requestText } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

const slugOf = (answer: RawAnswer): string =>
  answer.body === '' ? '' : parseProblemType(parseJson(Buffer.from(answer.body))).replace('urn:ferry:problem:', '');

describe('A pairing by hand', () => {
  let identities: readonly [Identity, Identity];
  const peers: HeadlessPeer[] = [];
  const sockets: TLSSocket[] = [];

  const start = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ identity: identities[1], ...options });
    peers.push(peer);
    return peer;
  };

  before(async () => {
    identities = await Promise.all([createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  const connect = async (grace: HeadlessPeer): Promise<TLSSocket> => {
    const socket = rawTls(grace.online.port, identities[0]);
    sockets.push(socket);
    await handshakeEnds(socket);
    return socket;
  };
  type Begun = { readonly path: string; readonly nonce: string; readonly answer: RawAnswer; readonly responderNonce: string };
  const begin = async (socket: TLSSocket, grace: HeadlessPeer): Promise<Begun> => {
    const nonce = newNonce();
    const roles = { initiator: identities[0].peerId, responder: grace.identity.peerId };
    const body = JSON.stringify({ name: 'hand', commitment: await commitmentOf(nonce, roles) });
    const answer = await ask(socket, jsonRequest('POST', '/v1/pairings', body));
    const begun = parsePairingAnswer(parseJson(Buffer.from(answer.body)));
    return { path: `/v1/pairings/${begun.id}`, nonce, answer, responderNonce: begun.nonce };
  };
  const reveal = (socket: TLSSocket, { path, nonce }: Begun): Promise<RawAnswer> =>
    ask(socket, jsonRequest('POST', path, JSON.stringify({ nonce })));

  it('the code is the one that the exporter of that connection gives', async () => {
    const grace = await start();
    const socket = await connect(grace);
    const begun = await begin(socket, grace);
    assert.deepEqual((await reveal(socket, begun)).status, 204);
    const exportedKey = socket.exportKeyingMaterial(32, pairingExporterLabel, Buffer.alloc(0));
    const roles = { initiator: identities[0].peerId, responder: grace.identity.peerId };
    const nonces = { initiatorNonce: begun.nonce, responderNonce: begun.responderNonce };
    const state = grace.pairings.entries[0]?.state;
    assert.equal(state?.phase === 'comparing' && state.code, await codeOf({ ...roles, ...nonces, exportedKey }));
  });

  it('reveal and confirmation are refused on another connection of the same peer, and taken on the first', async () => {
    const grace = await start({ pairing: 'confirm' });
    const [socket, other] = [await connect(grace), await connect(grace)];
    const begun = await begin(socket, grace);
    const refused = await reveal(other, begun);
    assert.deepEqual([refused.status, slugOf(refused)], [409, 'message-unexpected']);
    assert.equal((await reveal(socket, begun)).status, 204);
    const confirmation = jsonRequest('POST', `${begun.path}/confirmation`, '{}');
    assert.equal((await ask(other, confirmation)).status, 409);
    assert.equal((await ask(socket, confirmation)).status, 204);
    assert.equal(grace.pairings.entries[0]?.state.phase, 'paired');
  });

  it('the reveal made again leaves a pairing that runs as it is, and is told how it ended once it is over', async () => {
    const grace = await start();
    const socket = await connect(grace);
    const begun = await begin(socket, grace);
    assert.equal((await reveal(socket, begun)).status, 204);
    const before = grace.pairings.entries[0];
    const again = await reveal(socket, begun);
    assert.deepEqual([again.status, slugOf(again)], [409, 'message-unexpected']);
    assert.equal(grace.pairings.entries[0], before);
    grace.pairings.decline(before?.id ?? '');
    assert.equal(slugOf(await reveal(socket, begun)), 'pairing-declined');
  });

  it('a wrong reveal is refused, ends the pairing and is counted', async () => {
    const grace = await start();
    const socket = await connect(grace);
    const begun = await begin(socket, grace);
    const refused = await reveal(socket, { ...begun, nonce: newNonce() });
    assert.deepEqual([refused.status, slugOf(refused)], [422, 'pairing-mismatch']);
    assert.equal(slugOf(await reveal(socket, begun)), 'pairing-mismatch');
    assert.equal(grace.pairings.failures(identities[0].peerId), 1);
  });

  it('the fourth in five minutes is refused, and nobody is asked', async () => {
    const grace = await start();
    const socket = await connect(grace);
    for (let time = 0; time < 3; time += 1) {
      const { path } = await begin(socket, grace);
      assert.equal((await ask(socket, requestText('DELETE', path))).status, 204);
    }
    const body = JSON.stringify({ name: '', commitment: newNonce() });
    const refused = await ask(socket, jsonRequest('POST', '/v1/pairings', body));
    assert.deepEqual([refused.status, slugOf(refused), grace.pairings.entries.length], [429, 'busy', 3]);
  });

  it('what is malformed, or not there, is refused, and begins nothing', async () => {
    const grace = await start();
    const id = 'A'.repeat(22);
    const good = newNonce();
    const table: readonly (readonly [string, string, object, string])[] = [
      ['POST', '/v1/pairings', {}, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x' }, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x'.repeat(65), commitment: good }, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x', commitment: `${good}=` }, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x', commitment: good.slice(1) }, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x', commitment: `${good.slice(0, -1)}B` }, 'message-invalid'],
      ['POST', '/v1/pairings', { name: 'x', commitment: good.replace(/^./, '+') }, 'message-invalid'],
      ['POST', `/v1/pairings/${id}`, {}, 'message-invalid'],
      ['POST', `/v1/pairings/${id}`, { nonce: 1 }, 'message-invalid'],
      ['POST', `/v1/pairings/${id}`, { nonce: good }, 'not-found'],
      ['POST', `/v1/pairings/${id}/confirmation`, [], 'not-found'],
      ['POST', `/v1/pairings/${id}/confirmation`, {}, 'not-found'],
      ['POST', `/v1/pairings/${id}/reveal`, {}, 'not-found'],
      ['POST', `/v1/pairings/${id}A`, { nonce: good }, 'not-found'],
    ];
    for (const [method, path, body, slug] of table) {
      // One connection each: where a body is not wanted, it is closed.
      const answer = await ask(await connect(grace), jsonRequest(method, path, JSON.stringify(body)));
      assert.equal(slugOf(answer), slug, `${method} ${path} ${JSON.stringify(body)}`);
    }
    assert.equal(slugOf(await ask(await connect(grace), requestText('DELETE', `/v1/pairings/${id}`))), 'not-found');
    for (const [method, path] of [
      ['GET', '/v1/pairings'],
      ['PUT', `/v1/pairings/${id}`],
      ['DELETE', `/v1/pairings/${id}/confirmation`],
    ] as const) {
      assert.equal((await ask(await connect(grace), requestText(method, path))).status, 405);
    }
    assert.deepEqual(grace.pairings.entries, []);
  });

  it('the connection is kept for as long as two people may compare, longer than an idle one is', async () => {
    const grace = await start();
    const socket = await connect(grace);
    const keptFor = ({ headers }: RawAnswer): number => Number(headers.get('keep-alive')?.replace('timeout=', '')) * 1_000;
    const idle = keptFor(await ask(socket, requestText('GET', '/v1/peer')));
    const begun = await begin(socket, grace);
    assert.deepEqual([keptFor(begun.answer), keptFor(await reveal(socket, begun))], [limits.pairingLifeMs, limits.pairingLifeMs]);
    assert.ok(idle < limits.pairingLifeMs);
  });
});
