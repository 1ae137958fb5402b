// The stage of the demo: two real VS Code servers with separate identities, homes and settings, the packed extension installed in
// both, and a browser in front of each.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Editor, type EditorOptions, startEditor } from '../host/lib/editor.ts';
import type { Page } from '../host/lib/playwright.ts';
import { ensureTools } from '../host/lib/tools.ts';
import { launchBrowser, openWorkbench, type Workbench } from '../host/lib/workbench.ts';
import { packExtension } from './pack.ts';
import { fillWorkspace } from './workspace.ts';

export type Side = {
  readonly displayName: string;
  /** The one that runs, or ran last. */
  readonly editor: Editor;
  readonly workspace: string;
  /** Where this side's received files land. */
  readonly received: string;
  /** Starts the editor again, which has ended, on the same port and with all that it had; `settings` are added to its own. */
  restart(settings?: Readonly<Record<string, unknown>>): Promise<void>;
};

export type Stage = { readonly left: Side; readonly right: Side; readonly vscodeVersion: string; close(): Promise<void> };

/** Ada keeps what comes encrypted as it comes; Grace has it unsealed on arrival. */
const cast = [
  { name: 'left', displayName: 'ada-laptop', settings: { 'ferry.receive.keepSealed': true, 'ferry.dictionary.format': 'xml' } },
  { name: 'right', displayName: 'grace-desktop', settings: {} },
] as const;

/** Packs the extension and starts both editors. `mdnsPort`: where they look for each other, so that they find nobody else. */
export async function openStage(say: (line: string) => void, mdnsPort?: number): Promise<Stage> {
  say('packing the extension');
  const vsix = await packExtension();
  const tools = await ensureTools(say);
  say(`starting two editors (VS Code ${tools.vscodeVersion})`);
  const root = await mkdtemp(join(tmpdir(), 'ferry-'));
  const env = mdnsPort === undefined ? {} : { FERRY_TEST_MDNS_PORT: String(mdnsPort) };
  const sides: Side[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sides.map((side) => side.editor.stop()));
    await rm(root, { recursive: true, force: true });
  };
  try {
    for (const { name, displayName, settings } of cast) {
      const workspace = join(root, name, 'workspace');
      await mkdir(workspace, { recursive: true });
      const machineSettings = { 'ferry.displayName': displayName };
      const options = { tools, name, root: join(root, name), settings, machineSettings, env };
      sides.push(sideOf(await startEditor({ ...options, vsix }), { displayName, workspace, options }));
    }
    const [left, right] = sides;
    if (left === undefined || right === undefined) throw new Error('an editor is missing');
    await fillWorkspace(left.workspace);
    return { left, right, vscodeVersion: tools.vscodeVersion, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function sideOf(
  first: Editor,
  { displayName, workspace, options }: Pick<Side, 'displayName' | 'workspace'> & { readonly options: EditorOptions },
): Side {
  let editor = first;
  return {
    ...{ displayName, workspace, received: join(first.home, 'Downloads', 'Ferry') },
    get editor() {
      return editor;
    },
    restart: async (settings = {}) => {
      editor = await startEditor({ ...options, settings: { ...options.settings, ...settings }, port: first.port });
    },
  };
}

export type Pages = {
  readonly left: Page;
  readonly right: Page;
  /** Opens the right editor in a browser that knows nothing: its secrets are gone, and it makes itself a new identity. */
  rightWithoutMemory(): Promise<Page>;
  close(): Promise<void>;
};

/** Opens a browser in front of both sides of a stage. */
export async function openPages({ left, right }: Stage): Promise<Pages> {
  const browser = await launchBrowser(await ensureTools(() => undefined));
  const open = (side: Side): Promise<Workbench> => openWorkbench(browser, side.editor, { folder: side.workspace });
  const [leftBench, rightBench] = await Promise.all([open(left), open(right)]);
  return {
    left: leftBench.page,
    right: rightBench.page,
    rightWithoutMemory: async () => {
      await rightBench.close();
      return (await open(right)).page;
    },
    close: () => browser.close(),
  };
}
