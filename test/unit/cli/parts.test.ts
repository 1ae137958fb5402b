// The parts of the command line that need no process: its data folder, the words of a line, and what its options take.

import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';

import { entries } from '../../../src/cli/commands.ts';
import { expectNode } from '../../../src/cli/oldestNode.ts';
import { dataFolder } from '../../../src/cli/own/dataFolder.ts';
import { choiceOf, numberOf, parseWords, readAsked, splitWords } from '../../../src/cli/parseWords.ts';
import { Refusal } from '../../../src/cli/refusal.ts';
import { Screen } from '../../../src/cli/terminal/screen.ts';

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

  it('is refused where there is no home, and is never one below the folder that somebody is in', () => {
    const { HOME } = process.env;
    process.env['HOME'] = '';
    try {
      assert.throws(() => dataFolder(undefined, {}, 'linux'), { exitCode: 9 });
      assert.equal(dataFolder('here', {}, 'linux'), resolve('here'));
    } finally {
      process.env['HOME'] = HOME;
    }
  });

  it('is where XDG_DATA_HOME says, or the option', () => {
    const base = resolve('/data');
    assert.equal(dataFolder(undefined, { XDG_DATA_HOME: base }, 'linux'), join(base, 'ferry'));
    assert.equal(dataFolder('here', { XDG_DATA_HOME: base }, 'linux'), resolve('here'));
  });
});

describe('The Node that runs the command line', () => {
  for (const version of ['22.3.0', '22.12.0', '23.0.0', '24.1.0']) {
    it(`may be ${version}`, () => expectNode(version));
  }

  for (const version of ['8.17.0', '20.20.2', '22.2.9']) {
    it(`may not be ${version}, which is said with what to do`, () => {
      const sentence = `ferry needs Node 22.3 or newer, and this is Node ${version}. Install a newer one, then run it again.`;
      assert.throws(
        () => expectNode(version),
        (error) => error instanceof Refusal && error.message === sentence && error.exitCode === 1,
      );
    });
  }
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
    assert.equal(readAsked(['--to', 'bob', '--json', 'send', 'x'], options).words[0], 'send');
    assert.equal(readAsked(['--json'], options).words[0], undefined);
  });

  it('say what goes for every command wherever it stands, but behind two dashes', () => {
    const all = { ...options, help: { short: 'h', help: '' } };
    for (const [words, json, help] of [
      [['send', '--json', '-h'], true, true],
      [['--help', 'send'], false, true],
      [['send', '--', '--json', '--help'], false, false],
      [['send', '--to', 'x', '--', '-h'], false, false],
    ] as const) {
      const asked = readAsked(words, all);
      assert.deepEqual([asked.json, asked.help], [json, help], words.join(' '));
    }
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

describe('The options of the command line', () => {
  it('take a value with every command or with none, so that they can stand before it', () => {
    const values = new Map<string, string | undefined>();
    for (const { options } of Object.values(entries)) {
      for (const [name, { value }] of Object.entries(options)) {
        assert.equal(values.has(name) && values.get(name) === undefined, values.has(name) && value === undefined, name);
        values.set(name, value);
      }
    }
  });
});

describe('What the command line tells', () => {
  it('has nothing in it that a terminal obeys, and the same for whoever reads it', () => {
    const stdout = new PassThrough();
    const screen = new Screen({ stdin: new PassThrough(), stdout, stderr: new PassThrough() }, { json: true, quiet: false });
    const fact = { event: 'entry', name: 'a\u009b31m\u001b[2J\u202etxt\u2028\nb' };
    screen.result('', fact);
    const line = String(stdout.read());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose.
    assert.match(line, /^[^\u0000-\u001f\u007f-\u009f\u2028\u202e]*\n$/);
    assert.deepEqual(JSON.parse(line), fact);
  });
});
