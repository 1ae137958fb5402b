// Bundles the extension as ES modules: dist/extension.js and the chunks that it imports load at start; what only an `import()`
// reaches is a chunk of its own, loaded on demand. `--tests` bundles the host suite as well, `--production` minifies, and
// writes down whose libraries are in it; `--cli` bundles the command line instead, as out/cli/ferry.mjs.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build, context } from 'esbuild';

// CommonJS libraries ask for Node's own modules by `require`, which a module does not have by itself.
const makeRequire = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Takes that line out of files in which nothing asks. @type {import('esbuild').Plugin} */
const withoutRequire = {
  name: 'withoutRequire',
  setup: (made) => {
    made.onEnd(({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        const bare = file.text.replace(makeRequire, '');
        if (!/\brequire\b/.test(bare)) file.contents = Buffer.from(bare.trimStart());
      }
    });
  },
};

/**
 * Packs the sorted list of words for passphrases: of each word, how much it has in common with the one before, and the rest.
 * @type {import('esbuild').Plugin}
 */
const packedWords = {
  name: 'packedWords',
  setup: (made) => {
    made.onLoad({ filter: /secure-password-utilities[\\/]esm[\\/]wordlists\.js$/ }, async ({ path }) => {
      const { DEFAULT_WORDLIST: words } = await import(pathToFileURL(path).href);
      const packed = words.map((/** @type {string} */ word, /** @type {number} */ index) => {
        const before = words[index - 1] ?? '';
        const same = [...word].findIndex((letter, at) => letter !== before[at] || at === 9);
        return `${same}${word.slice(same)}`;
      });
      const unpack = `for (const [, same, rest] of packed.matchAll(/(\\d)([a-z]+)/g)) words.push((words.at(-1) ?? '').slice(0, same) + rest);`;
      return {
        contents: `const packed = '${packed.join('')}'; const words = []; ${unpack} export { words as DEFAULT_WORDLIST };`,
      };
    });
  },
};

/** @type {(entry: string, outdir: string, production?: boolean) => import('esbuild').BuildOptions & { outdir: string }} */
export const bundle = (entry, outdir, production = false) => ({
  entryPoints: [entry],
  outdir,
  // Each file of a VSIX costs its name twice, and each import of it once more.
  chunkNames: production ? '[hash]' : '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  external: ['vscode', 'mocha'],
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // A library's ES modules are smaller when unused parts are dropped; its CommonJS is taken otherwise.
  mainFields: ['module', 'main'],
  // This one gives Node its CommonJS by name; both are compiled from one source.
  alias: { yaml: resolve(import.meta.dirname, 'node_modules', 'yaml', 'browser', 'dist', 'index.js') },
  // VS Code has an AMD loader in the extension host at times. A library that hands itself to it is lost to its importer.
  define: { define: 'undefined' },
  banner: { js: makeRequire },
  // Files that are not written yet can be changed; those for development have source maps, which count lines.
  plugins: production ? [packedWords, withoutRequire] : [packedWords],
  write: !production,
  metafile: production,
});

/**
 * The notices that the libraries of a bundle ask for: of each its name, its version, and the text of its licence, or, where it
 * comes without one, what it says of its licence and its author. Fails where it says nothing. @type {(metafile:
 * import('esbuild').Metafile) => Promise<string>}
 */
export async function noticesOf(metafile) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
  const folders = used
    .map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '')
    .filter((folder) => folder !== '');
  const notices = [...new Set(folders)].toSorted().map(async (folder) => {
    const here = resolve(import.meta.dirname, folder);
    const { name, version, license, author } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
    const file = (await readdir(here)).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined && !(license && author)) throw new Error(`${name} says nothing of its licence`);
    const text = file === undefined ? `${license}, ${author.name ?? author}` : await readFile(join(here, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return ['Ferry holds code of these libraries.\n', ...(await Promise.all(notices))].join(`\n${'-'.repeat(78)}\n\n`);
}

/**
 * The command line as one file, for Node alone: what an `import()` reaches is in it, and is run when it is first asked for.
 * @type {() => Promise<import('esbuild').BuildOptions & { outdir: string }>}
 */
export const cliBundle = async () => {
  const { version } = JSON.parse(await readFile(resolve(import.meta.dirname, 'package.json'), 'utf8'));
  return {
    ...bundle('src/cli/ferry.ts', 'out/cli', true),
    outExtension: { '.js': '.mjs' },
    splitting: false,
    define: { define: 'undefined', ferryVersion: JSON.stringify(version) },
    banner: { js: `#!/usr/bin/env node\n${makeRequire}` },
    plugins: [packedWords],
  };
};

/** Tells the task "watch" of VS Code when a build starts and ends. @type {import('esbuild').Plugin} */
const tell = {
  name: 'tell',
  setup: (made) => {
    made.onStart(() => console.log('build started'));
    made.onEnd(() => console.log('build finished'));
  },
};

if (import.meta.main) {
  const flags = new Set(process.argv.slice(2));
  const bundles = flags.has('--cli') ? [await cliBundle()] : [bundle('src/extension.ts', 'dist', flags.has('--production'))];
  if (flags.has('--tests')) bundles.push(bundle('test/host/index.ts', 'out/test/host'));
  for (const options of bundles) {
    await rm(options.outdir, { recursive: true, force: true });
    if (flags.has('--watch')) await (await context({ ...options, plugins: [...(options.plugins ?? []), tell] })).watch();
    else {
      const { outputFiles = [], metafile } = await build(options);
      for (const { path, contents } of outputFiles) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, contents);
      }
      if (metafile) await writeFile(join(options.outdir, 'THIRD-PARTY-NOTICES.txt'), await noticesOf(metafile));
    }
  }
}
