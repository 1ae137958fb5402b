// Two peers that are paired, and waiting for what one gets from the other.

import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { HeadlessPeer } from './headlessPeer.ts';
import { eventually } from './temp.ts';

/** Makes two peers paired, as if their people had compared a code, and known to each other by address. */
export async function makePaired(a: HeadlessPeer, b: HeadlessPeer): Promise<void> {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    await one.book.change(other.identity.peerId, (entry) => ({
      ...entry,
      ...{ name: other.name, trust: 'paired', addresses: [other.address] },
    }));
  }
}

/** The entry of something that is got, once it is over. */
export function gotten({ inbox }: HeadlessPeer, id: string): Promise<InboxEntry> {
  const over = ['received', 'failed', 'cancelled'];
  return eventually(
    inbox.onDidChange,
    () => {
      const entry = inbox.find(id);
      return entry !== undefined && over.includes(entry.state.phase) ? entry : undefined;
    },
    'what is got is there or has failed',
  );
}

/** The code with which something that was got has failed; '' where it has not. */
export function failureOf({ state }: InboxEntry): string {
  return state.phase === 'failed' ? state.error.code : '';
}
