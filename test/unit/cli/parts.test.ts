// The parts of the command line that need no process: its data folder, the words of a line, and what its options take.

import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { dataFolder } from '../../../src/cli/own/dataFolder.ts';
import { choiceOf, firstWord, numberOf, parseWords, splitWords } from '../../../src/cli/parseWords.ts';
import { Refusal } from '../../../src/cli/refusal.ts';

const options = { to: { value: 'PEER', help: '' }, json: { help: '' } };
const takes = { least: 0, most: 2 };

describe('The data folder of the command line', () => {
  for (const [platform, env, expected] of [
    ['linux', {}, ['.local', 'share', 'ferry']],
    ['linux', { XDG_DATA_HOME: 'relative' }, ['.local', 'share', 'ferry']],
    ['darwin', { XDG_DATA_HOME: '/x' }, ['Library', 'Application Support', 'ferry']],
    ['win32', {}, ['AppData', 'Roaming', 'ferry']],
  ] as const) {
    it(`is ${expected.join('/')} at home on ${platform} with ${JSON.stringify(env)}`, () => {
      assert.equal(dataFolder(undefined, env, platform), join(homedir(), ...expected));
    });
  }

  it('is where XDG_DATA_HOME says, or the option', () => {
    const base = resolve('/data');
    assert.equal(dataFolder(undefined, { XDG_DATA_HOME: base }, 'linux'), join(base, 'ferry'));
    assert.equal(dataFolder('here', { XDG_DATA_HOME: base }, 'linux'), resolve('here'));
  });
});

describe('The words of a command line', () => {
  for (const [line, words] of [
    ['  put a.txt  bob ', ['put', 'a.txt', 'bob']],
    ['put "two words.txt" bob', ['put', 'two words.txt', 'bob']],
    ['message bob \'it is "so"\'', ['message', 'bob', 'it is "so"']],
    ['put two\\ words.txt bob', ['put', 'two words.txt', 'bob']],
    ['put "a \\"b\\"" bob', ['put', 'a "b"', 'bob']],
    ['', []],
  ] as const) {
    it(`of ${JSON.stringify(line)} are ${JSON.stringify(words)}`, () => assert.deepEqual(splitWords(line), words));
  }

  it('begin with the first that is no option and no value of one', () => {
    assert.equal(firstWord(['--to', 'bob', '--json', 'send', 'x'], options), 'send');
    assert.equal(firstWord(['--json'], options), '');
  });

  it('give options and what is left', () => {
    const given = parseWords(['send', 'a', '--to', 'bob', '--json'], 'send', options, takes);
    assert.deepEqual([given.words, given.text('to'), given.is('json')], [['a'], 'bob', true]);
  });

  it('are refused with 2 where one is unknown, missing or too many, or a value does not fit', () => {
    const given = parseWords(['send', '--to', '7x'], 'send', options, takes);
    for (const wrong of [
      () => parseWords(['send', '--what'], 'send', options, takes),
      () => parseWords(['send', 'a', 'b', 'c'], 'send', options, takes),
      () => parseWords(['send'], 'send', options, { least: 1, most: 1 }),
      () => numberOf(given, 'to', [1, 9]),
      () => choiceOf(given, 'to', ['a', 'b'], 'a'),
    ]) {
      assert.throws(wrong, (error) => error instanceof Refusal && error.exitCode === 2);
    }
  });
});
