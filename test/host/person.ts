// The person in front of the editor under test: notes what Ferry shows, and answers as a test tells it to.

import * as vscode from 'vscode';

import { createEmitter, type Event } from '../../src/core/base/event.ts';
import { blankEntry } from '../../src/core/peers/book.ts';
import type { ListOptions, Ui } from '../../src/editor/host/ui.ts';
import type { TestApi } from '../../src/extension.ts';

export type Shown = {
  readonly kind: 'info' | 'warn' | 'error' | 'progress' | 'pick' | 'input' | 'saveDialog' | 'openDialog' | 'confirm';
  readonly text: string;
  readonly actions: readonly string[];
  /** Where a dialog begins. */
  readonly at?: vscode.Uri | undefined;
  /** What stands in the field of a list before anything is typed. */
  readonly hint?: string | undefined;
  /** Which row of a list has the focus at first. */
  readonly active?: number | undefined;
};

type More = Pick<Shown, 'at' | 'hint' | 'active'>;

export type Person = {
  readonly shown: readonly Shown[];
  readonly onDidSee: Event<Shown>;
  /** What to click, by the text that is shown: the first rule that matches answers; nothing matches: nothing is clicked. */
  answer(text: RegExp, action: string | RegExp): void;
  /** What to type into an input box, by its title. */
  type(title: RegExp, text: () => string | undefined): void;
  /** Where the next save dialog saves. */
  saveTo(uri: vscode.Uri): void;
  /** What the next open dialog opens. */
  open(uri: vscode.Uri): void;
  /** Cancels the progress that is shown. */
  cancel(): void;
};

/** Gives Ferry's test interface, once it is active. */
export async function ferry(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi | object>('ferry.vscode-ferry');
  if (extension === undefined) throw new Error('Ferry is not installed in this editor');
  const api = await extension.activate();
  if (!('inbox' in api)) throw new Error('Ferry does not run under test');
  return api;
}

/** Forgets every peer: the next test's have the same names and other keys, which would be alarming. */
export async function forgetPeers({ book }: TestApi): Promise<void> {
  for (const { id } of book.entries()) await book.change(id, () => blankEntry(id));
}

/** Puts a new person in front of Ferry. */
export function newPerson(api: TestApi): Person {
  const shown: Shown[] = [];
  const seen = createEmitter<Shown>();
  const rules: { readonly text: RegExp; readonly action: string | RegExp }[] = [];
  const typing: { readonly title: RegExp; readonly text: () => string | undefined }[] = [];
  let saveTarget: vscode.Uri | undefined;
  let openTarget: vscode.Uri | undefined;
  let running = new AbortController();
  const see = (kind: Shown['kind'], text: string, actions: readonly string[] = [], more: More = {}): string | undefined => {
    const entry = { kind, text, actions, ...more };
    shown.push(entry);
    queueMicrotask(() => seen.fire(entry));
    return rules.flatMap((rule) => (rule.text.test(text) ? (actionOf(rule.action, actions) ?? []) : []))[0];
  };
  const message =
    (kind: 'info' | 'warn' | 'error') =>
    async (text: string, ...actions: string[]): Promise<string | undefined> =>
      see(kind, text, actions);
  const picked = <T extends vscode.QuickPickItem>(
    items: readonly T[],
    { title = '', placeHolder: hint, active }: ListOptions,
  ): readonly T[] => {
    const labels = items.map((item) => item.label);
    const action = see('pick', title, labels, { hint, active });
    return items.filter((item) => item.label === action);
  };
  const ui: Ui = {
    info: message('info'),
    warn: message('warn'),
    error: message('error'),
    pick: async (items, options) => picked(items, options)[0],
    pickMany: async (items, options) => picked(items, options),
    input: async (options) => {
      const title = options.title ?? '';
      const answered = see('input', title);
      return answered ?? typing.find((rule) => rule.title.test(title))?.text();
    },
    saveDialog: async (options) => {
      see('saveDialog', options.title ?? '', [], { at: options.defaultUri });
      return saveTarget;
    },
    openDialog: async (options) => {
      see('openDialog', options.title ?? '', [], { at: options.defaultUri });
      return openTarget;
    },
    confirm: async (text, _detail, { refuse, agree }) => see('confirm', text, [refuse, agree]) === agree,
    progress: (title, task) => {
      running = new AbortController();
      see('progress', title);
      return task((text) => void see('progress', `${title}: ${text}`), running.signal);
    },
  };
  api.ui.current = ui;
  api.doorbell.forget();
  return {
    shown,
    onDidSee: seen.event,
    answer: (text, action) => rules.push({ text, action }),
    type: (title, text) => typing.push({ title, text }),
    saveTo: (uri) => {
      saveTarget = uri;
    },
    open: (uri) => {
      openTarget = uri;
    },
    cancel: () => running.abort(),
  };
}

/** What is clicked of the actions that are offered; where none is, a text is typed. */
function actionOf(action: string | RegExp, actions: readonly string[]): string | undefined {
  if (typeof action === 'string') return actions.length === 0 || actions.includes(action) ? action : undefined;
  return actions.find((label) => action.test(label));
}
