// Other programs that carry a file from one process to another on this machine: scp, through an SSH server of our own making, and
// socat over TLS. Both run as they come, without settings that would slow them down.

import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { access, constants, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** Another way to carry a file: gives the milliseconds that it took to copy `source` to `target`. */
export type Rival = { copy(source: string, target: string): Promise<number>; end(): Promise<void> };

/** A rival, or what is missing to have it. */
export type Found = { readonly rival: Rival } | { readonly missing: string };

type Server = ChildProcessByStdio<null, null, Readable>;

const run = promisify(execFile);
const listensWithinMs = 5_000;
const loopback = '127.0.0.1';

/** scp against a private SSH server on a free port of loopback, with new keys for server and user. */
export async function scp(folder: string): Promise<Found> {
  const [sshd, client, keygen] = [await findProgram('sshd'), await findProgram('scp'), await findProgram('ssh-keygen')];
  if (sshd === undefined || client === undefined || keygen === undefined) {
    return { missing: 'it needs scp, sshd and ssh-keygen (Debian: openssh-client, openssh-server)' };
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
  const options = ['-q', '-B', '-i', file('user'), '-P', String(port)];
  for (const option of ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'])
    options.push('-o', option);
  const copy = (source: string, target: string): Promise<number> =>
    timed(async () => {
      await run(client, [...options, source, `${userInfo().username}@${loopback}:${target}`]);
    });
  const small = file('small');
  try {
    await listening(server);
    await writeFile(small, 'small');
    await copy(small, file('arrived'));
  } catch (error) {
    await end();
    return { missing: `scp to a server of our own failed: ${firstLine(error)}` };
  }
  return { rival: { copy, end } };
}

/** socat over TLS with a certificate of our own and larger blocks than its own 8 KiB, which makes it faster. */
export async function socat(folder: string): Promise<Found> {
  const [program, openssl] = [await findProgram('socat'), await findProgram('openssl')];
  if (program === undefined || openssl === undefined) return { missing: 'it needs socat and openssl' };
  const pem = join(folder, 'socat.pem');
  const what = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=bench',
  ];
  await run(openssl, [...what, '-keyout', pem, '-out', `${pem}.crt`]);
  const listener = `bind=${loopback},reuseaddr,verify=0,key=${pem},cert=${pem}.crt`;
  const copy = async (source: string, target: string): Promise<number> => {
    const port = await freePort();
    const blocks = ['-u', '-b', '65536'];
    const server = spawn(program, ['-d', '-d', ...blocks, `OPENSSL-LISTEN:${port},${listener}`, `CREATE:${target}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = new Promise((done) => server.once('exit', done));
    try {
      await listening(server);
      return await timed(async () => {
        await run(program, [...blocks, `OPEN:${source}`, `OPENSSL:${loopback}:${port},verify=0`]);
        await exited;
      });
    } finally {
      await ended(server);
    }
  };
  return { rival: { copy, end: () => Promise.resolve() } };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Both servers say on their standard error that they listen; what else they say there is passed over. */
function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`it does not listen: ${said.slice(-500)}`)), listensWithinMs);
    const settle = (error?: Error): void => {
      clearTimeout(late);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
      if (/listening on/i.test(said)) settle();
    });
    server.once('error', settle);
    server.once('exit', () => settle(new Error(`it ended: ${said.slice(-500)}`)));
  });
}

async function ended(server: Server): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((done) => server.once('exit', done));
  server.kill();
  await exited;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The path of a program; servers lie in folders that an ordinary person's PATH leaves out. */
async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  for (const folder of folders.filter((entry) => entry !== '')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').slice(0, 200);
}
