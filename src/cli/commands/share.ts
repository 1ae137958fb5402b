// `ferry share`: shares a folder with paired peers until Ctrl+C, and tells what they get.

import { basename, resolve } from 'node:path';

import type { Disposable } from '../../core/base/event.ts';
import type { Share } from '../../core/sharing/shares.ts';
import type { Sharing } from '../../core/sharing/sharing.ts';
import { endSharing, noteSharer } from '../../net/disk/sharing/sharers.ts';
import type { Command, Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { type OwnPeer, sharersIn, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { findPeer, findSeconds } from '../peers/findPeer.ts';
import { Refusal } from '../refusal.ts';
import { isFolder } from '../sending/gather.ts';
import { itemWords, pathWords, peerFact, peerWords } from '../terminal/words.ts';
import { follow } from './receive.ts';

export const share: Command = async (context, given) => {
  const { screen } = context;
  const path = resolve(given.words[0] ?? '');
  if (!(await isFolder(path))) throw new Refusal(exitCodes.disk, `${pathWords(path)} is no folder that can be shared.`);
  const port = numberOf(given, 'port', [1, 65_535]);
  return withPeer(context, { presence: 'listens', unknownPeers: 'pairFirst', port }, async (own) => {
    const shared = await sharedWith(context, own, given.text('with'));
    const [shares, sharing] = await Promise.all([own.shares(), own.sharing()]);
    await noteSharer(sharersIn(context), path);
    const added = await shares.add({ name: basename(path) || 'root', path, with: shared });
    const telling = tellGets(context, own, sharing);
    screen.note(`Sharing ${pathWords(path)} as ${added.name} on port ${own.session.port}, until Ctrl+C.`, {
      ...{ event: 'sharing', name: added.name, path, port: own.session.port },
    });
    try {
      return await follow(context, own, { accept: 'none', action: 'save', withRunnable: false, isOnce: false });
    } finally {
      telling.dispose();
      // What another command shares as well stays so.
      await endSharing(sharersIn(context), own.shares);
    }
  });
};

/** All paired peers, or the one that is named. Fails as findPeer. */
async function sharedWith({ signal }: Context, own: OwnPeer, wanted: string | undefined): Promise<Share['with']> {
  if (wanted === undefined) return 'paired';
  const { id } = await findPeer(own, wanted, { signal, timeoutMs: findSeconds * 1000 });
  return [id];
}

function tellGets({ screen }: Context, { book }: OwnPeer, sharing: Sharing): Disposable {
  return sharing.onDidGive(({ peer, item, state }) => {
    const does = { moving: 'gets', done: 'got', ended: 'did not get all of' }[state];
    screen.note(`${peerWords(peer)} ${does} ${itemWords(item)}`, {
      ...{ event: 'get', state, by: peerFact({ ...peer, trust: book.trustOf(peer.id) }), name: itemWords(item), size: item.size },
    });
  });
}
