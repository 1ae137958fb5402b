// Prepares a workbench page before VS Code runs in it: what a person would have clicked away once, and the extension under
// development with its tests.

import type { Page } from './playwright.ts';

export type DevelopmentOptions = {
  /** Loads the extension that lies in this folder, as F5 does. */
  readonly extensionDevelopmentPath?: string;
  /** The folder of another extension that is loaded beside it. */
  readonly companionPath?: string;
  /** A module whose `run()` is called in the extension host once that is up. */
  readonly extensionTestsPath?: string;
  /** Called with each text that VS Code and the code in its extension hosts print; only while tests run there. */
  readonly onLog?: (line: string) => void;
  /** Called with the exit code when the tests in the extension host are over. */
  readonly onExit?: (code: number) => void;
};

// The page's globals that the scripts below use; the project is compiled without those of a browser window.
declare const document: {
  readonly readyState: string;
  addEventListener(event: 'readystatechange', listener: () => void): void;
  getElementById(
    id: string,
  ): { getAttribute(name: string): string | null; setAttribute(name: string, value: string): void } | null;
};
declare const location: { readonly host: string };

/**
 * The choices of a person who has used this editor before, in the place where VS Code keeps them for a browser: no tower icon
 * for forwarded ports beside Ferry's own, no keyboard layout, no warning about large files, and no TypeScript service, which
 * takes a processor for seconds with each file that is opened.
 */
const userState: Readonly<Record<string, string>> = {
  'workbench.statusbar.hidden': JSON.stringify(['status.forwardedPorts', 'status.workbench.keyboardLayout']),
  'editor.contrib.largeFileOptimizationsWarner': 'true',
  'extensionsIdentifiers/disabled': JSON.stringify([{ id: 'vscode.typescript-language-features' }]),
};

/** Writes those choices to the browser context's storage for an editor's address, before its workbench is opened. */
export async function seedUserState(page: Page, url: string): Promise<void> {
  // Any page of the same origin will do; this one is a few bytes of text.
  await page.goto(`${url}version`);
  await page.evaluate(async (state) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('vscode-web-state-db-global', 1);
      request.onupgradeneeded = (): void => {
        request.result.createObjectStore('ItemTable');
      };
      request.onsuccess = (): void => {
        resolve(request.result);
      };
      request.onerror = (): void => {
        reject(new Error('the browser storage does not open'));
      };
    });
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction('ItemTable', 'readwrite');
      for (const [key, value] of Object.entries(state)) transaction.objectStore('ItemTable').put(value, key);
      transaction.oncomplete = (): void => {
        resolve();
      };
      transaction.onerror = (): void => {
        reject(new Error('the browser storage cannot be written'));
      };
    });
    database.close();
  }, userState);
}

/**
 * Makes the workbench that is opened next load an extension from a folder and, where asked, run its tests, through the page's
 * own configuration. These are the options that VS Code's test tools use for a browser.
 */
export async function injectDevelopmentOptions(page: Page, options: DevelopmentOptions): Promise<void> {
  const { extensionDevelopmentPath, companionPath, extensionTestsPath } = options;
  if (extensionDevelopmentPath === undefined) return;
  await page.exposeFunction('codeAutomationLog', (_type: unknown, args: unknown) => {
    options.onLog?.(Array.isArray(args) ? args.map(String).join(' ') : String(args));
  });
  await page.exposeFunction('codeAutomationExit', (code: unknown) => {
    options.onExit?.(Number(code));
  });
  await page.addInitScript(
    (paths) => {
      document.addEventListener('readystatechange', () => {
        const element = document.getElementById('vscode-workbench-web-configuration');
        if (document.readyState !== 'interactive' || element === null) return;
        const configuration: unknown = JSON.parse(element.getAttribute('data-settings') ?? '{}');
        if (typeof configuration !== 'object' || configuration === null) return;
        const given = 'developmentOptions' in configuration ? configuration.developmentOptions : undefined;
        const at = (path: string): unknown => ({ scheme: 'vscode-remote', authority: location.host, path });
        const developmentOptions = {
          ...(typeof given === 'object' ? given : {}),
          extensions: paths.extensions.map(at),
          ...(paths.tests === undefined ? {} : { extensionTestsPath: at(paths.tests) }),
        };
        element.setAttribute('data-settings', JSON.stringify({ ...configuration, developmentOptions }));
      });
    },
    {
      extensions: [extensionDevelopmentPath, ...(companionPath === undefined ? [] : [companionPath])],
      tests: extensionTestsPath,
    },
  );
}
