// A sealed snippet: what is known of its place travels inside the seal, and is held against the same forms as outside.

import assert from 'node:assert/strict';

import { streamOf } from '../../../src/core/base/bytes.ts';
import { sealOutgoing, unsealIncoming } from '../../../src/core/sealing/items.ts';
import type { ItemContext, PlainItem } from '../../../src/core/wire/item.ts';

const text = new TextEncoder().encode('const a = 1;\n');
const recipient = { kind: 'passphrase', passphrase: 'six words of which nobody knows', generated: true } as const;
const signal = new AbortController().signal;

async function throughSeal(context: ItemContext, kind: PlainItem['kind'] = 'snippet'): Promise<PlainItem> {
  const offered = { kind, name: 'main.3.ts', size: text.length, mediaType: 'text/plain', context };
  const sealed = await sealOutgoing({ offered, open: () => streamOf(text) }, recipient, signal);
  return (await unsealIncoming(sealed.open(signal), recipient)).item;
}

describe('A sealed snippet', () => {
  it('is one again, with its place', async () => {
    const context = { languageId: 'typescript', path: 'src/main.ts', lines: '3-7,12', blob: 'a'.repeat(40) };
    const item = await throughSeal(context);
    assert.deepEqual([item.kind, item.context], ['snippet', context]);
  });

  it('loses what has another form than an offer may have', async () => {
    const item = await throughSeal({ path: 'a'.repeat(4096), lines: '7-3', blob: 'HEAD' });
    assert.deepEqual([item.kind, item.context], ['snippet', undefined]);
  });
});
