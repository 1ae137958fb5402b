// Events, and work that nobody waits for.

import assert from 'node:assert/strict';

import { FerryError } from '../../../src/core/base/errors.ts';
import { createEmitter, type Emitter } from '../../../src/core/base/event.ts';
import { background, type LogFields, silentLog } from '../../../src/core/base/log.ts';

describe('An event', () => {
  it('reaches its listeners in the order in which they subscribed, until they leave', () => {
    const emitter: Emitter<number> = createEmitter();
    const heard: string[] = [];
    const first = emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, ['first 1', 'second 1', 'second 2']);
  });

  it('counts a listener as often as it subscribes', () => {
    const emitter: Emitter<string> = createEmitter();
    const heard: string[] = [];
    const listener = (value: string): void => void heard.push(value);
    const [one] = [emitter.event(listener), emitter.event(listener)];
    emitter.fire('a');
    one.dispose();
    emitter.fire('b');
    assert.deepEqual(heard, ['a', 'a', 'b']);
  });

  it('reaches the others when one of them throws, and never whoever fires it', () => {
    const errors: unknown[] = [];
    const failure = new Error('listener');
    const emitter: Emitter<void> = createEmitter((error) => errors.push(error));
    let heard = 0;
    emitter.event(() => {
      throw failure;
    });
    emitter.event(() => {
      heard += 1;
    });
    emitter.fire();
    assert.deepEqual([heard, errors], [1, [failure]]);
  });

  it('does not reach whoever subscribes while it is told', () => {
    const emitter: Emitter<void> = createEmitter();
    let late = 0;
    const first = emitter.event(() => {
      first.dispose();
      emitter.event(() => {
        late += 1;
      });
    });
    emitter.fire();
    assert.equal(late, 0);
    emitter.fire();
    assert.equal(late, 1);
  });
});

describe('Work in the background', () => {
  it('ends in the log when it fails, with its code', async () => {
    const warnings: (readonly [string, LogFields | undefined])[] = [];
    const done = Promise.withResolvers<undefined>();
    const log = {
      ...silentLog,
      warn: (message: string, fields?: LogFields) => {
        warnings.push([message, fields]);
        if (warnings.length === 2) done.resolve(undefined);
      },
    };
    background(Promise.resolve(), log, 'what works');
    background(Promise.reject(new FerryError('ERR_BUSY', 'too much')), log, 'asking');
    background(Promise.reject(new TypeError('bug')), log, 'thinking');
    await done.promise;
    assert.deepEqual(warnings, [
      ['asking failed', { code: 'ERR_BUSY', message: 'too much' }],
      ['thinking failed', { code: 'ERR_UNEXPECTED', message: 'bug' }],
    ]);
  });
});
