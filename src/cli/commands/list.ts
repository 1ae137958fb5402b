// `ferry list`: what a peer shares with this side, or what is in a folder of it.

import { toFerryError } from '../../core/base/errors.ts';
import { atPeer } from '../../core/sharing/getting/atPeer.ts';
import { findShared, sharedPages } from '../../core/sharing/getting/browse.ts';
import { plainName } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import type { SharedEntry } from '../../core/wire/messages.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exitCodes.ts';
import { type OwnPeer, withPeer } from '../own/ownPeer.ts';
import { numberOf } from '../parseWords.ts';
import { Refusal } from '../refusal.ts';
import { unmistakenPeer } from '../sending/sendTo.ts';
import { errorWords, peerWords } from '../terminal/words.ts';

export const list: Command = async (context, given) => {
  const [to = '', entry = ''] = given.words;
  const seconds = numberOf(given, 'timeout', [1, 86_400]);
  return withPeer(context, { presence: 'looks' }, (own) => listShared(context, own, { to, entry, seconds }));
};

type Request = { readonly to: string; readonly entry: string; readonly seconds?: number | undefined };

/** Lists a folder, or all that is shared where `entry` is ''. Fails as findPeer; refuses what the peer does not share. */
export async function listShared(context: Context, own: OwnPeer, { to, entry, seconds }: Request): Promise<ExitCode> {
  const { screen, signal } = context;
  let count = 0;
  const peer = await unmistakenPeer(context, own, to, seconds);
  const path = partsOf(entry);
  try {
    await atPeer(own.session, peer.id, signal, async (link) => {
      const folder = path.length === 0 ? undefined : await findShared(link, path, signal);
      if (folder?.kind === 'file') tell(context, folder);
      else
        for await (const page of sharedPages(link, folder?.id, signal)) {
          count += page.length;
          for (const one of page) tell(context, one);
        }
    });
    if (count === 0 && path.length === 0) screen.note(`${peerWords(peer)} shares nothing with you.`);
  } catch (cause) {
    const error = toFerryError(cause);
    throw new Refusal(exitCodeOf(error.code), errorWords(error, peerWords(peer)));
  }
  return exitCodes.done;
}

function tell({ screen }: Context, { kind, name, size, modified }: SharedEntry): void {
  const shown = plainName(name, 200);
  const amount = kind === 'folder' ? 'folder' : sizeText(size ?? 0);
  screen.result(`${amount.padStart(8)}  ${shown}${kind === 'folder' ? '/' : ''}`, {
    ...{ event: 'entry', kind, name, size: size ?? null, modified: modified ?? null },
  });
}

/** The names that lead to an entry, as they are written with slashes. */
export function partsOf(entry: string): readonly string[] {
  return entry.split('/').filter((part) => part !== '');
}
