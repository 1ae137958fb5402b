// What Ferry shows and asks: a port, so that tests can stand in for the person where VS Code lets nothing else answer (file
// dialogs hang there), and so that every text passes one place.

import * as vscode from 'vscode';

/** How often a view is drawn at most: VS Code draws nothing as long as its rows change more than five times a second. */
export const drawnEveryMs = 500;

/** The two buttons of a question. The one that refuses comes first and has the focus: whoever presses Enter alone has refused. */
export type Answers = { readonly refuse: string; readonly agree: string };

/** `active`: which row has the focus at first; the first where nothing is said. */
export type ListOptions = vscode.QuickPickOptions & { readonly active?: number };

export type Ui = {
  info(message: string, ...actions: string[]): Thenable<string | undefined>;
  warn(message: string, ...actions: string[]): Thenable<string | undefined>;
  error(message: string, ...actions: string[]): Thenable<string | undefined>;
  /** A list to pick from; it closes with `signal`, and nothing is picked then. */
  pick<T extends vscode.QuickPickItem>(items: readonly T[], options: ListOptions, signal?: AbortSignal): Thenable<T | undefined>;
  /** Several of them, none perhaps; those that are `picked` are ticked at first. Undefined where the person left. */
  pickMany<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: vscode.QuickPickOptions,
  ): Thenable<readonly T[] | undefined>;
  input(options: vscode.InputBoxOptions): Thenable<string | undefined>;
  saveDialog(options: vscode.SaveDialogOptions): Thenable<vscode.Uri | undefined>;
  openDialog(options: vscode.OpenDialogOptions): Thenable<vscode.Uri | undefined>;
  /** Asks a question that must be answered before anything else; true where the person agrees. */
  confirm(message: string, detail: string, answers: Answers): Thenable<boolean>;
  /** A cancellable notification that reports what `task` says. */
  progress<T>(
    title: string,
    task: (report: (message: string, increment?: number) => void, signal: AbortSignal) => Promise<T>,
  ): Thenable<T>;
};

/** The person in front of VS Code. */
export const realUi: Ui = {
  info: (message, ...actions) => vscode.window.showInformationMessage(message, ...actions),
  warn: (message, ...actions) => vscode.window.showWarningMessage(message, ...actions),
  error: (message, ...actions) => vscode.window.showErrorMessage(message, ...actions),
  pick: pickUntil,
  pickMany: (items, options) => vscode.window.showQuickPick(items.map(spoken), { ...options, canPickMany: true }),
  input: (options) => vscode.window.showInputBox(options),
  saveDialog: (options) => vscode.window.showSaveDialog(options),
  openDialog: async (options) => (await vscode.window.showOpenDialog({ ...options, canSelectMany: false }))?.[0],
  confirm: async (message, detail, { refuse, agree }) =>
    (await vscode.window.showWarningMessage(message, { modal: true, detail }, refuse, agree)) === agree,
  progress: (title, task) =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        const subscription = token.onCancellationRequested(() => stop.abort());
        try {
          return await task(
            (message, increment) => progress.report(increment === undefined ? { message } : { message, increment }),
            stop.signal,
          );
        } finally {
          subscription.dispose();
        }
      },
    ),
};

/** An icon in front of a label would be spoken: "close Decline". Beside it, it is only seen. */
function spoken<T extends vscode.QuickPickItem>(item: T): T {
  const [, icon, label] = /^\$\(([a-z-]+)\) (.*)$/s.exec(item.label) ?? [];
  return icon === undefined || label === undefined ? item : { ...item, label, iconPath: new vscode.ThemeIcon(icon) };
}

async function pickUntil<T extends vscode.QuickPickItem>(
  items: readonly T[],
  { title, placeHolder, active = 0, ignoreFocusOut = false, matchOnDescription = false, matchOnDetail = false }: ListOptions,
  signal?: AbortSignal,
): Promise<T | undefined> {
  if (signal?.aborted === true) return undefined;
  const list = vscode.window.createQuickPick<T>();
  list.title = title;
  list.placeholder = placeHolder;
  Object.assign(list, { ignoreFocusOut, matchOnDescription, matchOnDetail });
  list.items = items.map(spoken);
  list.activeItems = list.items.slice(active, active + 1);
  const close = (): void => list.hide();
  signal?.addEventListener('abort', close, { once: true });
  try {
    return await new Promise((resolve) => {
      list.onDidAccept(() => resolve(list.activeItems[0]));
      list.onDidHide(() => resolve(undefined));
      list.show();
    });
  } finally {
    signal?.removeEventListener('abort', close);
    list.dispose();
  }
}

/** A Ui whose person can be exchanged: tests answer in their stead. */
export function replaceableUi(): { readonly shown: Ui; readonly person: { current: Ui } } {
  const person = { current: realUi };
  const shown: Ui = {
    info: (...args) => person.current.info(...args),
    warn: (...args) => person.current.warn(...args),
    error: (...args) => person.current.error(...args),
    pick: (...args) => person.current.pick(...args),
    pickMany: (...args) => person.current.pickMany(...args),
    input: (...args) => person.current.input(...args),
    saveDialog: (...args) => person.current.saveDialog(...args),
    openDialog: (...args) => person.current.openDialog(...args),
    confirm: (...args) => person.current.confirm(...args),
    progress: (...args) => person.current.progress(...args),
  };
  return { shown, person };
}
