// Encoding plus decoding a dictionary of just under 1 MiB in each format, beside JSON.stringify and JSON.parse of the same data;
// and the slowest selection to be read.

import { limits } from '../../src/core/base/limits.ts';
import type { Format, FormatId } from '../../src/core/dictionary/formats/format.ts';
import { loadFormat } from '../../src/core/dictionary/formats.ts';
import { readSelection } from '../../src/core/dictionary/understand.ts';
import { type DictionaryMap, type DictionaryValue, isList, isMap } from '../../src/core/dictionary/value.ts';
import { adversarial } from '../unit/dictionary/reading/adversarial.ts';
import type { BenchRow } from './rows.ts';

/** What a peer can make us do at a stroke may not hold the extension host longer: the bar for the delay of its event loop. */
const barMs = 50;
const runs = 21;
/** What a selection may cost the person who sends it, whatever is in it. */
const readingBarMs = 500;

/** Medians in milliseconds: each format, and the yardstick on the same data. */
export async function benchDictionary(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const id of ['json', 'xml', 'cbor'] satisfies FormatId[]) {
    const format = await loadFormat(id);
    const value = largestFor(format);
    const bytes = format.encode(value);
    const both = median(() => format.decode(format.encode(value)));
    const encoding = median(() => format.encode(value));
    const decoding = median(() => format.decode(bytes));
    const plain = toPlain(value);
    const yardstick = median(() => JSON.parse(JSON.stringify(plain)));
    const size = `${(bytes.length / 2 ** 20).toFixed(2)} MiB`;
    rows.push(
      row(`dictionary as ${id}, ${size}, encode and decode`, both, '-', true),
      row(`dictionary as ${id}, encode`, encoding, '-', true),
      row(`dictionary as ${id}, decode`, decoding, `<= ${barMs} ms`, decoding <= barMs),
      row(`the same data, JSON.stringify and JSON.parse`, yardstick, 'yardstick', true),
    );
  }
  return [...rows, await benchReading()];
}

/** The slowest reading of a selection of 1 MiB, among texts that are made to be slow, all notations of one text together. */
async function benchReading(): Promise<BenchRow> {
  let slowest = { took: 0, name: '' };
  for (const languageId of ['plaintext', 'yaml']) {
    for (const [name, text] of adversarial(limits.dictionaryBytes)) {
      let took = Number.POSITIVE_INFINITY;
      // The better of two: what it costs, not what else the machine does just then.
      for (let run = 0; run < 2 && (run === 0 || took > readingBarMs / 2); run += 1) {
        const start = performance.now();
        await readSelection(text, languageId);
        took = Math.min(took, performance.now() - start);
      }
      if (took > slowest.took) slowest = { took, name: `${name} in ${languageId}` };
    }
  }
  const name = `reading the slowest selection of 1 MiB (${slowest.name})`;
  return row(name, slowest.took, `<= ${readingBarMs} ms`, slowest.took <= readingBarMs);
}

function row(name: string, value: number, bar: string, ok: boolean): BenchRow {
  return { name, value: Number(value.toFixed(2)), unit: 'ms', bar, ok };
}

/** A dictionary of about 9 900 values, with texts as long as fit into 1 MiB of a format. */
function largestFor(format: Format): DictionaryMap {
  let low = 0;
  let high = 1000;
  while (low < high) {
    const length = Math.ceil((low + high) / 2);
    if (fits(format, sample(length))) low = length;
    else high = length - 1;
  }
  return sample(low);
}

function fits(format: Format, value: DictionaryMap): boolean {
  try {
    return format.encode(value).length <= limits.dictionaryBytes;
  } catch {
    return false;
  }
}

function sample(textLength: number): DictionaryMap {
  const text = 'Grüße & <b>"ferry"</b> — '.repeat(41).slice(0, textLength);
  const records = Array.from({ length: 1100 }, (_, index): [string, DictionaryValue] => [
    `record-${index}`,
    new Map<string, DictionaryValue>([
      ['id', BigInt(index) * 1_000_003n],
      ['ratio', index / 7],
      ['ok', index % 2 === 0],
      ['none', null],
      ['text', `${index} ${text}`],
      ['tags', ['alpha', `tag-${index}`]],
    ]),
  ]);
  return new Map(records);
}

function toPlain(value: DictionaryValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (isMap(value)) return Object.fromEntries(Array.from(value, ([key, item]) => [key, toPlain(item)]));
  return isList(value) ? value.map(toPlain) : [];
}

function median(work: () => unknown): number {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}
