// `ferry send`: files, folders or standard input to one peer.

import type { ItemSource } from '../../core/wire/item.ts';
import type { Command } from '../context.ts';
import { misused } from '../refusal.ts';
import { gatherInput, gatherPath, inputName } from '../sending/gather.ts';
import { type Gathered, sendTo } from '../sending/sendTo.ts';

export const send: Command = async (context, given) => {
  const to = given.text('to');
  if (to === undefined) throw misused('Say who it is for: --to PEER. "ferry peers" lists who is there.');
  const name = inputName(given);
  const rules = { withIgnored: given.is('with-ignored'), withSecrets: given.is('with-secrets') };
  const items: ItemSource[] = [];
  for (const path of given.words.filter((word) => word !== '-')) items.push(await gatherPath(context, path, rules));
  const gather = async (): Promise<Gathered> => {
    if (name === undefined) return { items };
    const input = await gatherInput(context, name);
    return { items: [...items, input.item], release: input.release };
  };
  return sendTo(context, { to, given, gather });
};
