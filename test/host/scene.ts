// What every host test has around it: Ferry online in this editor, a new person in front of it, and peers beside it on
// loopback. After each test the peers are gone and forgotten, and settings, editors, Inbox and folders are as they were.

import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Address } from '../../src/core/peers/address.ts';
import type { PeerId } from '../../src/core/peers/peerId.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { isDone } from '../../src/core/sending/outgoing.ts';
import type { TestApi } from '../../src/extension.ts';
import { type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../support/temp.ts';
import { ferry, forgetPeers, newPerson, type Person } from './person.ts';

export type Scene = {
  readonly api: TestApi;
  /** A new one for each test. */
  readonly person: Person;
  /** Where files are received. */
  readonly received: string;
  /** Puts a new person in front of Ferry, in the middle of a test. */
  readonly replacePerson: () => Person;
  /** Starts a peer called "neighbour" where nothing else is said. */
  readonly start: (options?: HeadlessOptions) => Promise<HeadlessPeer>;
  /** Where Ferry is reached, for peers. */
  readonly me: () => { readonly id: PeerId; readonly addresses: readonly [Address] };
  /** Waits until Ferry has shown such a text; gives it whole. */
  readonly says: (text: RegExp) => Promise<string>;
  /** Waits for an entry of the Inbox in this phase, of one peer where one is given. */
  readonly entryIn: (phase: InboxEntry['state']['phase'], from?: HeadlessPeer) => Promise<InboxEntry>;
  /** Waits until what was received is shown, read-only, in the active editor. */
  readonly opened: () => Promise<vscode.TextDocument>;
  /** Changes a setting until the test is over. */
  readonly set: (key: string, value: unknown) => Promise<void>;
  /** Waits until Ferry is online. */
  readonly online: () => Promise<NonNullable<TestApi['presence']['session']>>;
};

/** Sets the scene for the suite in whose function this is called. */
export function setScene(): Scene {
  let found: TestApi | undefined;
  let person: Person | undefined;
  const peers: HeadlessPeer[] = [];
  const changed = new Set<string>();
  const api = (): TestApi => found ?? outside();
  const online = (): ReturnType<Scene['online']> =>
    eventually(api().presence.onDidChange, () => api().presence.session, 'Ferry is online');
  const replacePerson = (): Person => (person = newPerson(api()));
  before(async () => {
    found = await ferry();
    await online();
  });
  beforeEach(() => void replacePerson());
  afterEach(async () => {
    for (const key of changed) await writeSetting(key, undefined);
    changed.clear();
    await closeEditors();
    await leave(api(), peers.splice(0));
    await removeTempFolders();
  });
  return {
    ...waits(api, () => person ?? outside()),
    ...{ online, replacePerson },
    get api() {
      return api();
    },
    get person() {
      return person ?? outside();
    },
    get received() {
      return join(process.env['HOME'] ?? outside(), 'Downloads', 'Ferry');
    },
    start: async (options = {}) => {
      const peer = await headlessPeer({ name: 'neighbour', ...options });
      peers.push(peer);
      return peer;
    },
    me: () => ({
      id: api().own() ?? outside(),
      addresses: [{ host: '127.0.0.1', port: (api().presence.session ?? outside()).port }],
    }),
    set: async (key, value) => {
      changed.add(key);
      await writeSetting(key, value);
    },
  };
}

function waits(api: () => TestApi, person: () => Person): Pick<Scene, 'says' | 'entryIn' | 'opened'> {
  return {
    says: (text) =>
      eventually(
        person().onDidSee,
        () => person().shown.find((shown) => text.test(shown.text))?.text,
        `Ferry says ${String(text)}`,
      ),
    entryIn: (phase, from) =>
      eventually(
        api().inbox.onDidChange,
        () =>
          api().inbox.entries.find(
            ({ peer, state }) => state.phase === phase && (from === undefined || peer.id === from.identity.peerId),
          ),
        `an entry is ${phase}`,
      ),
    opened: () =>
      eventually(
        vscode.window.onDidChangeActiveTextEditor,
        () => {
          const document = vscode.window.activeTextEditor?.document;
          return document?.uri.scheme === 'ferry-received' ? document : undefined;
        },
        'a read-only document is shown',
      ),
  };
}

async function writeSetting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Stops the peers of a test, and waits until Ferry knows nothing of them. */
async function leave(api: TestApi, peers: readonly HeadlessPeer[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.stop()));
  for (const entry of api.inbox.entries) api.inbox.remove(entry.id);
  await removeTransfers(api);
  await Promise.all(api.messages.threads.map(({ peer }) => api.messages.remove(peer.id)));
  const directory = api.presence.session?.directory;
  if (directory !== undefined && peers.length > 0) {
    const ids = new Set(peers.map(({ identity }) => identity.peerId));
    const gone = (): true | undefined =>
      directory.peers.every(({ id, windows }) => windows.length === 0 || !ids.has(id)) ? true : undefined;
    await directory.refresh();
    await eventually(directory.onDidChange, gone, 'peers that left are gone');
  }
  await forgetPeers(api);
}

/** Ends what is still to be sent, and empties the list of transfers. */
async function removeTransfers({ outbox }: TestApi): Promise<void> {
  for (const { id } of outbox.entries) outbox.cancel(id);
  const over = (): true | undefined => (outbox.entries.every(({ state }) => isDone(state)) ? true : undefined);
  await eventually(outbox.onDidChange, over, 'all transfers are over');
  for (const { id } of outbox.entries) outbox.remove(id);
}

function outside(): never {
  throw new Error('the scene is there while its tests run');
}
