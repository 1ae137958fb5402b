// A stage: real VS Code servers with separate identities, homes and settings, and the packed extension installed in each.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Editor, type EditorOptions, startEditor } from './editor.ts';

/** Somebody with an editor of their own. */
export type Role = {
  /** Short, for messages and folders. */
  readonly name: string;
  /** The name under which peers see them. */
  readonly displayName: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Those of scope `machine`. */
  readonly machine?: Readonly<Record<string, unknown>>;
};

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

export type Stage = { readonly sides: readonly Side[]; close(): Promise<void> };

export type StageOptions = Pick<EditorOptions, 'tools' | 'language'> & {
  /** What is installed in each editor. */
  readonly vsix: string | readonly string[];
  /** Where the editors look for each other, so that they find nobody else. */
  readonly mdnsPort?: number | undefined;
};

/** Starts an editor for each role, with an empty workspace. */
export async function openStage(cast: readonly Role[], { vsix, mdnsPort, ...others }: StageOptions): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'ferry-'));
  const env = mdnsPort === undefined ? {} : { FERRY_TEST_MDNS_PORT: String(mdnsPort) };
  const sides: Side[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sides.map((side) => side.editor.stop()));
    await rm(root, { recursive: true, force: true });
  };
  try {
    for (const { name, displayName, settings = {}, machine = {} } of cast) {
      const workspace = join(root, name, 'workspace');
      await mkdir(workspace, { recursive: true });
      const machineSettings = { 'ferry.displayName': displayName, ...machine };
      const options = { ...others, name, root: join(root, name), settings, machineSettings, env };
      sides.push(sideOf(await startEditor({ ...options, vsix }), { displayName, workspace, options }));
    }
    return { sides, close };
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
