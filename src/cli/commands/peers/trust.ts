// `ferry trust`: an ID or an invite that came by a way that is trusted stands for a comparison of codes.

import { FerryError } from '../../../core/base/errors.ts';
import { withAddress } from '../../../core/peers/book.ts';
import { parseInvite } from '../../../core/peers/invite.ts';
import { fingerprintOf } from '../../../core/peers/peerId.ts';
import type { BookEntry } from '../../../core/peers/peers.ts';
import { openBook } from '../../../net/disk/kept/bookFile.ts';
import type { Command } from '../../context.ts';
import { exitCodes } from '../../exitCodes.ts';
import { loadIdentity } from '../../own/identityFile.ts';

export const trust: Command = async (context, given) => {
  const { screen, data, log } = context;
  const { id, addresses } = parseInvite(given.words[0] ?? '');
  const { peerId: own } = await loadIdentity(context);
  if (id === own) throw new FerryError('ERR_PEER_MISMATCH', 'this is our own ID', { detail: { own: true } });
  const book = await openBook(data, log);
  try {
    await book.change(id, (entry) => {
      const paired: BookEntry = { ...entry, trust: 'paired', firstSeen: entry.firstSeen ?? Date.now() };
      return [...addresses].reverse().reduce(withAddress, paired);
    });
  } finally {
    book.close();
  }
  const fingerprint = fingerprintOf(id);
  screen.result(`${fingerprint} is paired now. It trusts you once it has your ID: see "ferry invite".`, {
    ...{ event: 'trusted', id, fingerprint },
  });
  return exitCodes.done;
};
