// Whether a peer may get something, where the person wants to be asked: once, and never so often that it wears them down.

import assert from 'node:assert/strict';

import { FerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { GetQuestions } from '../../../src/core/sharing/questions.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const [ada, grace] = [1, 2].map((n) => ({ id: peerIdOfNobody(n), name: '' })) as [Peer, Peer];
type Peer = Parameters<GetQuestions['ask']>[0];
const item = { kind: 'file', name: 'a', size: 1, mediaType: 'a/b' } as const;
const forever = new AbortController().signal;

describe('The question whether a peer may get something', () => {
  let now = 0;
  let asked = 0;
  let questions = new GetQuestions();
  let answer: boolean | undefined;
  beforeEach(() => {
    [now, asked, answer] = [0, 0, undefined];
    questions = new GetQuestions({ now: () => now });
    questions.onDidAsk((question) => {
      asked += 1;
      if (answer !== undefined) question.answer(answer);
    });
  });
  const outcome = (peer: Peer, key: string, signal = forever): Promise<string> =>
    questions.ask(peer, item, key, signal).then(
      () => 'allowed',
      (error: unknown) => (error instanceof FerryError ? error.code : String(error)),
    );

  it('S7: is not put again at once by a peer who leaves before it is answered, and comes back', async () => {
    const codes: string[] = [];
    for (let times = 0; times < 1_000; times += 1) {
      const gone = new AbortController();
      const asking = outcome(ada, `key ${times}`, gone.signal);
      gone.abort(new FerryError('ERR_CONNECTION_LOST', 'the peer went away'));
      codes.push(await asking);
    }
    assert.deepEqual([asked, codes[0], codes.at(-1)], [1, 'ERR_CONNECTION_LOST', 'ERR_BUSY']);
    now = limits.ringMs;
    answer = true;
    assert.equal(await outcome(ada, 'key'), 'allowed');
    assert.equal(await outcome(grace, 'other'), 'allowed');
    assert.equal(asked, 3);
  });

  it('S7: is answered unseen for a while after three refusals in a row', async () => {
    answer = false;
    for (let times = 0; times < 10; times += 1) assert.equal(await outcome(ada, `key ${times}`), 'ERR_OFFER_DECLINED');
    assert.equal(asked, limits.refusalsUntilMute);
    now = limits.muteMs;
    answer = true;
    assert.equal(await outcome(ada, 'key'), 'allowed');
  });

  it('is put for each thing once, and at once where the one before it was answered', async () => {
    answer = true;
    for (const key of ['a', 'b', 'a', 'c', 'd', 'e', 'b']) assert.equal(await outcome(ada, key), 'allowed');
    assert.equal(asked, 5);
  });
});
