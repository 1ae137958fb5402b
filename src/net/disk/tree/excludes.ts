// What stays at home when a folder is sent: what git would not keep, what the editor does not show, and what looks like a secret.

import { basename, dirname, join, relative, sep } from 'node:path';

import type { Ignore } from 'ignore';

import { isSecretName } from '../../../core/text/secretName.ts';
import type { FolderRules } from '../../../core/wire/item.ts';
import { disk, openFlag } from '../disk.ts';

/** The rules of one .gitignore and of those above it. */
export type IgnoreRules = {
  readonly ignore: Ignore;
  /** The path, within its folder, of what has this path within the folder that is sent. */
  readonly pathOf: (path: string) => string;
  readonly above: IgnoreRules | undefined;
};

export type Excludes = {
  /** The rules from above the folder that is sent. */
  readonly rules: IgnoreRules | undefined;
  /** The rules within a folder, by the names in it. */
  enter(folder: string, names: readonly string[], above: IgnoreRules | undefined): Promise<IgnoreRules | undefined>;
  /** Why an entry stays at home; undefined where it does not. */
  reasonFor(path: string, isFolder: boolean, rules: IgnoreRules | undefined): 'ignored' | 'secret' | undefined;
};

const { promises: fs } = disk;
const ignoreFile = '.gitignore';
/** A .gitignore that is larger is none. */
const ignoreFileBytes = 1024 * 1024;
/** File systems that do not tell the case of letters apart, as a rule. */
const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';

/** What stays at home of the folder at `root`, a real path. */
export async function excludesOf(root: string, options: FolderRules): Promise<Excludes> {
  const [{ default: ignore }, { default: picomatch }] = await Promise.all([import('ignore'), import('picomatch')]);
  const isExcluded = picomatch([...options.exclude], { dot: true, nocase: ignoresCase });
  const read = async (folder: string): Promise<Ignore | undefined> => {
    const text = await readIgnoreFile(join(folder, ignoreFile));
    return text === undefined ? undefined : ignore({ ignorecase: ignoresCase, allowRelativePaths: true }).add(text);
  };
  return {
    rules: options.followGitignore ? await rulesAbove(root, read) : undefined,
    async enter(folder, names, above) {
      if (!options.followGitignore || !names.includes(ignoreFile)) return above;
      const found = await read(join(root, folder));
      const skipped = folder === '' ? 0 : folder.length + 1;
      return found === undefined ? above : { ignore: found, pathOf: (path) => path.slice(skipped), above };
    },
    reasonFor(path, isFolder, rules) {
      if (options.exclude.length > 0 && isExcluded(path)) return 'ignored';
      if (options.followGitignore && (isIgnored(isFolder ? `${path}/` : path, rules) || basename(path) === '.git'))
        return 'ignored';
      return !options.includeSecrets && isSecretName(path) ? 'secret' : undefined;
    },
  };
}

/** The deepest .gitignore that says something of a path decides. */
function isIgnored(path: string, rules: IgnoreRules | undefined): boolean {
  for (let at = rules; at !== undefined; at = at.above) {
    const { ignored, unignored } = at.ignore.test(at.pathOf(path));
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** A folder of a repository obeys the rules above it too, up to where the repository begins. */
async function rulesAbove(root: string, read: (folder: string) => Promise<Ignore | undefined>): Promise<IgnoreRules | undefined> {
  const folders: string[] = [];
  for (let at = root; !(await isThere(join(at, '.git'))); at = dirname(at)) {
    if (dirname(at) === at) return undefined;
    folders.unshift(dirname(at));
  }
  let rules: IgnoreRules | undefined;
  for (const folder of folders) {
    const found = await read(folder);
    const prefix = `${relative(folder, root).replaceAll(sep, '/')}/`;
    if (found !== undefined) rules = { ignore: found, pathOf: (path) => prefix + path, above: rules };
  }
  // Whoever picks a folder that git ignores wants what is in it.
  return isIgnored('', rules) ? undefined : rules;
}

async function isThere(path: string): Promise<boolean> {
  return (await fs.lstat(path).catch(() => undefined)) !== undefined;
}

/** Git follows no link here either. */
async function readIgnoreFile(path: string): Promise<string | undefined> {
  const flags = disk.constants.O_RDONLY | openFlag('O_NOFOLLOW') | openFlag('O_NONBLOCK');
  const file = await fs.open(path, flags).catch(() => undefined);
  try {
    const found = await file?.stat();
    return found?.isFile() === true && found.size <= ignoreFileBytes ? await file?.readFile('utf8') : undefined;
  } finally {
    await file?.close();
  }
}
