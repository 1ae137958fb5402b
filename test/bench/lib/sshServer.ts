// An SSH server of our own on a free port of loopback, with new keys for server and user, for the programs that copy through one.

import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { ended, findProgram, firstLine, freePort, listening, loopback, run } from './programs.ts';

/** A server that runs: who to log in as, and the options for `ssh` and `scp` that lead there. */
export type SshServer = { readonly login: string; readonly options: readonly string[]; readonly end: () => Promise<void> };

/** Starts a server whose files lie in `folder`; or says what is missing. */
export async function sshServer(folder: string): Promise<SshServer | { readonly missing: string }> {
  const [sshd, client, keygen] = [await findProgram('sshd'), await findProgram('ssh'), await findProgram('ssh-keygen')];
  if (sshd === undefined || client === undefined || keygen === undefined) {
    return { missing: 'it needs ssh, sshd and ssh-keygen (Debian: openssh-client, openssh-server)' };
  }
  const port = await freePort();
  const file = (name: string): string => join(folder, name);
  for (const name of ['host', 'user']) await run(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  await copyFile(file('user.pub'), file('authorized'));
  const config = [
    `Port ${port}`,
    `ListenAddress ${loopback}`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized')}`,
    // The keys lie in a folder for temporary files, which anybody may write to.
    'StrictModes no',
    'PasswordAuthentication no',
    'PidFile none',
    'Subsystem sftp internal-sftp',
  ];
  await writeFile(file('sshd_config'), `${config.join('\n')}\n`);
  // Where root starts it, the server wants this empty folder, which an installed one finds made by its service.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn(sshd, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const end = (): Promise<void> => ended(server);
  const login = `${userInfo().username}@${loopback}`;
  const options = ['-q', '-i', file('user')];
  for (const option of [`Port=${port}`, 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'])
    options.push('-o', option);
  try {
    await listening(server);
    await run(client, [...options, '-o', 'BatchMode=yes', login, 'true']);
  } catch (error) {
    await end();
    return { missing: `a server of our own does not answer: ${firstLine(error)}` };
  }
  return { login, options, end };
}
