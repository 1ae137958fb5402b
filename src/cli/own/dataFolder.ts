// Where the command line keeps what is its own: identity, book and journal, apart from those of editors. It is a peer by itself.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The data folder: the one that was named, or the platform's place for such. */
export function dataFolder(named: string | undefined, env: Env = process.env, platform = process.platform): string {
  if (named !== undefined) return resolve(named);
  const home = homedir();
  const absolute = (path: string | undefined, otherwise: string): string =>
    path !== undefined && isAbsolute(path) ? path : otherwise;
  if (platform === 'win32') return join(absolute(env['APPDATA'], join(home, 'AppData', 'Roaming')), 'ferry');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ferry');
  return join(absolute(env['XDG_DATA_HOME'], join(home, '.local', 'share')), 'ferry');
}
