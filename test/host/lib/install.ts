// Installs the host tools into one folder: VS Code's server, its own packages, and the browser, unpacked. Runs no install
// script, needs no compiler, and asks nothing of the system but what a bare Debian with Node has.

import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

import { runProgram, tail } from './programs.ts';

/** Raised when the steps below change, so that a folder made by older steps is not taken for a good one. */
export const recipe = 1;

/** Where the parts lie inside a tools folder. */
export const places = {
  vscode: ['node_modules', 'code-server', 'lib', 'vscode'],
  chromium: ['chromium', 'chromium'],
  chromiumLibraries: ['chromium', 'al2023', 'lib'],
  fontConfig: ['chromium', 'fonts.conf'],
} as const;

const npmLimitMs = 10 * 60_000;

/**
 * Fills an empty folder with the tools that `packageFolder` names. Rejects with a sentence and npm's own words where a step
 * fails; the folder is then of no use.
 */
export async function installTools(
  folder: string,
  options: { readonly packageFolder: string; readonly withChromium: boolean; readonly log: (line: string) => void },
): Promise<void> {
  const { packageFolder, log } = options;
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(packageFolder, name), join(folder, name));
  log('Installing the VS Code server and the browser (about 350 MB, once)');
  await npm(['ci', '--ignore-scripts'], folder);
  const vscode = join(folder, ...places.vscode);
  const chromium = options.withChromium ? unpackChromium(folder) : undefined;
  log("Installing the VS Code server's own packages");
  // The server's list of packages leaves one peer dependency out, at which a plain `npm ci` stops.
  const packages = npm(['ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps'], vscode);
  // What the built-in extensions need: the TypeScript one greets every .ts file with an error where it is missing.
  const shared = packages.then(() => npm(['ci', '--omit=dev', '--ignore-scripts'], join(vscode, 'extensions')));
  await Promise.all([shared, chromium]);
  await copyFile(join(packageFolder, 'spdlog.js'), join(vscode, 'node_modules', '@vscode', 'spdlog', 'index.js'));
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const cli = process.env['npm_execpath'];
  const [command, first] = cli?.endsWith('npm-cli.js') === true ? [process.execPath, [cli]] : ['npm', []];
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
  const all = [...first, ...args, '--no-audit', '--no-fund', '--no-progress'];
  const result = await runProgram(command, all, { cwd, env, limitMs: npmLimitMs });
  if (result.code === 0) return;
  throw new Error(`npm ${args.join(' ')} failed in ${cwd}. It needs the npm registry.\n${tail(result.output, 20)}`);
}

async function unpackChromium(folder: string): Promise<void> {
  const archives = join(folder, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const target = join(folder, 'chromium');
  await mkdir(target);
  const tar = loadTar(folder);
  for (const name of ['al2023', 'fonts']) {
    const archive = createReadStream(join(archives, `${name}.tar.br`));
    await pipeline(archive, createBrotliDecompress(), tar.extract(join(target, name)));
  }
  const binary = createWriteStream(join(folder, ...places.chromium), { mode: 0o755 });
  await pipeline(createReadStream(join(archives, 'chromium.br')), createBrotliDecompress(), binary);
  await writeFile(join(folder, ...places.fontConfig), fontConfig);
}

type Tar = { extract(folder: string): NodeJS.WritableStream };

function loadTar(folder: string): Tar {
  const module: unknown = createRequire(join(folder, 'package.json'))('tar-fs');
  if (!isTar(module)) throw new Error('the installed tar-fs package has no extract function');
  return module;
}

function isTar(value: unknown): value is Tar {
  return typeof value === 'object' && value !== null && 'extract' in value && typeof value.extract === 'function';
}

// Only these fonts, so that a picture looks the same on every machine. Folders are relative to this file, caches to the
// cache folder that the browser gets.
const fontConfig = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts/fonts</dir>
  <dir prefix="relative">../node_modules/dejavu-fonts-ttf/ttf</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias binding="strong"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="strong"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
