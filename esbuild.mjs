// Bundles the extension: dist/extension.js is what loads at start; every file that is reached by a dynamic `import()` becomes a
// chunk of its own in dist/chunks, loaded on demand. `--tests` bundles the host suite as well, `--production` minifies.

import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

import { context } from 'esbuild';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'original-fs'],
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // The library's ES modules are smaller when unused parts are dropped; its CommonJS is taken otherwise.
  mainFields: ['module', 'main'],
};

/** Turns `import('./part.ts')` into `import('./chunks/part.js')` and collects the parts, those of parts included. */
function chunks(found, depth) {
  return {
    name: 'chunks',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
        if (args.kind !== 'dynamic-import') return undefined;
        const file = resolve(args.resolveDir, args.path);
        found.add(file);
        return { path: `${depth}${chunkName(file)}`, external: true };
      });
    },
  };
}

/** Two parts of the same name in different folders are two chunks. */
function chunkName(file) {
  return relative(resolve('src'), file).replaceAll(/[/\\]/g, '-').replace(/\.ts$/, '.js');
}

async function buildAll() {
  if (flags.has('--watch')) console.log('build started');
  const found = new Set();
  await run({
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    plugins: [chunks(found, './chunks/')],
  });
  const built = new Set();
  for (const file of found) {
    if (built.has(file)) continue;
    built.add(file);
    const outfile = join('dist/chunks', chunkName(file));
    await run({ ...common, entryPoints: [file], outfile, plugins: [chunks(found, './')] });
  }
  if (flags.has('--tests')) {
    const entryPoints = ['test/host/index.ts'];
    await run({
      ...common,
      minify: false,
      entryPoints,
      outfile: 'out/test/host/index.js',
      external: [...common.external, 'mocha'],
    });
  }
  if (flags.has('--watch')) console.log('build finished');
}

async function run(options) {
  const build = await context(options);
  await build.rebuild();
  if (flags.has('--watch')) await build.watch();
  else await build.dispose();
}

await rm('dist', { recursive: true, force: true });
await buildAll();
