// Values as the programs of each notation see them.

import assert from 'node:assert/strict';

import { readSelection } from '../../../../src/core/dictionary/understand.ts';
import { bestOf } from './labels.ts';

describe('values are what the programs of a notation see', () => {
  for (const [name, languageId, text, best] of [
    [
      'requirements of a package as one value',
      'ini',
      '[options]\ninstall_requires =\n    a>=2\n    b==1\n',
      'ini {"options": {"install_requires": "a>=2\\nb==1"}}',
    ],
    [
      'a unit of systemd',
      'ini',
      '[Service]\nEnvironment=A=1\nEnvironment=B=2\nExecStart=/a \\\n  --b=c\n',
      'ini {"Service": {"Environment": ["A=1","B=2"],"ExecStart": "/a --b=c"}}',
    ],
    [
      'peers of WireGuard',
      'properties',
      '[Peer]\nA = 1\n[Peer]\nA = 2\n[Peer]\nA = 3\n',
      'ini {"Peer": [{"A": "1"},{"A": "2"},{"A": "3"}]}',
    ],
    ['quotes of git', 'properties', '[user]\n\tname = Ada "L;" # x\n', 'ini {"user": {"name": "Ada L;"}}'],
    ['comments after a value', 'ini', 'a = 1 # one\nb = 2 ;two\n', 'ini {"a": "1","b": "2"}'],
    ['a section alone', 'toml', '[a]\n', 'toml {"a": {}}'],
    ['a section alone in plain text', 'plaintext', '[server]', 'toml {"server": {}}'],
    ['sections with a comment that has brackets', 'plaintext', '[a]\n# [b] {c}\n[d]\n', 'toml {"a": {},"d": {}}'],
    ['an INI section with a comment that has brackets', 'ini', '[a]\n; see [b]\nc = d\n', 'ini {"a": {"c": "d"}}'],
    ['a section with a bracket in a value', 'plaintext', '[a]\nb = [c\n', 'ini {"a": {"b": "[c"}}'],
    ['the first line of a spreadsheet', 'plaintext', 'sep=;\na;b\n1;2\n', 'csv [{"a": "1","b": "2"}]'],
    ['the row numbers of a data frame', 'csv', ',a\n0,x\n', 'csv [{"": "0","a": "x"}]'],
    ['blank lines at the end of a table', 'csv', 'a,b\n1,2\n\n  \n', 'csv [{"a": "1","b": "2"}]'],
    [
      'an .npmrc',
      'properties',
      'registry=https://r.example/\n//r.example/:_authToken=${T}\n@s:registry=https://s.example/\n',
      'ini {"registry": "https://r.example/","//r.example/:_authToken": "${T}","@s:registry": "https://s.example/"}',
    ],
    ['a .conf with comments after values', 'properties', 'port = 5432  # default\n', 'ini {"port": "5432"}'],
    [
      'a .conf of words and values',
      'properties',
      '# x\nport 6379\nsave 900 1\nsave 300 10\n',
      'properties {"port": "6379","save": ["900 1","300 10"]}',
    ],
    ['a .conf of sections', 'properties', '[a]\nb=c\n', 'ini {"a": {"b": "c"}}'],
    ['Java properties', 'properties', '! x\na = b \\\n  c # d\n', 'properties {"a": "b c # d"}'],
  ] satisfies [string, string, string, string][]) {
    it(`reads ${name}`, async () =>
      assert.equal((await bestOf(text, languageId)).replaceAll(/(?<=[[{,])\s+(?=["{])|\s+(?=[\]}])/g, ''), best));
  }

  for (const [languageId, text] of [
    ['javascript', '{ d: new Date("2023-02-30") }'],
    ['javascript', '{ d: new Date("2023-02-28T25:00:00Z") }'],
    ['javascript', '{ d: new Date("2023-02-28T23:59:60Z") }'],
    ['toml', 'd = 2023-02-30'],
    ['toml', 'd = 2023-02-29T10:00:00Z'],
    ['yaml', 'd: !!timestamp 2023-02-30'],
    ['yaml', 'd: !!timestamp 2023-02-28T25:00:00Z'],
    ['yaml', 'd: !!timestamp 2023-02-28 10:60:00'],
    ['python', '{"d": datetime.date(2023, 2, 30)}'],
    ['python', "{'d': np.datetime64('2023-02-30')}"],
    ['python', "{'d': Timestamp('2023-02-30 00:00:00')}"],
  ] satisfies [string, string][]) {
    it(`refuses a date that does not exist: ${text}`, async () => {
      const understanding = await readSelection(text, languageId);
      assert.ok(!understanding.ok);
      assert.match(understanding.message, /date/);
    });
  }

  it('takes every form of a timestamp of YAML', async () => {
    for (const text of ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '2001-1-2', '2001-12-15 2:59:43.10'])
      assert.equal(await bestOf(`d: !!timestamp ${text}`, 'yaml'), `yaml {"d": "${text}"}`);
  });

  it('takes keys that are equal numbers in Python for one key, as it stands first', async () => {
    assert.equal(await bestOf("{1: 'a', 1.0: 'b', True: 'c', 1.5: 'd'}", 'python'), 'python {"1": "c","1.5": "d"}');
    assert.equal(await bestOf("{False: 'a', 0: 'b', -0.0: 'c'}", 'python'), 'python {"false": "c"}');
  });

  it('takes a date in a string or a comment for no date', async () => {
    assert.equal(
      await bestOf('a = 2023-02-28 # 2023-02-30\nb = "2023-02-30"', 'toml'),
      'toml {"a": "2023-02-28","b": "2023-02-30"}',
    );
  });
});
