// `ferry seal`: a sealed copy of a file, for a peer's key or for a passphrase, without sending it.

import { basename, dirname, join } from 'node:path';

import { limits } from '../../../core/base/limits.ts';
import type { Recipient } from '../../../core/sealing/jwe/compactJwe.ts';
import { keyRecipient, sealAll } from '../../../core/sending/deliver.ts';
import { safeFileName } from '../../../core/text/safeName.ts';
import type { Command, Context } from '../../context.ts';
import { exitCodes } from '../../exitCodes.ts';
import { withPeer } from '../../own/ownPeer.ts';
import { passphraseIn } from '../../own/passphraseFile.ts';
import { findPeer, findSeconds } from '../../peers/findPeer.ts';
import { misused } from '../../refusal.ts';
import { gatherPath } from '../../sending/gather.ts';
import { writeOutput } from '../../terminal/output.ts';

export const seal: Command = async (context, given) => {
  const { signal } = context;
  const [path = ''] = given.words;
  const [to, file] = [given.text('for'), given.text('passphrase-file')];
  if ((to === undefined) === (file === undefined)) throw misused('Say who can open it: --for PEER, or --passphrase-file FILE.');
  const source = await gatherPath(context, path, { withIgnored: false, withSecrets: false });
  const recipient: Recipient =
    to === undefined
      ? { kind: 'passphrase', passphrase: await passphraseIn(file ?? ''), generated: false }
      : await recipientOf(context, to);
  const [sealed] = await sealAll([source], recipient, signal);
  if (sealed === undefined) return exitCodes.unexpected;
  const extension = source.offered.size > limits.compactSealBytes ? 'sealed' : 'jwe';
  const beside = join(dirname(path), safeFileName(`${basename(path)}.${extension}`));
  await writeOutput(context, given.text('output') ?? beside, sealed.open(signal));
  return exitCodes.done;
};

function recipientOf(context: Context, to: string): Promise<Recipient> {
  return withPeer(context, { presence: 'looks' }, async (own) => {
    const peer = await findPeer(own, to, { signal: context.signal, timeoutMs: findSeconds * 1000 });
    return keyRecipient({ peer: peer.id, session: own.session, book: own.book });
  });
}
