// The commands for peers: each acts on the peer of a row, or on one that the person picks.

import { type Handler, withPeer } from '../handler.ts';

// What they need is loaded with the first of them.
const here = () => import('../sending/sendHere.ts');
const managePeers = () => import('./managePeers.ts');
const rules = () => import('./rules.ts');

/** Each with its handler; part of the table of all commands. */
export const peerCommands: Readonly<Record<string, Handler>> = {
  'ferry.sendHere': (app, row) => withPeer(row, async (to) => (await here()).sendHere(app, to)),
  'ferry.sendToLast': async (app) => (await here()).sendToLast(app),
  'ferry.copyIdOf': (app, row) => withPeer(row, async (peer) => (await managePeers()).copyIdOf(app, peer)),
  'ferry.alwaysAccept': async (app, row) => (await rules()).alwaysAccept(app, row),
  'ferry.receiveFolder': async (app, row) => (await rules()).receiveFolder(app, row),
};
