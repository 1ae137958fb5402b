// The rules of the house are enforced: a copy of the source with breaches planted in it fails the checks that `npm run check`
// runs, each by the rule that it breaks, and a copy without them passes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

import { doors } from '../../../.dependency-cruiser.mjs';

type Result = { readonly code: number; readonly output: string };

const root = resolve(import.meta.dirname, '../../..');

/** Each planted file, the rule that it must break, and what it says. */
const breaches: readonly (readonly [path: string, rule: string, text: string])[] = [
  ['core/plantedEditor.ts', 'only-editor-knows-vscode', "import type { Uri } from 'vscode';\nexport type Planted = Uri;\n"],
  [
    'core/plantedValue.ts',
    'only-editor-knows-vscode',
    "import * as vscode from 'vscode';\nexport const planted = vscode.version;\n",
  ],
  ['core/plantedNode.ts', 'core-has-no-platform', "import { sep } from 'node:path';\nexport const planted = sep;\n"],
  ['core/plantedNet.ts', 'core-is-pure', "import { Gate } from '../net/listening/gate.ts';\nexport const planted = Gate;\n"],
  [
    'core/wire/plantedField.ts',
    'door-of-structured-headers',
    "import { parseItem } from 'structured-headers';\nexport const planted = parseItem('1');\n",
  ],
  ['net/plantedFiles.ts', 'door-of-files', "import { rm } from 'node:fs/promises';\nexport const planted = rm;\n"],
  ['editor/plantedFiles.ts', 'door-of-files', "import { existsSync } from 'node:fs';\nexport const planted = existsSync;\n"],
  ...doors.map(
    ([library = ''], index) =>
      [
        `net/plantedDoor${index}.ts`,
        `door-of-${library.replaceAll(/[@/]/g, '-')}`,
        `import * as library from '${library}';\nexport const planted = library;\n`,
      ] as const,
  ),
  [
    'net/plantedEditor.ts',
    'only-editor-knows-vscode',
    "import * as vscode from 'vscode';\nexport const planted = vscode.version;\n",
  ],
  [
    'net/discovery/plantedDoor.ts',
    'door-of-multicast-dns',
    "import makeMdns from 'multicast-dns';\nexport const planted = makeMdns;\n",
  ],
  [
    'net/discovery/plantedLibrary.ts',
    'door-of-bonjour-service',
    "import Bonjour from 'bonjour-service';\nexport const planted = Bonjour;\n",
  ],
  ['net/plantedUp.ts', 'net-knows-core', "import { commands } from '../editor/commands.ts';\nexport const planted = commands;\n"],
  [
    'editor/plantedNet.ts',
    'editor-gets-net-handed',
    "import { Gate } from '../net/listening/gate.ts';\nexport const planted = Gate;\n",
  ],
  ['cli/plantedEditor.ts', 'only-editor-knows-vscode', "import type { Uri } from 'vscode';\nexport type Planted = Uri;\n"],
  [
    'cli/plantedUp.ts',
    'cli-knows-core-and-net',
    "import { commands } from '../editor/commands.ts';\nexport const planted = commands;\n",
  ],
  ['cli/plantedFiles.ts', 'door-of-files', "import { rm } from 'node:fs/promises';\nexport const planted = rm;\n"],
  // A file that brings no types of Node with it: with those, core would compile whatever it names.
  ['core/plantedCli.ts', 'core-is-pure', "import { exitCodes } from '../cli/exitCodes.ts';\nexport const planted = exitCodes;\n"],
  ['net/plantedCli.ts', 'net-knows-core', "import { run } from '../cli/run.ts';\nexport const planted = run;\n"],
  ['editor/plantedCli.ts', 'nobody-knows-cli', "import { run } from '../cli/run.ts';\nexport const planted = run;\n"],
  [
    'core/plantedCycle.ts',
    'no-cycles',
    "import { other } from './plantedOther.ts';\nexport const planted = (): unknown => other;\n",
  ],
  ['net/plantedNowhere.ts', 'no-unresolved', "import { nothing } from './nowhere.ts';\nexport const planted = nothing;\n"],
];
/** The other half of the cycle. */
const other = "import { planted } from './plantedCycle.ts';\nexport const other = (): unknown => planted;\n";
const globals = "export const planted = (): unknown => [process.pid, Buffer.from('x'), setImmediate, import('node:fs')];\n";

/** Runs a command line of package.json in a folder, with the tools of this project. */
function run(command: string, folder: string): Promise<Result> {
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(command, { cwd: folder, shell: true, env: { ...process.env, PATH: path, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code: code ?? -1, output }));
  });
}

describe('The zones of the source', () => {
  let scripts: Record<string, string> = {};
  let folder = '';
  let clean: { readonly deps: Result; readonly types: Result };
  let breached: { readonly deps: Result; readonly types: Result };

  const copyOf = async (name: string): Promise<string> => {
    const copy = join(folder, name);
    await cp(join(root, 'src'), join(copy, 'src'), { recursive: true });
    for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json'])
      await cp(join(root, file), join(copy, file));
    return copy;
  };
  const check = async (copy: string): Promise<typeof clean> => {
    const [deps, types] = await Promise.all([run(scripts['deps'] ?? '', copy), run('tsc -p src/core', copy)]);
    return { deps, types };
  };

  before(async () => {
    ({ scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> });
    // Inside the project, so that its libraries are found; git and every tool leave this folder alone.
    await mkdir(join(root, 'out'), { recursive: true });
    folder = await mkdtemp(join(root, 'out', 'zones-'));
    const [whole, planted] = [await copyOf('clean'), await copyOf('breached')];
    for (const [path, , text] of breaches) await writeFile(join(planted, 'src', path), text);
    await writeFile(join(planted, 'src/core/plantedOther.ts'), other);
    await writeFile(join(planted, 'src/core/plantedGlobals.ts'), globals);
    [clean, breached] = await Promise.all([check(whole), check(planted)]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('have at most 14 files side by side, but for the notations', async () => {
    const files = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
    const folders = Map.groupBy(
      files.filter((file) => file.isFile()),
      ({ parentPath }) => parentPath,
    );
    const full = [...folders].filter(([, inside]) => inside.length > 14).map(([folder]) => folder);
    assert.deepEqual(full, [join(root, 'src/core/dictionary/notations')]);
  });

  it('are part of the check', () => {
    assert.match(scripts['check'] ?? '', /\bnpm run typecheck\b.*\bnpm run deps\b/);
    assert.match(scripts['typecheck'] ?? '', /\btsc -p src\/core\b/);
    assert.match(scripts['deps'] ?? '', /^depcruise .*\bsrc$/);
  });

  it('are kept by the source as it is, and all of it was looked at', () => {
    assert.equal(clean.deps.code, 0, clean.deps.output);
    const modules = Number(/(\d+) modules/.exec(clean.deps.output)?.[1]);
    assert.ok(modules > 80, clean.deps.output);
    assert.equal(clean.types.code, 0, clean.types.output);
  });

  for (const [path, rule] of breaches) {
    it(`are breached by ${path} against ${rule}`, () => {
      assert.notEqual(breached.deps.code, 0);
      const lines = breached.deps.output.split('\n').filter((line) => line.includes(`error ${rule}:`));
      assert.ok(
        lines.some((line) => line.includes(`src/${path}`)),
        breached.deps.output,
      );
    });
  }

  it('are breached by nothing else', () => {
    const lines = breached.deps.output.split('\n').filter((line) => line.includes('error '));
    assert.deepEqual(
      lines.filter((line) => !line.includes('src/') || !line.includes('planted')),
      [],
    );
  });

  for (const name of ['process', 'Buffer', 'setImmediate', 'node:fs', 'node:path']) {
    it(`have no ${name} in core, which does not compile`, () => {
      assert.notEqual(breached.types.code, 0);
      assert.match(
        breached.types.output,
        new RegExp(`src/core/planted\\w+\\.ts.*TS\\d+: Cannot find name '${name}'`),
        breached.types.output,
      );
    });
  }
});
