// The steps of the walkthrough: each is ticked by what it is about, once that has gone well, and stays ticked. VS Code does not
// know steps before a page has shown them, and ticks none whose key was true by then: a second key says that a page is in front.

import * as vscode from 'vscode';

import { background, type Log } from '../core/base/log.ts';
import type { PresenceState } from '../core/presence.ts';
import type { App } from './app.ts';
import { contextKeys } from './host/contextKeys.ts';

type Context = Pick<App, 'presence' | 'book' | 'outbox'> & {
  readonly settings: Pick<App['settings'], 'isVisibilityChosen'>;
  readonly log: Log;
};

const steps = ['reach', 'find', 'pair', 'send'] as const;

type Step = (typeof steps)[number];

/** Ticks the steps that are done, and those that will be. `memory` keeps them over restarts. */
export function followFirstSteps(context: Context, memory: vscode.Memento): vscode.Disposable {
  const { presence, book, outbox, settings, log } = context;
  const tick = (step: Step): void => {
    if (memory.get(keyOf(step)) === true) return;
    background(Promise.resolve(memory.update(keyOf(step), true)), log, 'remembering a step');
    show(step, context);
  };
  const look = (): void => {
    const { state } = presence;
    if (state.phase === 'online' && settings.isVisibilityChosen()) tick('reach');
    if (hasFound(state)) tick('find');
    if (book.entries().some(({ trust }) => trust === 'paired')) tick('pair');
    if (outbox.entries.some((entry) => entry.state.phase === 'delivered')) tick('send');
  };
  let directory: { dispose(): void } | undefined;
  const follow = (state: PresenceState): void => {
    directory?.dispose();
    directory = state.phase === 'online' ? state.session.directory.onDidChange(look) : undefined;
    look();
  };
  for (const step of steps) if (memory.get(keyOf(step)) === true) show(step, context);
  const tell = contextKeys();
  let page: string | undefined;
  const lookAtTab = (): void => {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    // What VS Code's own pages show has no name for extensions.
    const shown = tab !== undefined && tab.input === undefined ? tab.label : undefined;
    // The walkthrough takes the place of the welcome page, in the same tab: it is another page all the same.
    if (shown !== page) tell('ferry.page', false);
    page = shown;
    tell('ferry.page', page !== undefined);
  };
  lookAtTab();
  const subscriptions = [
    presence.onDidChange(follow),
    book.onDidChange(look),
    outbox.onDidChange(look),
    vscode.window.tabGroups.onDidChangeTabs(lookAtTab),
    vscode.window.tabGroups.onDidChangeTabGroups(lookAtTab),
  ];
  follow(presence.state);
  return new vscode.Disposable(() => {
    directory?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

/** The context key of a step, as package.json names it. */
function keyOf(step: Step): string {
  return `ferry.done.${step}`;
}

function show(step: Step, { log }: Context): void {
  const told = vscode.commands.executeCommand('setContext', keyOf(step), true);
  background(Promise.resolve(told), log, 'setting the context');
}

/** Whether somebody else has answered. */
function hasFound(state: PresenceState): boolean {
  return (
    state.phase === 'online' &&
    state.session.directory.peers.some(({ trust, windows }) => trust !== 'own' && trust !== 'blocked' && windows.length > 0)
  );
}
