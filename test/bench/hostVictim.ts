// Ferry as it runs in a VS Code, for others to attack: loaded in the extension host as a test module. It says what it is over a
// TCP connection to the benchmark, and measures the extension host when it is asked. One line of JSON is one message, in both
// directions: `"reset"`, `"report"`, `"end"`.

import { createInterface } from 'node:readline';

import * as vscode from 'vscode';

import type { Ui } from '../../src/editor/host/ui.ts';
import type { TestApi } from '../../src/extension.ts';
import { onEntry } from '../support/entries.ts';
import { measureSelf, type SelfReport } from '../support/selfMeasure.ts';
import { benchedFerry } from './lib/benchedFerry.ts';

/** The first message. */
export type HostReady = { readonly port: number; readonly id: string; readonly vscodeVersion: string };

/** The answer to `report`. */
export type HostReport = SelfReport & {
  /** Notifications in which somebody wants something. */
  readonly prompts: number;
  readonly mostWaiting: number;
  readonly sightings: number;
};

/** Called by VS Code; done when the benchmark has seen enough. */
export async function run(): Promise<void> {
  const { api, session, socket } = await benchedFerry();

  const self = measureSelf();
  let prompts = 0;
  countPrompts(api, () => {
    prompts += 1;
  });
  let mostWaiting = 0;
  onEntry(api.inbox.onDidChange, () => {
    mostWaiting = Math.max(mostWaiting, api.inbox.entries.filter(({ state }) => state.phase === 'waiting').length);
  });
  const report = (): HostReport => ({
    ...self.report(),
    ...{ prompts, mostWaiting, sightings: session.directory.near.peers },
  });

  const tell = (message: HostReady | HostReport | 'reset'): void => void socket.write(`${JSON.stringify(message)}\n`);
  tell({ port: session.port, id: api.own() ?? '', vscodeVersion: vscode.version });
  for await (const line of createInterface({ input: socket })) {
    const asked: unknown = JSON.parse(line);
    if (asked === 'reset') {
      self.reset();
      [prompts, mostWaiting] = [0, 0];
      tell('reset');
    }
    if (asked === 'report') tell(report());
    if (asked === 'end') break;
  }
  self.end();
  socket.destroy();
}

/** Shows all that Ferry shows, and counts what asks for something. */
function countPrompts(api: TestApi, onPrompt: () => void): void {
  const real: Ui = api.ui.current;
  const count = (message: string): void => {
    if (/ wants to /.test(message)) onPrompt();
  };
  api.ui.current = {
    ...real,
    info: (message, ...actions) => {
      count(message);
      return real.info(message, ...actions);
    },
    warn: (message, ...actions) => {
      count(message);
      return real.warn(message, ...actions);
    },
  };
}
