// The stage of the demo: two real VS Code servers with separate identities, homes and settings, the packed extension installed in
// both, and a browser in front of each.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Editor, startEditor } from '../host/lib/editor.ts';
import type { Page } from '../host/lib/playwright.ts';
import { ensureTools } from '../host/lib/tools.ts';
import { launchBrowser, openWorkbench } from '../host/lib/workbench.ts';
import { packExtension } from './pack.ts';
import { fillWorkspace } from './workspace.ts';

export type Side = {
  readonly displayName: string;
  readonly editor: Editor;
  readonly workspace: string;
  /** Where this side's received files land. */
  readonly received: string;
};

export type Stage = { readonly left: Side; readonly right: Side; readonly vscodeVersion: string; close(): Promise<void> };

/** Ada keeps what comes encrypted as it comes; Grace has it unsealed on arrival. */
const cast = [
  { name: 'left', displayName: 'ada-laptop', settings: { 'ferry.receive.keepSealed': true, 'ferry.dictionary.format': 'xml' } },
  { name: 'right', displayName: 'grace-desktop', settings: {} },
] as const;

/** Packs the extension and starts both editors. */
export async function openStage(say: (line: string) => void): Promise<Stage> {
  say('packing the extension');
  const vsix = await packExtension();
  const tools = await ensureTools(say);
  say(`starting two editors (VS Code ${tools.vscodeVersion})`);
  const root = await mkdtemp(join(tmpdir(), 'ferry-'));
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
      const editor = await startEditor({ tools, name, root: join(root, name), vsix, settings, machineSettings });
      sides.push({ displayName, editor, workspace, received: join(editor.home, 'Downloads', 'Ferry') });
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

/** Opens a browser in front of both sides of a stage. */
export async function openPages({
  left,
  right,
}: Stage): Promise<{ readonly left: Page; readonly right: Page; close(): Promise<void> }> {
  const browser = await launchBrowser(await ensureTools(() => undefined));
  const [leftBench, rightBench] = await Promise.all(
    [left, right].map((side) => openWorkbench(browser, side.editor, { folder: side.workspace })),
  );
  if (leftBench === undefined || rightBench === undefined) throw new Error('a workbench is missing');
  return { left: leftBench.page, right: rightBench.page, close: () => browser.close() };
}
