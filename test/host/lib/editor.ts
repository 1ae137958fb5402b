// Starts one real VS Code server, with everything that it reads and writes inside a folder of its own, and ends it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { runProgram, tail } from './programs.ts';
import type { Tools } from './tools.ts';

export type EditorOptions = {
  readonly tools: Tools;
  /** Short, for messages: `left`, `right`. */
  readonly name: string;
  /** A folder that belongs to this editor alone, fresh or from its last start. Keep the path short: sockets are made in it. */
  readonly root: string;
  /** User settings, on top of those that hide what is not Ferry's: scopes `application`, `window` and `resource`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of scope `machine`, which VS Code reads from the server's own file and from nowhere else. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** A packed extension to install before the start, or several. */
  readonly vsix?: string | readonly string[];
  /** The display language, whose language pack is installed; English where absent. */
  readonly language?: string;
  /** Whether it asks in which folders it may run things; nowhere as long as nobody says so. */
  readonly restricted?: boolean;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Added to the environment of the server, and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of text that the server prints. */
  readonly onOutput?: (text: string) => void;
};

export type Editor = {
  readonly name: string;
  /** The workbench, without a folder; `folderUrl` adds one. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly userSettingsPath: string;
  /** The home folder that the extension host sees; it has a Downloads folder. */
  readonly home: string;
  /** What the server has printed so far. */
  log(): string;
  /** Ends the server and its extension hosts and waits until none is left. Calling it again does nothing. */
  stop(): Promise<void>;
  /** Kills the server and its extension hosts as a crash does: they hear nothing of it. */
  kill(): Promise<void>;
};

const secretKey = resolve(import.meta.dirname, '..', 'tools', 'secretKey.js');

const startLimitMs = 60_000;
const stopLimitMs = 15_000;
const installLimitMs = 60_000;

/** User settings of every editor started here: no chat, no welcome, no foreign toast, nothing that moves or phones home. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.colorTheme': 'Light Modern',
  'window.autoDetectColorScheme': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.editorLargeFileConfirmation': 4096,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontFamily': "'DejaVu Sans Mono', monospace",
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
};

/** Restricted Mode, without the question that would lie over the window. */
const restrictedSettings: Readonly<Record<string, unknown>> = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.emptyWindow': false,
};

/** Starts an editor and waits until it answers. Rejects with the end of the server's log where it does not. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const { tools, name, root } = options;
  const dataDir = join(root, 'data');
  const home = join(root, 'home');
  const userSettingsPath = join(dataDir, 'data', 'User', 'settings.json');
  const env = await prepareFolders({ root, home, extra: options.env ?? {} });
  await writeSettings(userSettingsPath, {
    ...quietSettings,
    ...(options.restricted === true ? restrictedSettings : {}),
    ...options.settings,
  });
  await writeSettings(join(dataDir, 'data', 'Machine', 'settings.json'), options.machineSettings ?? {});
  const folders = ['--server-data-dir', dataDir, '--extensions-dir', join(root, 'extensions')];
  for (const vsix of [options.vsix ?? []].flat()) await installVsix(tools, { vsix, folders, env });
  const args = [
    ...['--require', secretKey, tools.serverMain],
    ...[
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--without-connection-token',
      '--accept-server-license-terms',
    ],
    ...(options.language === undefined ? [] : ['--locale', options.language]),
    ...(options.restricted === true ? [] : ['--disable-workspace-trust']),
    ...['--disable-telemetry', '--reconnection-grace-time', '15', ...folders],
  ];
  const child = spawn(tools.nodePath, args, {
    cwd: dirname(dirname(tools.serverMain)),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that `stop` can see and end what the server left behind.
    detached: process.platform !== 'win32',
  });
  const server = followServer(child, options);
  const port = await server.listening;
  return {
    name,
    url: `http://127.0.0.1:${String(port)}/`,
    port,
    pid: child.pid ?? 0,
    dataDir,
    userSettingsPath,
    home,
    log: server.log,
    stop: server.stop,
    kill: server.kill,
  };
}

/**
 * The address of an editor's workbench with what is opened in it: a folder, by its path or its whole URI, a workspace of several
 * by the path of its file, or nothing.
 */
export function folderUrl(editor: Editor, folder: string | undefined): string {
  if (folder === undefined) return `${editor.url}?ew=true`;
  return `${editor.url}?${folder.endsWith('.code-workspace') ? 'workspace' : 'folder'}=${encodeURIComponent(folder)}`;
}

async function writeSettings(path: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(settings, null, 2));
}

async function prepareFolders(options: {
  readonly root: string;
  readonly home: string;
  readonly extra: Readonly<Record<string, string>>;
}): Promise<Record<string, string>> {
  const { root, home } = options;
  const temporary = join(root, 'tmp');
  await Promise.all([join(home, 'Downloads'), temporary].map((folder) => mkdir(folder, { recursive: true })));
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
  // A socket's path may have 104 bytes at most, and VS Code's names for them take 55.
  if (temporary.length < 48) env['TMPDIR'] = temporary;
  else if (process.env['TMPDIR'] !== undefined) env['TMPDIR'] = process.env['TMPDIR'];
  return { ...env, ...options.extra };
}

async function installVsix(
  tools: Tools,
  options: { readonly vsix: string; readonly folders: readonly string[]; readonly env: Record<string, string> },
): Promise<void> {
  const args = [tools.serverMain, '--accept-server-license-terms', ...options.folders, '--install-extension', options.vsix];
  const result = await runProgram(tools.nodePath, args, {
    cwd: dirname(dirname(tools.serverMain)),
    env: options.env,
    limitMs: installLimitMs,
  });
  if (result.code === 0 && result.output.includes('was successfully installed')) return;
  throw new Error(`VS Code does not install ${options.vsix}\n${tail(result.output, 20)}`);
}

type Server = { readonly listening: Promise<number>; readonly log: () => string } & Pick<Editor, 'stop' | 'kill'>;

function followServer(child: ChildProcess, options: Pick<EditorOptions, 'name' | 'onOutput'>): Server {
  let log = '';
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const killLeftovers = (): boolean => signalGroup(child, 'SIGKILL');
  // The group does not hear the terminal's interrupt: whatever ends this process ends the server too.
  process.once('exit', killLeftovers);
  const endedBy = (end: typeof stopServer) => async (): Promise<void> => {
    process.removeListener('exit', killLeftovers);
    await end(child, exited);
  };
  const stop = endedBy(stopServer);
  const listening = new Promise<number>((resolve, reject) => {
    let waiting = true;
    const finish = (): boolean => {
      const first = waiting;
      waiting = false;
      clearTimeout(timer);
      return first;
    };
    const fail = (what: string): void => {
      if (!finish()) return;
      void stop();
      reject(new Error(`The VS Code server "${options.name}" ${what}. Its log ends:\n${tail(log, 40)}`));
    };
    const timer = setTimeout(() => {
      fail(`did not start within ${String(startLimitMs / 1000)} s`);
    }, startLimitMs);
    const read = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      log += text;
      options.onOutput?.(text);
      if (!waiting) return;
      const port = /^Extension host agent listening on (\d+)/m.exec(log)?.[1];
      if (port !== undefined && finish()) resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exited.then(() => {
      fail('ended before it listened');
    });
  });
  return { listening, log: () => log, stop, kill: endedBy(killServer) };
}

async function stopServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const timeUp = new AbortController();
  const limit = delay(stopLimitMs, undefined, { signal: timeUp.signal, ref: false }).catch(() => undefined);
  try {
    await Promise.race([exited, limit]);
    // Extension hosts notice that their server is gone and end by themselves.
    await groupEnd(child);
  } finally {
    timeUp.abort();
    signalGroup(child, 'SIGKILL');
  }
  await exited;
}

async function killServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
  signalGroup(child, 'SIGKILL');
  await Promise.all([exited, groupEnd(child)]);
}

/** Waits until nobody is left in the server's process group, or as long as a stop may take; nothing tells when, so this asks. */
async function groupEnd(child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < stopLimitMs && (await groupIsAlive(child)); waited += 50) await delay(50);
}

/** Whether a process of the server's group still runs. Dead ones that nobody collects, as in a container, do not count. */
async function groupIsAlive(child: ChildProcess): Promise<boolean> {
  if (!signalGroup(child, 0) || process.platform !== 'linux') return signalGroup(child, 0);
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const [state, , group] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(group) === child.pid && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}

/** Signals the server's process group; false where nobody is left in it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    return false;
  }
}
