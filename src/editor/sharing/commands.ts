// The commands for shared folders: what this person shares, and what peers share.

import { type Handler, urisOf } from '../handler.ts';

// What they need is loaded with the first of them.
const sharing = () => import('./shareFolder.ts');
const getting = () => import('./getShared.ts');

/** Each with its handler; part of the table of all commands. */
export const sharingCommands: Readonly<Record<string, Handler>> = {
  'ferry.shareFolder': async (app, first) => (await sharing()).shareFolder(app, urisOf(first, undefined)[0]),
  'ferry.stopSharing': async (app) => (await sharing()).stopSharing(app),
  'ferry.browsePeer': async (app, row) => (await getting()).browsePeer(app, row),
  'ferry.getFile': async (app, row) => (await getting()).getFile(app, row),
};
