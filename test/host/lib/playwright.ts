// What the host tests use of Playwright. The package itself is installed on first use, outside the project, so its own
// typings are not at hand when the project is type-checked; these are the same shapes, cut down to what is called.

type Waiting = { readonly timeout?: number };

type RoleOptions = { readonly name?: string | RegExp; readonly exact?: boolean; readonly checked?: boolean };

export type Locator = {
  getByRole(role: string, options?: RoleOptions): Locator;
  locator(selector: string, options?: LocatorFilter): Locator;
  or(other: Locator): Locator;
  and(other: Locator): Locator;
  contentFrame(): Frame;
  filter(options: LocatorFilter): Locator;
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
  count(): Promise<number>;
  waitFor(options?: Waiting & { readonly state?: 'attached' | 'detached' | 'visible' | 'hidden' }): Promise<void>;
  click(options?: Waiting & { readonly button?: 'left' | 'right'; readonly modifiers?: ('Control' | 'Shift')[] }): Promise<void>;
  dblclick(options?: Waiting): Promise<void>;
  hover(options?: Waiting): Promise<void>;
  fill(value: string, options?: Waiting): Promise<void>;
  press(key: string, options?: Waiting): Promise<void>;
  focus(options?: Waiting): Promise<void>;
  isVisible(): Promise<boolean>;
  isChecked(): Promise<boolean>;
  inputValue(options?: Waiting): Promise<string>;
  innerText(options?: Waiting): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  evaluateAll<R>(script: (elements: readonly ShownElement[]) => R): Promise<R>;
  getAttribute(name: string, options?: Waiting): Promise<string | null>;
  dragTo(target: Locator, options?: Waiting): Promise<void>;
  screenshot(options: { readonly path: string }): Promise<Buffer>;
};

/** What scripts in the page read of an element. */
export type ShownElement = {
  readonly innerText: string;
  readonly childElementCount: number;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  getBoundingClientRect(): { readonly right: number };
  closest(selector: string): ShownElement | null;
  getAttribute(name: string): string | null;
};

type LocatorFilter = { readonly hasText?: string | RegExp; readonly has?: Locator };

/** The document in an iframe. */
export type Frame = { locator(selector: string): Locator };

export type Page = {
  addInitScript<T>(script: (argument: T) => void, argument: T): Promise<unknown>;
  exposeFunction(name: string, callback: (...args: unknown[]) => unknown): Promise<unknown>;
  goto(url: string, options?: Waiting): Promise<unknown>;
  getByRole(role: string, options?: RoleOptions): Locator;
  locator(selector: string, options?: LocatorFilter): Locator;
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark'; readonly forcedColors: 'active' | 'none' }): Promise<void>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  readonly keyboard: {
    press(key: string): Promise<void>;
    type(text: string): Promise<void>;
  };
  readonly mouse: { move(x: number, y: number): Promise<void> };
  evaluate(script: string): Promise<unknown>;
  evaluate<R>(script: () => R): Promise<R>;
  evaluate<T, R>(script: (argument: T) => R, argument: T): Promise<R>;
  screenshot(options: { readonly path: string }): Promise<Buffer>;
  bringToFront(): Promise<void>;
  context(): BrowserContext;
  reload(options?: Waiting): Promise<unknown>;
  url(): string;
  isClosed(): boolean;
  close(options?: { readonly runBeforeUnload?: boolean }): Promise<void>;
  on(event: 'crash' | 'close', listener: () => void): unknown;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
};

export type BrowserContext = {
  newPage(): Promise<Page>;
  close(): Promise<void>;
};

export type Browser = {
  newContext(options: {
    readonly viewport: { readonly width: number; readonly height: number };
    readonly deviceScaleFactor: number;
    readonly colorScheme: 'light' | 'dark';
    readonly locale: string;
    readonly permissions?: string[];
  }): Promise<BrowserContext>;
  version(): string;
  close(): Promise<void>;
  on(event: 'disconnected', listener: () => void): unknown;
};

export type Playwright = {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly headless: boolean;
      readonly args: string[];
      readonly env: Record<string, string>;
      readonly timeout?: number;
    }): Promise<Browser>;
  };
};

/** Whether a loaded module is Playwright. */
export function isPlaywright(value: unknown): value is Playwright {
  if (typeof value !== 'object' || value === null || !('chromium' in value)) return false;
  const { chromium } = value;
  return typeof chromium === 'object' && chromium !== null && 'launch' in chromium && typeof chromium.launch === 'function';
}
