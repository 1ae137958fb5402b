// Strangers who make offers by hand, as many as they like.

import type { TLSSocket } from 'node:tls';

import { randomToken } from '../../src/core/base/token.ts';
import type { Inbox } from '../../src/core/receiving/inbox.ts';
import type { Identity } from '../../src/net/connection/identity.ts';
import { onEntry } from './entries.ts';
import { ask, jsonRequest, rawTls } from './rawTls.ts';

export type StrangersOffer = {
  readonly socket: TLSSocket;
  /** The status of the answer; undefined where the offer waits for the person. */
  readonly status: number | undefined;
};

/** An offer of one small item, as JSON. */
export function offerText(name: string, id = randomToken()): string {
  return JSON.stringify({ id, sender: { name }, items: [{ kind: 'file', name: 'a', size: 1, mediaType: 'a/b' }] });
}

/** Makes one offer on a connection of its own, and is done once it waits or was answered. The connection is left open. */
export async function offerAsStranger(
  { inbox, port }: { readonly inbox: Inbox; readonly port: number },
  who: Identity,
  name = 'stranger',
): Promise<StrangersOffer> {
  const socket = rawTls(port, who);
  const answer = ask(socket, jsonRequest('POST', '/v1/offers', offerText(name))).then(({ status }) => status);
  answer.catch(() => undefined);
  const appears = new Promise<undefined>((done) => {
    const subscription = onEntry(inbox.onDidChange, ({ peer, state }) => {
      if (peer.id !== who.peerId || state.phase !== 'waiting') return;
      subscription.dispose();
      done(undefined);
    });
    answer.then(
      () => subscription.dispose(),
      () => subscription.dispose(),
    );
  });
  return { socket, status: await Promise.race([answer, appears]) };
}
