// The commands of messages.

import * as vscode from 'vscode';

import { isPeerId, type PeerId } from '../../core/peers/peerId.ts';
import type { Handler } from '../handler.ts';
import type { MessageRow } from './messageRows.ts';

// What few windows need is loaded with the first of them.
const writing = () => import('./sendMessage.ts');
const threads = () => import('./threads.ts');

/** Each command of messages, by its id. */
export const messageCommands: Readonly<Record<string, Handler>> = {
  'ferry.sendMessage': async (app, row) => (await writing()).sendMessage(app, row),
  'ferry.showMessages': () => vscode.commands.executeCommand('ferry.messages.focus'),
  'ferry.messages.reply': (app, row) => withThread(row, async ({ peer }) => (await writing()).reply(app, peer)),
  'ferry.messages.copy': (app, row) => withThread(row, async (of) => (await threads()).copyMessage(app, of)),
  'ferry.messages.open': (app, row) => withThread(row, async ({ peer }) => (await threads()).openThread(app, peer)),
  'ferry.messages.remove': (app, row) => withThread(row, async ({ peer }) => (await threads()).removeThread(app, peer)),
};

/** Does something with the thread of a row, or with that of its message; nothing where it is no row of the view. */
function withThread(row: unknown, work: (row: MessageRow) => unknown): unknown {
  return isRow(row) ? work(row) : undefined;
}

function isRow(value: unknown): value is MessageRow & { readonly peer: PeerId } {
  return typeof value === 'object' && value !== null && 'peer' in value && typeof value.peer === 'string' && isPeerId(value.peer);
}
