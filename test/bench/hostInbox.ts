// Ferry as it runs in a VS Code that is killed again and again: loaded in the extension host as a test module, each time that the
// page is. It says who it is and what its Inbox holds over a TCP connection to the benchmark, one line of JSON for each message,
// and removes what it is told to: a line is the id of an entry.

import { createInterface } from 'node:readline';

import { isOver } from '../../src/core/receiving/entry.ts';
import { eventually } from '../support/temp.ts';
import { benchedFerry } from './lib/benchedFerry.ts';

/** A row of the Inbox: its first item by its name, and where that lies. */
export type HostRow = { readonly id: string; readonly phase: string; readonly name: string; readonly path: string | undefined };

/** Said at the start, and again once something was removed. */
export type HostInbox = {
  readonly pid: number;
  readonly port: number;
  readonly id: string;
  readonly rows: readonly HostRow[];
};

/** Called by VS Code; done when the benchmark hangs up, or never. */
export async function run(): Promise<void> {
  const { api, session, socket } = await benchedFerry();
  const { inbox } = api;
  const tell = (): void => {
    const rows = inbox.entries.map(({ id, state, items: [item], received: [landed] }): HostRow => {
      return { id, phase: state.phase, name: item === undefined || item.kind === 'sealed' ? '' : item.name, path: landed?.path };
    });
    const said: HostInbox = { pid: process.pid, port: session.port, id: api.own() ?? '', rows };
    socket.write(`${JSON.stringify(said)}\n`);
  };
  tell();
  for await (const line of createInterface({ input: socket })) {
    if (line === 'settle') {
      const settled = (): true | undefined => (inbox.entries.every(({ state }) => isOver(state)) ? true : undefined);
      await eventually(inbox.onDidChange, settled, 'nothing is on its way');
    } else {
      inbox.remove(line);
    }
    await inbox.idle();
    tell();
  }
}
