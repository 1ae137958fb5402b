// The steps of the walkthrough: each is ticked by what it is about, once that has gone well, and stays ticked. VS Code ticks a
// step when its condition becomes true, and never one whose condition was true when VS Code read the steps, with the first page
// of its own. So a second key is in each condition, which is true for a moment: when a step is done, and when a page is in front.

import * as vscode from 'vscode';

import { background, type Log } from '../core/base/log.ts';
import type { PresenceState } from '../core/presence.ts';
import type { App } from './app.ts';

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
    knock(context);
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
  const lookAtTab = (): void => {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    // What VS Code's own pages show has no name for extensions.
    if (tab !== undefined && tab.input === undefined) knock(context);
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

function show(step: Step, { log }: Pick<Context, 'log'>): void {
  background(setContext(keyOf(step), true), log, 'setting the context');
}

/** Lets VS Code look whether a step is done. */
function knock({ log }: Pick<Context, 'log'>): void {
  for (const value of [true, false]) background(setContext('ferry.page', value), log, 'setting the context');
}

async function setContext(key: string, value: boolean): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, value);
}

/** Whether somebody else has answered. */
function hasFound(state: PresenceState): boolean {
  return (
    state.phase === 'online' &&
    state.session.directory.peers.some(({ trust, windows }) => trust !== 'own' && trust !== 'blocked' && windows.length > 0)
  );
}
