// Other programs that carry a file from one process to another on this machine: scp, through an SSH server of our own making, and
// socat over TLS. Both run as they come, without settings that would slow them down.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { ended, findProgram, freePort, listening, loopback, run, timed } from './programs.ts';
import { sshServer } from './sshServer.ts';

/** Another way to carry a file: gives the milliseconds that it took to copy `source` to `target`. */
export type Rival = { copy(source: string, target: string): Promise<number>; readonly end: () => Promise<void> };

/** A rival, or what is missing to have it. */
export type Found = { readonly rival: Rival } | { readonly missing: string };

/** scp against a private SSH server. */
export async function scp(folder: string): Promise<Found> {
  const client = await findProgram('scp');
  if (client === undefined) return { missing: 'it needs scp (Debian: openssh-client)' };
  const server = await sshServer(folder);
  if ('missing' in server) return server;
  const { options, login, end } = server;
  const copy = (source: string, target: string): Promise<number> =>
    timed(() => run(client, ['-B', ...options, source, `${login}:${target}`]));
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
