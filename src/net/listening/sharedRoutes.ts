// The routes of what is shared: lists, descriptions, and the bytes themselves.

import { FerryError } from '../../core/base/errors.ts';
import type { Sharing } from '../../core/sharing/sharing.ts';
import type { SharedItem, SharedPage } from '../../core/wire/messages.ts';
import { answered, type Exchange, type Route, whileProcessing } from './route.ts';
import type { Sent } from './sharedBody.ts';

// What brings bytes over is loaded with the first that are asked for.
const sharedBody = () => import('./sharedBody.ts');

/** `sharing` is asked for with the first request. */
export function sharedRoutes(sharing: () => Promise<Pick<Sharing, 'describe' | 'list' | 'serve'>>): readonly Route[] {
  let sent: Sent | undefined;
  const list = async (exchange: Exchange): Promise<SharedPage> => {
    const { peer, parts } = exchange;
    const gone = goneOf(exchange);
    const query = new URLSearchParams(parts[0] ?? '');
    const [folder, cursor] = ['in', 'cursor'].map((name) => query.get(name) ?? undefined);
    return whileProcessing(exchange, (await sharing()).list(peer, folder, cursor, gone));
  };
  const describe = async (exchange: Exchange): Promise<SharedItem> => {
    const { peer, parts } = exchange;
    const gone = goneOf(exchange);
    return whileProcessing(exchange, (await sharing()).describe(peer, parts[0] ?? '', gone));
  };
  const serve = async (exchange: Exchange): Promise<typeof answered> => {
    const signal = goneOf(exchange);
    const { serveShared, Sent: SentOnes } = await sharedBody();
    sent ??= new SentOnes();
    await serveShared(exchange, await sharing(), { signal, sent });
    return answered;
  };
  return [
    { path: /^\/v1\/shared(?:\?(.*))?$/, methods: { GET: list } },
    { path: /^\/v1\/shared\/([A-Za-z0-9_-]+)\/item$/, methods: { GET: describe } },
    { path: /^\/v1\/shared\/([A-Za-z0-9_-]+)$/, methods: { GET: serve } },
  ];
}

/** Ends when nobody waits for the answer any more. */
function goneOf({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new FerryError('ERR_CONNECTION_LOST', 'the peer went away')));
  return gone.signal;
}
