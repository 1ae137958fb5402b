// What a hostile network costs: 10 000 connections that stall, 10 000 requests of garbage and 10 000 false mDNS services against
// the listener in the extension host of a real VS Code, one after the other, while an honest peer that it knows goes on sending
// files of 1 MB over new connections.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { limits } from '../../src/core/base/limits.ts';
import { parsePeerId } from '../../src/core/peers/peerId.ts';
import { transfer } from '../../src/core/sending/transfer.ts';
import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import { createDialler } from '../../src/net/dialling/dialler.ts';
import { memoryItem } from '../support/headlessPeer.ts';
import { ownMdnsPort } from '../support/mdnsPort.ts';
import { tempFolder } from '../support/temp.ts';
import { type HostVictim, withHostVictim } from './lib/hostVictim.ts';
import { atMost, type BenchRow, noted } from './rows.ts';

const attempts = 10_000;
const itemBytes = 1_000_000;
/** Between two sends of the honest peer. */
const pauseMs = 100;
/** Of these alone, before the first attack. */
const warmUpMs = 8_000;
/** By then every socket that stalls has to be gone. */
const afterMs = 15_000;

const bars = { rssMb: 64, loopP99Ms: 50, sendMs: 5_000 } as const;

type Attack = { readonly name: string; readonly program: string; readonly args: readonly string[] };

/** The figures of each attack in turn, and afterwards. */
export async function benchHostile(): Promise<readonly BenchRow[]> {
  const [honest, root] = [await createIdentity(), await tempFolder()];
  return withHostVictim(root, honest.peerId, async (victim) => {
    console.log(`  VS Code ${victim.vscodeVersion}`);
    const attacks: readonly Attack[] = [
      { name: 'stalled connections', program: 'attacker.ts', args: ['stall', String(victim.port), String(attempts), '100'] },
      { name: 'requests of garbage', program: 'attacker.ts', args: ['garbage', String(victim.port), String(attempts), '100'] },
      {
        name: 'false mDNS services',
        program: 'mdnsFlood.ts',
        args: [String(await ownMdnsPort()), String(attempts), '100', '1000'],
      },
    ];
    // What is loaded and compiled at first use is no growth, nor is the size that a heap takes while files arrive.
    await sendWhile(victim, honest, wait(warmUpMs));
    const rows: BenchRow[] = [];
    for (const attack of attacks) rows.push(...(await measure(victim, honest, attack)));
    return rows;
  });
}

async function measure(victim: HostVictim, honest: Identity, { name, program, args }: Attack): Promise<readonly BenchRow[]> {
  await victim.reset();
  const before = await victim.report();
  await victim.reset();
  const begun = performance.now();
  const attacker = spawn(process.execPath, [join(import.meta.dirname, '../support', program), ...args], { stdio: 'inherit' });
  const over = new Promise<void>((done, failed) => {
    attacker.once('exit', (code) => (code === 0 ? done() : failed(new Error(`the attack ended with ${code}`))));
  });
  const sends = await sendWhile(victim, honest, over);
  const seconds = (performance.now() - begun) / 1000;
  const during = await victim.report();
  await wait(afterMs);
  const after = await victim.report();
  const slowest = Math.max(...sends.map(({ ms }) => ms));
  const title = `${attempts} ${name}`;
  const beyond = Math.max(0, during.prompts - limits.ringsOfStrangers, during.mostWaiting - limits.offersWaitingOfStrangers - 1);
  return [
    atMost(`${title}: resident memory at most grows by`, during.peakMb - before.rssMb, 'MB', bars.rssMb),
    noted(`${title}: ${afterMs / 1000} s later it has grown by`, after.rssMb - before.rssMb, 'MB'),
    atMost(`${title}: event loop p99`, during.loopP99Ms, 'ms', bars.loopP99Ms),
    atMost(`${title}: slowest of ${sends.length} sends of 1 MB`, slowest, 'ms', bars.sendMs),
    atMost(`${title}: of these sends failed`, sends.filter(({ ok }) => !ok).length, '', 0),
    noted(`${title}: notifications that asked for something`, during.prompts, ''),
    atMost(`${title}: notifications or waiting offers beyond the quota`, beyond, '', 0),
    atMost(`${title}: errors that nobody caught`, after.uncaught.length, '', 0),
    atMost(`${title}: sockets more than before, ${afterMs / 1000} s later`, after.sockets - before.sockets, '', 0),
    noted(`${title}: took`, seconds, 's'),
    noted(`${title}: processor time of the extension host`, during.cpuMs / 1000, 's'),
  ];
}

type Send = { readonly ms: number; readonly ok: boolean };

/** Sends a file again and again until `over`, each time over a new connection. */
async function sendWhile(victim: HostVictim, honest: Identity, over: Promise<void>): Promise<readonly Send[]> {
  let ended = false;
  const isOver = (): boolean => ended;
  const end = over.finally(() => {
    ended = true;
  });
  end.catch(() => undefined);
  const bytes = randomBytes(itemBytes);
  const sends: Send[] = [];
  while (!isOver()) {
    const begun = performance.now();
    const dialler = createDialler(honest);
    const addresses = () => Promise.resolve([{ host: '127.0.0.1', port: victim.port }]);
    const request = { peerId: parsePeerId(victim.id), addresses, senderName: 'honest', items: [memoryItem('a.bin', bytes)] };
    const outcome = await transfer(request, {
      dial: dialler.dial,
      signal: new AbortController().signal,
      onState: () => undefined,
    });
    dialler.close();
    if (outcome.phase !== 'delivered') console.log(outcome);
    sends.push({ ms: performance.now() - begun, ok: outcome.phase === 'delivered' });
    await wait(pauseMs);
  }
  await end;
  return sends;
}
