// Rules for the tests themselves, that they hold anywhere: whatever else runs on the machine, and however slow it is.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { times } from '../../support/longRuns.ts';
import { skip, whatIsMissing } from '../../support/skipping.ts';
import { failureLines, newSummary } from '../../support/summary.ts';

const tests = resolve(import.meta.dirname, '../..');
const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter(
    (path) => path.endsWith('.ts') && !path.includes('node_modules') && path !== join('unit', 'project', 'testRules.test.ts'),
  )
  .map((path) => [path, readFileSync(join(tests, path), 'utf8')] as const);
const naming = (words: RegExp): readonly string[] => sources.filter(([, text]) => words.test(text)).map(([path]) => path);

describe('The tests', () => {
  it('skip nothing without saying what is missing', () => {
    assert.deepEqual(
      naming(/\b(?:this|context)\.skip\(|\b(?:it|describe|context|suite|test|xit|xdescribe)\.skip\(|\bx(?:it|describe)\(/),
      [join('support', 'skipping.ts')],
    );
  });

  it('use no port of mDNS that is written down, but for those that lay a cable of their own', () => {
    const alone = naming(/\blayCable\(/);
    const fixed = naming(/\bmdnsPort(?::|\s*=)\s*[1-9]|MDNS_PORT:\s*['"]?\d|\['5353'/);
    assert.deepEqual(
      fixed.filter((path) => !alone.includes(path)),
      [],
    );
  });

  it('hold nothing against the clock', () => {
    assert.deepEqual(naming(/assert[^;\n]*(?:performance\.now|Date\.now)\(\) - /), []);
  });

  it('run long rows fifty times, and in full on request', () => {
    assert.deepEqual([times(1_000, {}), times(20, {}), times(1_000, { FERRY_LONG: '1' })], [50, 20, 1_000]);
  });

  it('end with what failed, wherever it ran', () => {
    const summary = newSummary();
    summary.read(
      ['Editor', '', ...failureLines('Editor saves', 'AssertionError: 1 !== 2\n  at line 3'), '', '0 passed, 1 failed'].join(
        '\n',
      ),
    );
    const lines = summary.lines();
    assert.deepEqual(lines.slice(-4), ['\nfailed: Editor saves', '  AssertionError: 1 !== 2', '    at line 3', '']);
    const whole = newSummary();
    whole.read(lines.join('\n'));
    assert.deepEqual(whole.lines(), lines);
  });

  it('end with what was skipped and the ten that took longest', () => {
    const summary = newSummary();
    const slow = Array.from({ length: 12 }, (_, n) => `  ✔ does ${n} (${100 + n} ms)`);
    summary.read(['Editor', ...slow, '  ✔ is fast', '  - waits (skipped: a moon)', '12 passed, 0 failed'].join('\n'));
    const lines = summary.lines();
    assert.deepEqual(lines.slice(0, 3), ['\nskipped, for this is missing: a moon', '  Editor waits', '\nslowest:']);
    assert.deepEqual(
      lines.slice(3, -1).map((line) => line.trim()),
      Array.from({ length: 10 }, (_, n) => `${111 - n} ms  Editor does ${11 - n}`),
    );
    const whole = newSummary();
    whole.read(['✔ something else', ...lines].join('\n'));
    assert.deepEqual(whole.lines(), lines);
  });

  it('remember what a test or a whole suite misses', () => {
    const suite = { parent: undefined };
    const [one, other] = [{ parent: suite }, { parent: { parent: undefined } }];
    const skipping = (runnable: object): void => {
      const context = { runnable: () => runnable, skip: () => undefined } as unknown as Mocha.Context;
      skip(context, 'nothing, this is a trial');
    };
    skipping({ type: 'hook', parent: suite });
    assert.equal(whatIsMissing(one as unknown as Mocha.Test), 'nothing, this is a trial');
    assert.equal(whatIsMissing(other as unknown as Mocha.Test), undefined);
    skipping(other);
    assert.equal(whatIsMissing(other as unknown as Mocha.Test), 'nothing, this is a trial');
  });
});
