// The check against public suites can fail: small suites, planted in a folder, hold cases of every kind. And what is accepted is
// written down.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { readSuite } from '../../corpora/folder.ts';
import { judge, type Tally } from '../../corpora/judge.ts';
import { limits } from '../../corpora/limits.ts';
import { oddsOf, type SuiteId, suiteIds, type Trial } from '../../corpora/trial.ts';
import { unusualKeys } from '../../corpora/yamlEvents.ts';
import { tempFolder } from '../../support/temp.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const root = resolve(import.meta.dirname, '../../..');
const yamlCase = (members: string): string => `- name: x\n  tree: |\n    +SEQ []\n  ${members.replaceAll('\n', '\n  ')}\n`;
const fieldCase = (members: object): string => JSON.stringify([{ name: 'x', header_type: 'item', raw: ['1'], ...members }]);

/** Suites in which everything agrees. */
const good: Readonly<Record<SuiteId, Files>> = {
  json: { 'y_a.json': '[1]', 'n_b.json': '[1', 'i_c.json': Uint8Array.of(0x22, 0xff, 0x22), 'LICENSE.txt': '' },
  toml: {
    'valid/a.toml': 'a = 1\nd = 2024-02-29T00:00:00+00:00\n',
    'valid/a.json': '{"a":{"type":"integer","value":"1"},"d":{"type":"datetime","value":"2024-02-29T00:00:00Z"}}',
    'invalid/deep/b.toml': 'a = \n',
    'invalid/b.multi': 'a',
  },
  yaml: {
    'A.yaml': yamlCase('yaml: |\n  -␣a: 1\njson: |\n  [\n    {"a": 1.0}\n  ]'),
    'B.yaml': yamlCase('fail: true\nyaml: "[a"'),
  },
  cbor: { 'a.json': '[{"hex":"01","roundtrip":true,"decoded":1},{"hex":"fb3ff0000000000000","roundtrip":false,"decoded":1.0}]' },
  'structured-fields': {
    'a.json': fieldCase({ expected: [1, []] }),
    'b.json': fieldCase({ raw: ['1', '2'], must_fail: true }),
    'c/d.json': JSON.stringify([{ name: 'for writers', header_type: 'item', expected: [1, []], must_fail: true }]),
  },
};

/** For each suite a file that is at odds with it, and how. */
const bad: readonly (readonly [suite: SuiteId, odds: RegExp, files: Files])[] = [
  ['json', /refuses what is valid/, { 'y_a.json': '[1' }],
  ['json', /reads what is invalid/, { 'n_a.json': '[1]' }],
  ['json', /cannot be read/, { 'a.json': '[1]' }],
  ['toml', /refuses what is valid/, { 'valid/a.toml': 'a = ', 'valid/a.json': '{"a":{"type":"integer","value":"1"}}' }],
  ['toml', /reads what is invalid/, { 'invalid/a.toml': 'a = 1' }],
  ['toml', /reads another value/, { 'valid/a.toml': 'a = 1', 'valid/a.json': '{"a":{"type":"float","value":"1"}}' }],
  [
    'toml',
    /reads another value/,
    { 'valid/a.toml': 'a = 07:00:01', 'valid/a.json': '{"a":{"type":"time-local","value":"07:00:02"}}' },
  ],
  ['toml', /cannot be read/, { 'valid/a.toml': 'a = 1' }],
  ['toml', /cannot be read/, { 'valid/a.toml': 'a = 1', 'valid/a.json': '{"a":1}' }],
  ['yaml', /refuses what is valid/, { 'A.yaml': yamlCase('yaml: "[a"\njson: "[1]"') }],
  ['yaml', /reads what is invalid/, { 'A.yaml': yamlCase('fail: true\nyaml: "[a]"') }],
  ['yaml', /reads another value/, { 'A.yaml': yamlCase('yaml: "[a]"\njson: \'["b"]\'') }],
  ['yaml', /A\/1: reads another value/, { 'A.yaml': `${yamlCase('yaml: "[a]"\njson: \'["a"]\'')}- yaml: "[b]"\n` }],
  ['yaml', /cannot be read/, { 'A.yaml': '[a' }],
  ['yaml', /cannot be read/, { 'A.yaml': yamlCase('json: "[1]"') }],
  ['cbor', /refuses what is valid/, { 'a.json': '[{"hex":"18","roundtrip":true,"decoded":1}]' }],
  ['cbor', /reads another value/, { 'a.json': '[{"hex":"01","roundtrip":true,"decoded":1.0}]' }],
  ['cbor', /reads another value/, { 'a.json': '[{"hex":"fb3ff0000000000000","roundtrip":true,"decoded":1.0}]' }],
  ['cbor', /cannot be read/, { 'a.json': '[{"hex":"0","decoded":1}]' }],
  ['structured-fields', /refuses what is valid/, { 'a.json': fieldCase({ raw: ['1 2'], expected: [1, []] }) }],
  ['structured-fields', /reads what is invalid/, { 'a.json': fieldCase({ must_fail: true }) }],
  ['structured-fields', /reads another value/, { 'a.json': fieldCase({ expected: [2, []] }) }],
  ['structured-fields', /reads another value/, { 'a.json': fieldCase({ can_fail: true, expected: [1, [['a', 1]]] }) }],
  ['structured-fields', /cannot be read/, { 'a.json': '[' }],
  ['structured-fields', /cannot be read/, { 'a.json': fieldCase({ header_type: 'table' }) }],
];

async function plant(suites: Partial<Record<SuiteId, Files>>): Promise<string> {
  const folder = await tempFolder();
  for (const [suite, files] of Object.entries(suites)) {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, suite, name)), { recursive: true });
      await writeFile(join(folder, suite, name), content);
    }
  }
  return folder;
}

async function judged(suite: SuiteId, files: Files): Promise<readonly Tally[]> {
  const folder = await plant({ [suite]: files });
  const trials = (await readSuite(suite, join(folder, suite))) ?? [];
  await rm(folder, { recursive: true });
  return judge(trials);
}

function run(folder: string): { readonly code: number | null; readonly output: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'test/corpora/run.ts'), folder], { encoding: 'utf8' });
  return { code: status, output: stdout };
}

describe('The check against public suites', () => {
  for (const suite of suiteIds) {
    it(`agrees with a small suite of ${suite}`, async () => {
      const tallies = await judged(suite, good[suite]);
      assert.ok(tallies.every(({ agreements }) => agreements > 0));
      assert.deepEqual(
        tallies.flatMap(({ odds, limited }) => [...odds, ...limited.keys()]),
        [],
      );
    });
  }

  for (const [suite, odds, files] of bad) {
    it(`finds what ${odds.source} in ${suite}: ${JSON.stringify(files)}`, async () => {
      const lines = (await judged(suite, files)).flatMap((tally) => tally.odds);
      assert.ok(lines.length > 0);
      for (const line of lines) assert.match(line, odds);
    });
  }

  it('takes a reader that breaks for a difference, whatever must become of the case', () => {
    const error = new Error('broken');
    for (const must of ['be read', 'be refused', 'either'] as const) {
      const trial: Trial = { suite: 'json', name: 'x', reader: 'x', text: '', must, run: () => ({ kind: 'broke', error }) };
      assert.equal(oddsOf(trial, trial.run()), 'breaks');
      assert.equal(judge([trial])[0]?.odds.length, 1);
    }
  });

  it('tells of a limit, and only where the case is of its kind', async () => {
    const [format] = await judged('json', { 'y_a.json': '{"a":1,"b":{"a":2,"\\u0061":3}}' });
    assert.deepEqual([format?.odds, [...(format?.limited.values() ?? [])]], [[], [1]]);
    assert.equal((await judged('json', { 'n_a.json': '{"a":1,}' }))[0]?.odds.length, 0);
    const [float] = await judged('toml', { 'valid/a.toml': 'a = inf', 'valid/a.json': '{"a":{"type":"float","value":"+inf"}}' });
    assert.deepEqual([float?.odds, [...(float?.limited.values() ?? [])]], [[], [1]]);
  });

  it('knows keys that no dictionary has by the events of YAML', () => {
    const keys = (events: string): unknown => unusualKeys(events.replaceAll(', ', '\n'));
    const [plain, collection, repeated] = [
      { isCollection: false, isRepeated: false },
      { isCollection: true, isRepeated: false },
      { isCollection: false, isRepeated: true },
    ];
    assert.deepEqual(keys('+MAP, =VAL :a, +MAP {} &x, =VAL :a, =VAL :a, -MAP, =VAL :b, =ALI *x, -MAP'), plain);
    assert.deepEqual(keys('+MAP, =VAL :a, +SEQ [] &x, -SEQ, =ALI *x, =VAL :b, -MAP'), collection);
    assert.deepEqual(keys('+MAP, +SEQ, =VAL :a, -SEQ, =VAL :b, -MAP'), collection);
    assert.deepEqual(keys('+SEQ, +MAP, =VAL :, =VAL :a, =VAL :, =VAL :b, -MAP, -SEQ'), repeated);
  });

  it('ends with 0 where all agrees, and with 1 where something does not or nothing is there', async () => {
    const whole = run(await plant(good));
    assert.deepEqual([whole.code, /^ok: \d+ trials, 0 unexplained$/m.test(whole.output)], [0, true], whole.output);
    const broken = run(await plant({ ...good, json: { ...good.json, 'n_x.json': '{}' } }));
    assert.deepEqual([broken.code, /UNEXPLAINED n_x\.json: reads what is invalid/.test(broken.output)], [1, true], broken.output);
    assert.match(broken.output, /^FAILED: \d+ trials, 2 unexplained$/m);
    const empty = run(await plant({}));
    assert.deepEqual([empty.code, empty.output.match(/: not run, for /g)?.length], [1, suiteIds.length], empty.output);
  }).timeout(60_000);
});

describe('The limits that are accepted', () => {
  it('are those of docs/CORPORA.md, in their order, with their reasons', async () => {
    const document = await readFile(join(root, 'docs/CORPORA.md'), 'utf8');
    const rows = document.split('\n| suite | what Ferry does | cases | why |\n')[1]?.split('\n\n')[0]?.split('\n').slice(1) ?? [];
    assert.deepEqual(
      rows,
      limits.map(({ suite, odds, cases, reason }) => `| ${suite} | ${odds} | ${cases} | ${reason} |`),
    );
  });
});
