// Runs the benchmark: `npm run bench` all of it, `npm run bench -- NAME` one part. With `--json` the last line is one JSON object
// with all rows. What it measures and how is in docs/BENCHMARKS.md.

import { cpus, loadavg } from 'node:os';

import { removeTempFolders } from '../support/temp.ts';
import { benchCli } from './cli.ts';
import { benchDictionary } from './dictionary.ts';
import { benchDiscovery } from './discovery.ts';
import { benchFiles } from './files.ts';
import { benchHostile } from './hostile.ts';
import { benchItems } from './items.ts';
import { benchKills } from './kills.ts';
import { benchLatency } from './latency.ts';
import { benchMemory } from './memory.ts';
import { benchMessages } from './messages.ts';
import { benchResume } from './resume.ts';
import type { BenchRow } from './rows.ts';
import { benchSealed } from './sealed.ts';
import { benchShared } from './shared.ts';
import { benchStart } from './start.ts';
import { benchThroughput } from './throughput.ts';
import { benchTree } from './tree.ts';

const parts: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  throughput: benchThroughput,
  sealed: benchSealed,
  memory: benchMemory,
  latency: benchLatency,
  messages: benchMessages,
  files: benchFiles,
  resume: benchResume,
  kills: benchKills,
  items: benchItems,
  tree: benchTree,
  shared: benchShared,
  discovery: benchDiscovery,
  dictionary: benchDictionary,
  hostile: benchHostile,
  start: benchStart,
  cli: benchCli,
};

/** The event loop is measured while other parts run: `loop` runs those and shows its rows only. */
const loopParts = ['throughput', 'sealed', 'files'];

const words = process.argv.slice(2);
const json = words.includes('--json');
const [only, ...more] = words.filter((word) => word !== '--json');
if (more.length > 0 || (only !== undefined && only !== 'loop' && parts[only] === undefined)) {
  console.error(`usage: npm run bench -- [${[...Object.keys(parts), 'loop'].join(' | ')}] [--json]`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void removeTempFolders().finally(() => process.exit(1));
  });
}

const names = only === undefined ? Object.keys(parts) : only === 'loop' ? loopParts : [only];
const rows: BenchRow[] = [];
console.log(`${cpus().length} processors, ${process.platform} ${process.arch}, Node ${process.versions.node}`);
for (const name of names) {
  const load = loadavg()[0] ?? 0;
  console.log(`\n${name} (load ${load.toFixed(1)} before)`);
  const begun = performance.now();
  try {
    const found = (await parts[name]?.()) ?? [];
    const shown = only === 'loop' ? found.filter((row) => row.name.startsWith('loop:')) : found;
    for (const row of shown) console.log(lineOf(row));
    rows.push(...shown);
  } finally {
    await removeTempFolders();
  }
  console.log(`  took ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}
const missed = rows.filter((row) => !row.ok);
console.log(`\n${rows.length} rows, ${missed.length === 0 ? 'every bar holds' : `${missed.length} below their bar`}`);
if (json) console.log(JSON.stringify({ rows }));

function lineOf({ name, value, unit, bar, ok }: BenchRow): string {
  const mark = bar === '-' ? ' ' : ok ? '✔' : '✘';
  return `  ${mark} ${name.padEnd(64)} ${String(value).padStart(8)} ${unit.padEnd(12)} ${bar}`;
}
