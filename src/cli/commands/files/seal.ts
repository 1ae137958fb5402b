// `ferry seal`: a sealed copy of a file, for a peer's key or for a passphrase, without sending it.

import { basename, dirname, join } from 'node:path';

import { limits } from '../../../core/base/limits.ts';
import type { Recipient } from '../../../core/sealing/jwe/compactJwe.ts';
import { keyRecipient, sealAll } from '../../../core/sending/deliver.ts';
import { safeFileName } from '../../../core/text/safeName.ts';
import type { ItemSource } from '../../../core/wire/item.ts';
import type { Command, Context, Given } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import { withPeer } from '../../own/ownPeer.ts';
import { passphraseIn } from '../../own/passphraseFile.ts';
import { findPeer, findSeconds } from '../../peers/findPeer.ts';
import { misused } from '../../refusal.ts';
import { gatherInput, gatherPath, inputName } from '../../sending/gather.ts';
import { writeOutput } from '../../terminal/output.ts';

export const seal: Command = async (context, given) => {
  const name = inputName(given);
  const [path = ''] = given.words;
  const [to, file] = [given.text('for'), given.text('passphrase-file')];
  if ((to === undefined) === (file === undefined)) throw misused('Say who can open it: --for PEER, or --passphrase-file FILE.');
  if (name === undefined) {
    const item = await gatherPath(context, path, { withIgnored: false, withSecrets: false });
    const extension = item.offered.size > limits.compactSealBytes ? 'sealed' : 'jwe';
    return sealItem(context, given, item, join(dirname(path), safeFileName(`${basename(path)}.${extension}`)));
  }
  const { item, release } = await gatherInput(context, name);
  return sealItem(context, given, item, '-').finally(release);
};

/** Seals to where the command line says, or else `otherwise`. */
async function sealItem(context: Context, given: Given, source: ItemSource, otherwise: string): Promise<ExitCode> {
  const { signal } = context;
  const [to, file] = [given.text('for'), given.text('passphrase-file')];
  const recipient: Recipient =
    to === undefined
      ? { kind: 'passphrase', passphrase: await passphraseIn(file ?? ''), generated: false }
      : await recipientOf(context, to);
  const [sealed] = await sealAll([source], recipient, signal);
  if (sealed === undefined) return exitCodes.unexpected;
  await writeOutput(context, given.text('output') ?? otherwise, sealed.open(signal));
  return exitCodes.done;
}

function recipientOf(context: Context, to: string): Promise<Recipient> {
  return withPeer(context, { presence: 'looks' }, async (own) => {
    const peer = await findPeer(own, to, { signal: context.signal, timeoutMs: findSeconds * 1000 });
    return keyRecipient({ peer: peer.id, session: own.session, book: own.book });
  });
}
