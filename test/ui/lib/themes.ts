// Looks at what is on screen in each theme and width that counts, without touching anything on the page.

import { readFile, writeFile } from 'node:fs/promises';

import type { Seat } from '../../host/lib/acts.ts';
import { expectOnScreen } from '../../host/lib/screen.ts';
import { usualLimitMs } from '../../host/lib/workbench.ts';

const themes = [
  { theme: 'Light Modern', short: 'light', shown: 'vs' },
  { theme: 'Dark Modern', short: 'dark', shown: 'vs-dark' },
  { theme: 'Dark High Contrast', short: 'contrast', shown: 'hc-black' },
] as const;

const widths = [1280, 520] as const;

const height = 800;

/** Calls `look` with a name for each theme and width, and leaves the page as it was found: light and wide. */
export async function inEachTheme({ side, page }: Seat, look: (name: string) => Promise<void>): Promise<void> {
  const path = side.editor.userSettingsPath;
  const settings: unknown = JSON.parse(await readFile(path, 'utf8'));
  const use = async ({ theme, shown }: (typeof themes)[number]): Promise<void> => {
    await writeFile(path, JSON.stringify({ ...(settings as object), 'workbench.colorTheme': theme }, null, 2));
    await expectOnScreen(page, `the theme ${theme}`, async () => {
      await page.locator(`.monaco-workbench.${shown}`).first().waitFor({ timeout: usualLimitMs });
    });
  };
  for (const one of themes) {
    await use(one);
    for (const width of widths) {
      await page.setViewportSize({ width, height });
      await look(`${one.short}-${width}`);
    }
  }
  await use(themes[0]);
  await page.setViewportSize({ width: widths[0], height });
}
