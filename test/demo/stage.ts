// The stage of the demo: Ada's editor at the left and Grace's at the right, and a browser in front of each.

import { packExtension } from '../host/lib/pack.ts';
import type { Page } from '../host/lib/playwright.ts';
import { openStage as openSides, type Side } from '../host/lib/stage.ts';
import { ensureTools } from '../host/lib/tools.ts';
import { launchBrowser, openWorkbench, type Workbench } from '../host/lib/workbench.ts';
import { fillWorkspace } from './workspace.ts';

export type { Side } from '../host/lib/stage.ts';

export type Stage = { readonly left: Side; readonly right: Side; readonly vscodeVersion: string; close(): Promise<void> };

/** Ada keeps what comes encrypted as it comes; Grace has it unsealed on arrival. */
const cast = [
  { name: 'left', displayName: 'ada-laptop', settings: { 'ferry.receive.keepSealed': true, 'ferry.dictionary.format': 'xml' } },
  { name: 'right', displayName: 'grace-desktop' },
];

/** Packs the extension and starts both editors. `mdnsPort`: where they look for each other, so that they find nobody else. */
export async function openStage(say: (line: string) => void, mdnsPort?: number): Promise<Stage> {
  say('packing the extension');
  const vsix = await packExtension();
  const tools = await ensureTools(say);
  say(`starting two editors (VS Code ${tools.vscodeVersion})`);
  const stage = await openSides(cast, { tools, vsix, mdnsPort });
  const [left, right] = stage.sides;
  if (left === undefined || right === undefined) throw new Error('an editor is missing');
  await fillWorkspace(left.workspace);
  return { left, right, vscodeVersion: tools.vscodeVersion, close: () => stage.close() };
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
