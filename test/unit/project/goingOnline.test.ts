// Going online and going offline: of the two, only what makes sense is ever offered.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

type Offered = { readonly command: string; readonly enablement?: string; readonly when?: string };
type Manifest = {
  readonly contributes: { readonly commands: readonly Offered[]; readonly menus: Readonly<Record<string, readonly Offered[]>> };
};

const phases = ['offline', 'starting', 'online', 'failed'];
const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
const { commands, menus } = (JSON.parse(text) as Manifest).contributes;

function phasesOf(condition = ''): readonly string[] {
  const pattern = new RegExp(/ferry\.phase =~ \/(.+?)\/(?: |$)/.exec(condition)?.[1] ?? assert.fail(condition));
  return phases.filter((phase) => pattern.test(phase));
}

describe('Going online and going offline', () => {
  for (const [id, expected] of [
    ['ferry.goOnline', ['offline', 'failed']],
    ['ferry.goOffline', ['starting', 'online']],
  ] as const) {
    it(`offers ${id} where it makes sense, in the palette and in every menu`, () => {
      const command = commands.find((one) => one.command === id);
      assert.deepEqual(phasesOf(command?.enablement), expected);
      const rows = Object.values(menus).flatMap((entries) => entries.filter((one) => one.command === id));
      assert.ok(rows.length > 0);
      for (const { when } of rows) assert.deepEqual(phasesOf(when), expected);
    });
  }
});
