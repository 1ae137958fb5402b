// `ferry open`: what is in a sealed file, with this side's key or a passphrase.

import { limits } from '../../../core/base/limits.ts';
import type { Opener } from '../../../core/sealing/jwe/compactJwe.ts';
import { safeFileName } from '../../../core/text/safeName.ts';
import type { ItemSource } from '../../../core/wire/item.ts';
import type { Command, Context, Given } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import { loadIdentity } from '../../own/identityFile.ts';
import { passphraseIn } from '../../own/passphraseFile.ts';
import { misused, Refusal } from '../../refusal.ts';
import { fileItem, gatherInput } from '../../sending/gather.ts';
import { writeOutput } from '../../terminal/output.ts';

export const open: Command = async (context, given) => {
  const [path = ''] = given.words;
  if (path !== '-') return openItem(context, given, await fileItem(path));
  const { item, release } = await gatherInput(context, 'sealed');
  return openItem(context, given, item).finally(release);
};

async function openItem(context: Context, given: Given, source: ItemSource): Promise<ExitCode> {
  const { signal } = context;
  const [{ readSealedHead }, { unsealIncoming }] = await Promise.all([
    import('../../../core/sealing/jwe/sealedHead.ts'),
    import('../../../core/sealing/items.ts'),
  ]);
  const head = readSealedHead(await firstBytes(source.open(signal), limits.sealedHeadBytes + 1));
  const file = given.text('passphrase-file');
  if (head.for === 'passphrase' && file === undefined) throw misused('It is sealed for a passphrase: --passphrase-file FILE.');
  const opener: Opener =
    head.for === 'key'
      ? { kind: 'key', keys: [(await loadIdentity(context)).sealKey] }
      : { kind: 'passphrase', passphrase: await passphraseIn(file ?? '') };
  const { item, content } = await unsealIncoming(source.open(signal), opener, signal);
  const output = given.text('output') ?? safeFileName(item.name);
  if (item.kind === 'folder' && given.text('output') === undefined) {
    await content[Symbol.asyncIterator]().return?.();
    throw new Refusal(exitCodes.usage, 'A folder is in it, as a tar archive: give --output - and pipe it to tar -x.');
  }
  await writeOutput(context, output, content);
  return exitCodes.done;
}

async function firstBytes(source: AsyncIterable<Uint8Array>, wanted: number): Promise<Uint8Array> {
  for await (const chunk of source) return chunk.slice(0, wanted);
  return new Uint8Array();
}
