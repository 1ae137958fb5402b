// The commands for peers: each acts on the peer of a row, or on one that the person picks.

import { type Handler } from '../handler.ts';

// What they need is loaded with the first of them.
const rules = () => import('./rules.ts');

/** Each with its handler; part of the table of all commands. */
export const peerCommands: Readonly<Record<string, Handler>> = {
  'ferry.alwaysAccept': async (app, row) => (await rules()).alwaysAccept(app, row),
  'ferry.receiveFolder': async (app, row) => (await rules()).receiveFolder(app, row),
};
