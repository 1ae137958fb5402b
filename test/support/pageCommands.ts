// The commands of PROTOCOL.md, as somebody would type them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/PROTOCOL.md'), 'utf8');

/** The commands of the one fence that begins with such a command, and what the page shows of their output. */
export function consoleOf(begins: string): { readonly commands: string; readonly shown: string } {
  const fence = page.split('```console\n').find((text) => text.startsWith(`$ ${begins}`)) ?? assert.fail(`no ${begins}`);
  const [commands, shown]: [string[], string[]] = [[], []];
  for (const line of (fence.split('\n```')[0] ?? '').split('\n')) {
    if (line.startsWith('$ ')) commands.push(line.slice(2));
    else if (line.startsWith('    ')) commands.push(line);
    else shown.push(`${line}\n`);
  }
  return { commands: commands.join('\n'), shown: shown.join('') };
}
