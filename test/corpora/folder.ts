// The suites as they lie in a folder: `json`, `toml`, `yaml`, `cbor` and `structured-fields`, each as its project publishes it.

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { type Expected, exactJson } from './expected.ts';
import { cborTrial } from './suites/cbor.ts';
import { jsonTrials } from './suites/json.ts';
import { structuredFieldTrial } from './suites/structuredFields.ts';
import { tomlTrial } from './suites/toml.ts';
import { yamlTrials } from './suites/yaml.ts';
import type { SuiteId, Trial, Unreadable } from './trial.ts';

type Read = (folder: string, name: string) => Promise<readonly (Trial | Unreadable)[]>;

/** How the files of each suite are told from what lies beside them, and read. */
const readers: Readonly<Record<SuiteId, { readonly files: RegExp; readonly read: Read }>> = {
  json: { files: /\.json$/, read: async (folder, name) => jsonTrials(basename(name), await readFile(join(folder, name))) },
  toml: { files: /(?:^|\/)(?:in)?valid\/.*\.toml$/, read: readToml },
  yaml: { files: /\.yaml$/, read: async (folder, name) => yamlTrials(name.replace(/\.yaml$/, ''), await text(folder, name)) },
  cbor: { files: /\.json$/, read: async (folder, name) => maps(await text(folder, name)).map(cborTrial) },
  'structured-fields': {
    files: /\.json$/,
    read: async (folder, name) => maps(await text(folder, name)).flatMap((test) => structuredFieldTrial(name, test) ?? []),
  },
};

/** All trials of one suite, or undefined where its folder is not there. What cannot be read is among them. */
export async function readSuite(suite: SuiteId, folder: string): Promise<readonly (Trial | Unreadable)[] | undefined> {
  const { files, read } = readers[suite];
  const found = await namesIn(folder);
  if (found === undefined) return undefined;
  const trials: (Trial | Unreadable)[] = [];
  for (const name of found.filter((path) => files.test(path))) {
    try {
      trials.push(...(await read(folder, name)));
    } catch (error) {
      trials.push({ suite, name, unreadable: error instanceof Error ? error.message : String(error) });
    }
  }
  return trials;
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true });
    return entries.map((name) => name.replaceAll('\\', '/')).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readToml(folder: string, name: string): Promise<readonly Trial[]> {
  const isValid = /(?:^|\/)valid\//.test(name);
  const tagged = isValid ? await text(folder, name.replace(/\.toml$/, '.json')) : undefined;
  return [tomlTrial(name, await readFile(join(folder, name)), tagged)];
}

async function text(folder: string, name: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(folder, name)));
}

function maps(json: string): readonly ReadonlyMap<string, Expected>[] {
  const list = exactJson(json);
  if (!Array.isArray(list)) throw new TypeError('no list of cases');
  return list.map((item: unknown) => {
    if (!(item instanceof Map)) throw new TypeError('a case that is no object');
    return item as ReadonlyMap<string, Expected>;
  });
}
