// Looks at what is on screen in each theme and width that counts, without touching anything on the page: VS Code follows the
// system, and the browser says that the system has changed.

import type { Page } from '../../host/lib/playwright.ts';
import { expectOnScreen } from '../../host/lib/screen.ts';
import type { Role } from '../../host/lib/stage.ts';
import { usualLimitMs } from '../../host/lib/workbench.ts';

const themes = [
  { name: 'light', shown: 'vs', media: { colorScheme: 'light', forcedColors: 'none' } },
  { name: 'dark', shown: 'vs-dark', media: { colorScheme: 'dark', forcedColors: 'none' } },
  { name: 'contrast', shown: 'hc-black', media: { colorScheme: 'dark', forcedColors: 'active' } },
] as const;

const widths = [1280, 520] as const;

const height = 800;

/** Somebody whose editor follows the system, with the themes that most people have. */
export function followingSystem(role: Role): Role {
  const settings = {
    'window.autoDetectColorScheme': true,
    'window.autoDetectHighContrast': true,
    'workbench.preferredLightColorTheme': 'Light Modern',
    'workbench.preferredDarkColorTheme': 'Dark Modern',
  };
  return { ...role, settings: { ...settings, ...role.settings } };
}

/** Calls `look` with a name for each theme and width, and leaves the page as it was found: light and wide. */
export async function inEachTheme(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const use = async ({ name, shown, media }: (typeof themes)[number]): Promise<void> => {
    await page.emulateMedia(media);
    await expectOnScreen(page, `the theme that is ${name}`, async () => {
      await page.locator(`.monaco-workbench.${shown}`).first().waitFor({ timeout: usualLimitMs });
    });
  };
  for (const theme of themes) {
    await use(theme);
    for (const width of widths) {
      await page.setViewportSize({ width, height });
      await look(`${theme.name}-${width}`);
    }
  }
  await use(themes[0]);
  await page.setViewportSize({ width: widths[0], height });
}
