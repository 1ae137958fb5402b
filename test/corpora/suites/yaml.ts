// yaml-test-suite: one file holds one case or several, each with its YAML, and with its documents in JSON or `fail`.

import { parse } from 'yaml';

import { yamlNotation } from '../../../src/core/dictionary/notations/yaml.ts';
import { byValue, type Expected, exactJson, isSame } from '../expected.ts';
import { selected, type Trial } from '../trial.ts';

/** A case as it stands in a file; what it lacks, it has from the one before it. */
type Found = { readonly [member in 'yaml' | 'json' | 'tree' | 'fail' | 'skip']?: unknown };

/** The trials of one file of the suite, which is YAML itself. Throws where it is none. */
export function yamlTrials(name: string, file: string): readonly Trial[] {
  const cases: unknown = parse(file);
  if (!Array.isArray(cases) || cases.length === 0) throw new TypeError('no list of cases');
  return caseTrials(name, cases as readonly Found[]);
}

/** The trials of the cases of one file. */
export function caseTrials(name: string, cases: readonly Found[]): readonly Trial[] {
  let before: Found = {};
  return cases.map((found, index): Trial => {
    // A case that fails hands nothing down.
    before = { skip: before.skip, ...(found.fail === true ? {} : { json: before.json, tree: before.tree }), ...found };
    if (typeof before.yaml !== 'string') throw new TypeError(`case ${index} has no YAML`);
    return trialOf(cases.length === 1 ? name : `${name}/${index}`, before.yaml, before);
  });
}

function trialOf(name: string, yaml: string, { json, tree, fail, skip }: Found): Trial {
  const text = plainText(yaml);
  const shared = {
    suite: 'yaml',
    name,
    reader: 'YAML notation',
    text,
    ...(typeof tree === 'string' ? { remark: tree } : {}),
  } as const;
  const must = skip === true ? 'either' : fail === true ? 'be refused' : 'be read';
  if (must !== 'be read' || typeof json !== 'string') {
    return { ...shared, must, run: () => selected(yamlNotation, text, () => true) };
  }
  const documents = documentsOf(json);
  const expected = documents.length === 1 ? (documents[0] ?? null) : documents;
  const loose = byValue(expected);
  return { ...shared, must, expected, run: () => selected(yamlNotation, text, (found) => isSame(loose, found)) };
}

/** The suite's marks for what cannot be seen, undone. */
function plainText(yaml: string): string {
  return yaml
    .replaceAll('␣', ' ')
    .replaceAll(/—*»/g, '\t')
    .replaceAll('←', '\r')
    .replaceAll('⇔', '\ufeff')
    .replaceAll('↵', '')
    .replace(/∎\n?$/, '');
}

/** JSON values one after the other, each of which ends at the end of a line. */
function documentsOf(json: string): readonly Expected[] {
  const documents: Expected[] = [];
  let gathered = '';
  for (const line of json.split('\n')) {
    gathered += `${line}\n`;
    try {
      documents.push(exactJson(gathered));
      gathered = '';
    } catch {
      // The value goes on in the next line.
    }
  }
  if (gathered.trim() !== '') throw new TypeError('the expected values are no JSON');
  return documents;
}
