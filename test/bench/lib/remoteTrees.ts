// Other programs that carry a folder from one process to another through SSH. Each runs as it comes; none waits for the disk.

import { mkdir } from 'node:fs/promises';

import { findProgram, run, timed } from './programs.ts';
import type { SshServer } from './sshServer.ts';

/** How long a copy took, and how long it then took until all of it was on the disk, in milliseconds. */
export type Copied = { readonly ms: number; readonly syncMs: number };

/** A program that copies what is in the folder `source` into the folder `target`. */
export type TreeRival = { readonly name: string; copy(source: string, target: string): Promise<Copied> };

const commands = {
  'rsync -a': { needs: 'rsync', script: 'rsync -a -e "ssh $options" "$source/" "$login:$target/"' },
  tar: { needs: 'tar', script: 'tar -C "$source" -c . | ssh $options "$login" "tar -C \'$target\' -x"' },
  'scp -r': { needs: 'scp', script: 'scp -B $options -r "$source" "$login:$target"' },
} as const;

/** The rivals, in the order in which they take their turns; those that are not installed are not among them. */
export async function treeRivals({ login, options }: SshServer): Promise<readonly TreeRival[]> {
  const rivals: TreeRival[] = [];
  for (const [name, { needs, script }] of Object.entries(commands)) {
    if ((await findProgram(needs)) === undefined) continue;
    rivals.push({
      name,
      copy: async (source, target) => {
        await mkdir(target);
        const env = { ...process.env, source, target, login, options: options.join(' ') };
        const ms = await timed(() => run('sh', ['-c', script], { env }));
        return { ms, syncMs: await timed(() => run('sync', ['-f', target])) };
      },
    });
  }
  return rivals;
}
