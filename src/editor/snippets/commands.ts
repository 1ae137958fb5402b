// The commands that send snippets.

import { type Handler, withPeer } from '../handler.ts';

// What sends is loaded with the first of them.
const snippets = () => import('./send.ts');

/** Each with its handler; part of the table of all commands. */
export const snippetCommands: Readonly<Record<string, Handler>> = {
  'ferry.sendSelection': async (app) => (await snippets()).sendSelection(app),
  'ferry.sendSelectionTo': (app, row) => withPeer(row, async (to) => (await snippets()).sendSelectionTo(app, to)),
  'ferry.sendClipboard': async (app) => (await snippets()).sendClipboard(app),
  'ferry.sendTerminalSelection': async (app) => (await snippets()).sendTerminalSelection(app),
  'ferry.sendCell': async (app, cell) => (await snippets()).sendCell(app, cell),
  'ferry.sendProblem': async (app) => (await snippets()).sendProblem(app),
};
