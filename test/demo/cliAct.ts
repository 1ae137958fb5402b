// An act of the demo: the command line beside a window. Both pair by a code, and files, folders and messages go both ways.

import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { clearToasts, offerFile, pickPeer, type Seat } from '../host/lib/acts.ts';
import { openViewContainer, waitForTreeRow } from '../host/lib/views.ts';
import {
  clickNotificationButton,
  enterText,
  pickQuickPickItem,
  runCommand,
  waitForNotification,
  waitForQuickPick,
} from '../host/lib/workbench.ts';
import { endFerries, type Ferry, runFerry, startFerry } from '../support/cliProcess.ts';
import { picture, savedLimitMs, sha256Of } from './acts.ts';
import { share } from './sharedAct.ts';
import { exhibit } from './workspace.ts';

const own = 'hugo-server';

type Terminal = { readonly data: string; readonly into: string };

/**
 * Plays the act; the pictures begin with `number`. `root`: a folder for the terminal. Gives what it said. Rejects where anything
 * does not arrive as it was.
 */
export async function useCommandLine(seat: Seat, root: string, number: string): Promise<readonly string[]> {
  const terminal = { data: join(root, 'hugo'), into: join(root, 'hugo-received') };
  await mkdir(terminal.into, { mode: 0o700 });
  try {
    await openViewContainer(seat.page, 'Ferry');
    await pairByCode(seat, terminal, number);
    await sendToWindow(seat, terminal, number);
    await sendToTerminal(seat, terminal, number);
    await getFromWindow(seat, terminal, number);
    return await goWrong(seat, terminal);
  } finally {
    await endFerries();
    await clearToasts(seat.page);
  }
}

async function pairByCode({ page, side }: Seat, { data }: Terminal, number: string): Promise<void> {
  const ferry = await startFerry(['pair', side.displayName, '--json'], { data, name: own, input: true });
  await waitForNotification(page, 'wants to pair');
  await clickNotificationButton(page, 'Compare Codes');
  await waitForQuickPick(page, 'Which number does');
  const code = String((await ferry.fact('code'))['code']);
  await pickQuickPickItem(page, new RegExp(code.replaceAll(/\d/g, '$&\\s*')), () => picture(page, number, '1-numbers'));
  ferry.write('y\n');
  await waitForNotification(page, `Paired with ${own}`);
  await expectDone(ferry);
  await clearToasts(page);
}

/** A folder and a message. */
async function sendToWindow({ page, side }: Seat, terminal: Terminal, number: string): Promise<void> {
  const tree = join(terminal.into, 'logbook');
  await cp(join(side.workspace, exhibit), tree, { recursive: true });
  const ferry = await startFerry(['send', tree, '--to', side.displayName], { data: terminal.data, name: own });
  await waitForNotification(page, `${own} (paired) wants to send`);
  await picture(page, number, '2-request');
  await clickNotificationButton(page, 'Accept');
  await waitForNotification(page, 'Saved logbook', savedLimitMs);
  await expectDone(ferry);
  await promisify(execFile)('diff', ['-r', tree, join(side.received, 'logbook')]);
  await run(['message', side.displayName, 'The', 'build', 'is', 'green.'], terminal.data);
  await waitForNotification(page, 'The build is green.');
  await picture(page, number, '3-message');
  await clearToasts(page);
}

/** A file and a message. */
async function sendToTerminal(seat: Seat, { data, into }: Terminal, number: string): Promise<void> {
  const { page, side } = seat;
  const ferry = await startFerry(['receive', '--json', '--into', into], { data, name: own });
  await ferry.fact('listening');
  const to = { page, side: { ...side, displayName: own } };
  await offerFile(seat, to, 'plan.md', (shown) => picture(shown, number, '4-peers'));
  await ferry.fact('received');
  await expectSame(join(side.workspace, 'plan.md'), join(into, 'plan.md'));
  await runCommand(page, 'Ferry: Send Message…');
  await pickPeer(seat, to, 'Send a message');
  await enterText(page, 'Thank you.');
  await ferry.fact('message', ({ text }) => text === 'Thank you.');
  await openViewContainer(page, 'Ferry');
  await waitForTreeRow(page, 'Thank you.');
  await picture(page, number, '5-thread');
  ferry.kill('SIGINT');
  await ferry.ended;
  await clearToasts(page);
}

async function getFromWindow(seat: Seat, { data, into }: Terminal, number: string): Promise<void> {
  const { side } = seat;
  await share(seat, number);
  await run(['get', side.displayName, exhibit, '--into', into], data);
  await promisify(execFile)('diff', ['-r', join(side.workspace, exhibit), join(into, exhibit)]);
}

/** What a terminal says to a list, to what is not there, and to a command that there is not. */
async function goWrong({ side }: Seat, { data }: Terminal): Promise<readonly string[]> {
  const said: string[] = [];
  for (const [expected, ...words] of [
    [0, 'list', side.displayName, exhibit],
    [8, 'get', side.displayName, `${exhibit}/none.txt`],
    [9, 'send', 'none.txt', '--to', side.displayName],
    [2, 'fetch', side.displayName],
  ] as const) {
    const { code, stdout, stderr } = await runFerry(words, { data, name: own });
    if (code !== expected) throw new Error(`ferry ${words.join(' ')} ended with ${String(code)}: ${stderr}`);
    said.push(`$ ferry ${words.join(' ')}`, ...`${stdout}${stderr}`.trimEnd().split('\n'));
  }
  return said;
}

async function run(words: readonly string[], data: string): Promise<void> {
  await expectDone(await startFerry(words, { data, name: own }));
}

async function expectDone(ferry: Ferry): Promise<void> {
  const code = await ferry.ended;
  if (code !== 0) throw new Error(`the command line ended with ${String(code)}: ${ferry.stdout()}${ferry.stderr()}`);
}

async function expectSame(sent: string, saved: string): Promise<void> {
  if ((await sha256Of(sent)) !== (await sha256Of(saved))) throw new Error(`${saved} is not what was sent`);
}
