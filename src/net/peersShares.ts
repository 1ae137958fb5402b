// What peers share: who gets it, and who looks through it.

import { Browser } from '../core/sharing/getting/browser.ts';
import { Fetcher, type FetcherOptions } from '../core/sharing/getting/fetcher.ts';

export type PeersShares = { readonly fetcher: Fetcher; readonly browser: Browser };

/** Makes both. */
export function openPeersShares(options: FetcherOptions): PeersShares {
  return { fetcher: new Fetcher(options), browser: new Browser(options.session) };
}
