// The size of what VS Code loads when a window starts, built as for a release.

import { makeBundle } from '../support/startBundle.ts';
import { atMost, type BenchRow, noted } from './rows.ts';

/** Rows: what is loaded at start, and the whole bundle, minified. */
export async function benchStart(): Promise<readonly BenchRow[]> {
  const { startBytes, allBytes } = await makeBundle();
  return [
    atMost('start: what is loaded, minified', startBytes / 1000, 'KB', 180),
    noted('start: the whole bundle, minified', allBytes / 1000, 'KB'),
  ];
}
