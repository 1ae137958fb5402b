// The demo: the main job on real input, driven as a person would. Prints what was sent and what was saved; `--json` makes the
// last line one JSON object. Exit code 1 where anything differs.

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { Seat } from '../host/lib/acts.ts';
import { openViewContainer } from '../host/lib/views.ts';
import { runCommand } from '../host/lib/workbench.ts';
import { ownMdnsPort } from '../support/mdnsPort.ts';
import { pictures, sendAndOpenSealed, sendAndSave, type Transfer } from './acts.ts';
import { useCommandLine } from './cliAct.ts';
import { sendDictionaryAndInsert } from './dictionaryAct.ts';
import { sendFolder } from './folderAct.ts';
import { writeMessages } from './messagesAct.ts';
import { stayOffline } from './offlineAct.ts';
import { meetChangedKey, pair } from './pairingAct.ts';
import { goUpAndDown } from './sharedAct.ts';
import { sendLines } from './snippetAct.ts';
import { openPages, openStage, type Stage } from './stage.ts';
import { surviveKill, surviveReload, waitForAway } from './survivalActs.ts';
import { pauseAndCancel } from './transfersAct.ts';
import { demoFiles } from './workspace.ts';

const json = process.argv.includes('--json');
const say = (line: string): void => console.log(line);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await rm(pictures, { recursive: true, force: true });
const stage = await openStage(say, await ownMdnsPort());
try {
  const pages = await openPages(stage);
  try {
    const [left, right] = [
      { side: stage.left, page: pages.left },
      { side: stage.right, page: pages.right },
    ];
    const transfers = await play(stage, left, right);
    say('pausing one transfer, and looking at another one that moves');
    await pauseAndCancel(left, right, numberOf(3));
    transfers.push(...(await survive(left, right)));
    say('pairing both sides');
    await pair(left, right, numberOf(8));
    transfers.push(...(await share(left, right)));
    say('writing to each other, and loading both windows again');
    await writeMessages(left, right, numberOf(12));
    say('taking one side offline, and loading it again');
    await stayOffline(right, left, numberOf(12));
    say('meeting somebody with the name of a known peer and another key');
    const stranger = { side: stage.right, page: await pages.rightWithoutMemory() };
    await meetChangedKey(left, stranger, { name: 'peerId.ts', number: numberOf(13) });
    report(transfers, stage.vscodeVersion);
  } finally {
    await pages.close();
  }
} finally {
  await stage.close();
}

/** The number of an act after those of the demo's files. */
function numberOf(act: number): string {
  return String(demoFiles.length + act);
}

async function play({ left, right }: Stage, leftSeat: Seat, rightSeat: Seat): Promise<Transfer[]> {
  const transfers: Transfer[] = [];
  await openViewContainer(rightSeat.page, 'Ferry');
  for (const [index, { name, what, encrypted }] of demoFiles.entries()) {
    say(`sending ${what}, ${name}`);
    transfers.push(await sendAndSave(leftSeat, rightSeat, { name, number: String(index + 1), encrypted }));
  }
  say('sending a file back, encrypted, to the side that keeps such items sealed');
  await copyFile(join(left.workspace, 'plan.md'), join(right.workspace, 'answer.md'));
  await openViewContainer(leftSeat.page, 'Ferry');
  await openViewContainer(rightSeat.page, 'Explorer');
  await sendAndOpenSealed(rightSeat, leftSeat, { name: 'answer.md', number: numberOf(1), encrypted: true });
  say('sending a Python dict as XML, to be inserted as JSON');
  await writeFile(join(right.workspace, 'target.json'), '');
  await sendDictionaryAndInsert(leftSeat, rightSeat, numberOf(2));
  return transfers;
}

async function survive(left: Seat, right: Seat): Promise<readonly Transfer[]> {
  await runCommand(left.page, 'Ferry: Clear Finished Transfers');
  await runCommand(right.page, 'Ferry: Clear Inbox');
  say('sending the folder of a project, src');
  const files = await sendFolder(left, right, { name: 'src', number: numberOf(4) });
  say(`  diff -r finds no difference in ${files} files`);
  say('sending 1 GiB, backup.bin, to an editor that is killed in the middle');
  const large = await surviveKill(left, right, { name: 'backup.bin', number: numberOf(5) });
  say('sending notes.md to somebody who is away');
  const late = await waitForAway(left, right, { name: 'notes.md', number: numberOf(6) });
  say('loading both windows again, with letter.md only opened');
  await surviveReload(left, right, { name: 'letter.md', number: numberOf(7) });
  return [large, late];
}

/** What paired sides do. */
async function share(left: Seat, right: Seat): Promise<readonly Transfer[]> {
  say('sending a text, an image and a large text, which come back from a shared folder');
  const transfers = await goUpAndDown(left, right, numberOf(9));
  say('sending lines, and opening their place');
  await sendLines(left, right, numberOf(10));
  say('using the command line: a pairing, files, folders and messages both ways');
  const said = await useCommandLine(left, await mkdtemp(join(left.side.workspace, '..', 'terminal-')), numberOf(11));
  for (const line of said) say(`  ${line}`);
  return transfers;
}

function report(transfers: readonly Transfer[], vscodeVersion: string): void {
  const ok = transfers.every((transfer) => transfer.sha256Sent === transfer.sha256Received);
  for (const { name, bytes, sha256Sent, sha256Received, milliseconds } of transfers) {
    say(
      `\n${name}: ${bytes} bytes in ${milliseconds} ms, from Accept to saved\n  sent     ${sha256Sent}\n  received ${sha256Received}`,
    );
  }
  say(`\nscreenshots: ${relative(process.cwd(), pictures)}/*.png`);
  if (json) say(JSON.stringify({ ok, vscodeVersion, transfers }));
  else say(ok ? 'ok: all digests are equal' : 'FAILED: digests differ');
  process.exitCode = ok ? 0 : 1;
}
