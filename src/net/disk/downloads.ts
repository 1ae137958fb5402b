// Where downloads of this person go.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { disk } from './disk.ts';

/** The home of this person; undefined where there is none, as for some users of containers. */
export function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The downloads folder: what the desktop's own configuration says on Linux (xdg-user-dirs), else `Downloads` at home, or in
 * `homeless` where there is no home.
 */
export async function downloadsFolder(homeless: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = homeFolder() ?? homeless;
  const fallback = join(home, 'Downloads');
  if (process.platform !== 'linux') return fallback;
  const configHome = env['XDG_CONFIG_HOME'];
  const config = join(configHome !== undefined && isAbsolute(configHome) ? configHome : join(home, '.config'), 'user-dirs.dirs');
  const text = await disk.promises.readFile(config, 'utf8').catch(() => '');
  const named = /^XDG_DOWNLOAD_DIR="(\$HOME\/)?([^"\n]+)"/m.exec(text);
  if (named?.[2] === undefined) return fallback;
  const folder = named[1] === undefined ? named[2] : join(home, named[2]);
  return isAbsolute(folder) ? folder : fallback;
}
