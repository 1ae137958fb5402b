// What the extension's bundle is made of, built as for a release and written nowhere.

import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { listFiles, PackageManager } from '@vscode/vsce';
import { build, type OutputFile } from 'esbuild';

import { bundle, noticesOf } from '../../esbuild.mjs';

export type BundleMade = {
  /** Bytes that VS Code loads when a window starts: dist/extension.js and all that it imports without `import()`. */
  readonly startBytes: number;
  /** Bytes of all files. */
  readonly allBytes: number;
  /** Bytes of the package, and the names of the files in it that are not of the bundle. */
  readonly packedBytes: number;
  readonly packedBeside: readonly string[];
  /** The source files and the files of libraries whose code is loaded at start. */
  readonly startInputs: readonly string[];
  /** In how many files of the bundle the code of each source file stands. */
  readonly copies: ReadonlyMap<string, number>;
  /** The list of words for passphrases as the bundle gives it. */
  readonly words: readonly string[];
  /** What stands beside the bundle of whose libraries are in it. */
  readonly notices: string;
  /** The files of the bundle that hand a library to an AMD loader where there is one. */
  readonly amd: readonly string[];
};

/** What the packer adds: its list of types, its manifest, and the end of the archive. */
const ofPackerBytes = 1_500;

/** Builds the bundle, minified, and measures it. */
export async function makeBundle(): Promise<BundleMade> {
  const root = resolve(import.meta.dirname, '..', '..');
  const { metafile, outputFiles } = await build({
    ...bundle('src/extension.ts', 'dist', true),
    absWorkingDir: root,
    metafile: true,
    write: false,
  });
  const output = (path: string) => metafile.outputs[path] ?? { bytes: 0, imports: [], inputs: {} };
  const start = new Set(['dist/extension.js']);
  for (const loaded of start) {
    for (const { path, kind, external } of output(loaded).imports) {
      if (external !== true && kind === 'import-statement') start.add(path);
    }
  }
  const copies = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) copies.set(path, (copies.get(path) ?? 0) + 1);
    }
  }
  const packed = await listFiles({ cwd: root, packageManager: PackageManager.None });
  const packedBeside = packed.filter((path) => !path.startsWith('dist/'));
  const beside = await Promise.all(packedBeside.map(async (path) => ({ path, bytes: await readFile(resolve(root, path)) })));
  const notices = await noticesOf(metafile);
  const files = [
    ...outputFiles.map(({ path, contents }) => ({ path: relative(root, path), bytes: contents })),
    ...beside,
    { path: 'dist/THIRD-PARTY-NOTICES.txt', bytes: Buffer.from(notices) },
  ];
  const holdsWords = ({ path }: OutputFile): boolean =>
    Object.keys(output(relative(root, path)).inputs).some((input) => /secure-password-utilities\/.*wordlists/.test(input));
  const wordList = outputFiles.find(holdsWords)?.text.replace(/^import"[^"]*";/, '') ?? '';
  const { DEFAULT_WORDLIST: words } = (await import(`data:text/javascript,${encodeURIComponent(wordList)}`)) as {
    readonly DEFAULT_WORDLIST: readonly string[];
  };
  return {
    words,
    notices,
    packedBeside,
    packedBytes: sum(files.map(zippedBytes)) + ofPackerBytes,
    startBytes: sum([...start].map((path) => output(path).bytes)),
    allBytes: sum(Object.values(metafile.outputs).map(({ bytes }) => bytes)),
    startInputs: [...start].flatMap((path) => Object.keys(output(path).inputs)),
    copies,
    amd: outputFiles.filter(({ text }) => /\bdefine\.amd\b/.test(text)).map(({ path }) => path),
  };
}

/** What a file takes in a ZIP archive: header, name, content, descriptor, and its entry in the directory (APPNOTE 4.3). */
function zippedBytes({ path, bytes }: { readonly path: string; readonly bytes: Uint8Array }): number {
  return 30 + 16 + 46 + 2 * `extension/${path}`.length + deflateRawSync(bytes).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
