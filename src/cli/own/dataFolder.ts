// Where the command line keeps what is its own: identity, book and journal, apart from those of editors. It is a peer by itself.

import { isAbsolute, join, resolve } from 'node:path';

import { isFerryError, systemCodeOf } from '../../core/base/errors.ts';
import { homeFolder } from '../../net/disk/downloads.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import { pathWords } from '../terminal/words.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The data folder: the one that was named, or the platform's place for such. Refuses where there is no home to look in. */
export function dataFolder(named: string | undefined, env: Env = process.env, platform = process.platform): string {
  if (named !== undefined) return resolve(named);
  const absolute = (path: string | undefined): string | undefined => (path !== undefined && isAbsolute(path) ? path : undefined);
  if (platform === 'win32') return join(absolute(env['APPDATA']) ?? atHome('AppData', 'Roaming'), 'ferry');
  if (platform === 'darwin') return join(atHome('Library', 'Application Support'), 'ferry');
  return join(absolute(env['XDG_DATA_HOME']) ?? atHome('.local', 'share'), 'ferry');
}

function atHome(...parts: readonly string[]): string {
  const home = homeFolder();
  if (home !== undefined) return join(home, ...parts);
  throw new Refusal(exitCodes.disk, 'You have no home folder. Name a folder for identity, peers and transfers: --data DIR.');
}

/** Does what needs the data folder. Fails as `work`, and refuses where the folder is what it fails with. */
export async function inDataFolder<T>(data: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFerryError(cause) || !/^E[A-Z]+$/.test(systemCodeOf(cause))) throw cause;
    const full = ['ENOSPC', 'EDQUOT'].includes(systemCodeOf(cause)) ? 'There is no space left in' : 'Nothing can be written to';
    throw new Refusal(exitCodes.disk, `${full} the data folder ${pathWords(data)}. Choose another one: --data DIR.`);
  }
}
