// `ferry` alone in a terminal: a prompt over one peer that stays online, so that one command after the other is there at once.
// Ctrl+C ends the command that runs, and at the prompt the prompt itself.

import { resolve as resolvePath } from 'node:path';

import { toFerryError } from '../../core/base/errors.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import { plain } from '../../core/text/safeText.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import type { Command, Context, Given } from '../context.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { splitWords } from '../parseWords.ts';
import { Refusal } from '../refusal.ts';
import { gatherPath } from '../sending/gather.ts';
import { sendFrom } from '../sending/sendTo.ts';
import { errorWords } from '../terminal/words.ts';
import { getShared } from './get.ts';
import { listShared } from './list.ts';
import { sendMessage } from './message.ts';
import { listPeers } from './peers/peers.ts';

type Act = (context: Context, own: OwnPeer, words: readonly string[]) => Promise<ExitCode>;
type Row = { readonly usage: string; readonly summary: string; readonly least: number; readonly act: Act };

const rows: Readonly<Record<string, Row>> = {
  put: { usage: 'put PATH… PEER', summary: 'send files and folders', least: 2, act: put },
  list: {
    usage: 'list PEER [ENTRY]',
    summary: 'what a peer shares with you',
    least: 1,
    act: (context, own, [to = '', entry = '']) => listShared(context, own, { to, entry }),
  },
  get: {
    usage: 'get PEER ENTRY…',
    summary: 'get what a peer shares',
    least: 2,
    act: (context, own, [to = '', ...entries]) => getShared(context, own, { to, entries, action: 'save' }),
  },
  message: {
    usage: 'message PEER TEXT…',
    summary: 'write to a peer',
    least: 2,
    act: (context, own, [to = '', ...words]) => sendMessage(context, own, { to, text: words.join(' ') }),
  },
  peers: { usage: 'peers', summary: 'who is there', least: 0, act: (context, own) => listPeers(context, own) },
  help: { usage: 'help', summary: 'show this', least: 0, act: help },
  exit: { usage: 'exit', summary: 'leave; so do Ctrl+D and Ctrl+C', least: 0, act: () => Promise.resolve(exitCodes.done) },
};

export const prompt: Command = async (context, given) => {
  const { screen, signal } = context;
  const into = given.text('into');
  const options = { presence: 'looks', into: into === undefined ? undefined : resolvePath(into) } as const;
  return withPeer(context, options, async (own) => {
    screen.note(`${context.name} (${fingerprintOf(own.own)}). "help" says what there is.`);
    for (;;) {
      const line = await screen.ask('ferry> ', signal);
      if (line === undefined) return signal.aborted ? exitCodes.cancelled : exitCodes.done;
      const [name = '', ...words] = splitWords(line);
      if (name === 'exit') return exitCodes.done;
      if (name !== '') await context.within((part) => one({ ...context, signal: part }, own, name, words));
    }
  });
};

async function one(context: Context, own: OwnPeer, name: string, words: readonly string[]): Promise<void> {
  const { screen, signal } = context;
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  try {
    if (row === undefined) throw misfit(`There is no ${plain(name)}. There are ${Object.keys(rows).join(', ')}.`);
    if (words.length < row.least) throw misfit(`It is used so: ${row.usage}`);
    await row.act(context, own, words);
  } catch (cause) {
    const message = signal.aborted ? 'Cancelled.' : sentenceOf(cause);
    screen.error(message, { event: 'error', message });
  }
}

function sentenceOf(cause: unknown): string {
  return cause instanceof Refusal ? [cause.message, ...cause.lines].join('\n') : errorWords(toFerryError(cause));
}

function misfit(message: string): Refusal {
  return new Refusal(exitCodes.usage, message);
}

/** Nothing but words: a line of the prompt has no options. */
const plainly: Given = { words: [], text: () => undefined, is: () => false };

async function put(context: Context, own: OwnPeer, words: readonly string[]): Promise<ExitCode> {
  const [paths, to] = [words.slice(0, -1), words.at(-1) ?? ''];
  const items: ItemSource[] = [];
  for (const path of paths) items.push(await gatherPath(context, path, { withIgnored: false, withSecrets: false }));
  return sendFrom(context, own, { to, given: plainly, gather: () => Promise.resolve({ items }) });
}

function help({ screen }: Context): Promise<ExitCode> {
  for (const { usage, summary } of Object.values(rows)) screen.note(`  ${usage.padEnd(22)}${summary}`);
  return Promise.resolve(exitCodes.done);
}
