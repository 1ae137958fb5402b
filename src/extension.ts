// Activation: builds the adapters, hands them to each other, registers what the person sees. No logic of its own; the only file
// that knows core, net and editor.

import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { background, type Log } from './core/base/log.ts';
import { randomToken } from './core/base/token.ts';
import { Pairings } from './core/pairing/responder.ts';
import type { PeerBook } from './core/peers/book.ts';
import type { PeerId } from './core/peers/peerId.ts';
import { Presence, type Session } from './core/presence.ts';
import { Doorbell } from './core/receiving/doorbell.ts';
import { Inbox } from './core/receiving/inbox.ts';
import type { Unseal } from './core/receiving/landing.ts';
import type { SealKeyJwk } from './core/wire/messages.ts';
import { type CommandContext, registerCommands } from './editor/commands.ts';
import { openLog } from './editor/host/logChannel.ts';
import { ownIdentity } from './editor/host/secretIdentity.ts';
import { Settings } from './editor/host/settings.ts';
import { realUi, replaceableUi, type Ui } from './editor/host/ui.ts';
import { followFocus } from './editor/host/windowFocus.ts';
import { followPairings } from './editor/peers/pairing.ts';
import { showPeersView } from './editor/peers/peersView.ts';
import { followInbox } from './editor/receiving/answer.ts';
import { ReceivedFiles, receivedScheme } from './editor/receiving/documents.ts';
import { showInboxView } from './editor/receiving/inboxView.ts';
import { registerSealedEditor } from './editor/receiving/sealedEditor.ts';
import { showStatusBar } from './editor/statusBar.ts';
import { createIdentity, parseIdentity, serialiseIdentity } from './net/connection/identity.ts';
import { testMdnsPort } from './net/discovery/testPort.ts';
import { openBook } from './net/disk/bookFile.ts';
import { downloadsFolder } from './net/disk/downloads.ts';
import { sha256OfFile } from './net/disk/fileDigest.ts';
import { fileSource } from './net/disk/fileSource.ts';
import { withLock } from './net/disk/lockFile.ts';
import { keepPrivate } from './net/disk/privateFolder.ts';
import { createReceiveStore, removeLeftovers, removeStaleStorage, storageOfProcess } from './net/disk/receiveStore.ts';
import { writePrivateFile } from './net/disk/writeFile.ts';
import { goOnline } from './net/online.ts';

/** What tests inside VS Code get hold of; everybody else gets nothing. */
export type TestApi = {
  readonly presence: Presence;
  readonly inbox: Inbox;
  readonly doorbell: Doorbell;
  readonly book: PeerBook;
  readonly own: () => PeerId | undefined;
  readonly sealKey: () => SealKeyJwk | undefined;
  /** How long activation took, waiting included, in milliseconds: more than it can have held the editor up. */
  readonly activationMs: number;
  readonly ui: { current: Ui };
};

type ShownLog = Log & { show(): void };

let leave: (() => Promise<void>) | undefined;

/** Called by VS Code after it has started. */
export async function activate(context: vscode.ExtensionContext): Promise<TestApi | undefined> {
  const log = openLog();
  context.subscriptions.push(log);
  try {
    return await start(context, log);
  } catch (error) {
    // VS Code says nothing when an activation fails.
    log.error('activation failed', { message: error instanceof Error ? error.message : '' });
    background(
      Promise.resolve(realUi.error(vscode.l10n.t('Ferry could not start. The log has the details.'))),
      log,
      'telling a failure',
    );
    throw error;
  }
}

/** Called by VS Code when the window closes: says goodbye. */
export async function deactivate(): Promise<void> {
  await leave?.();
}

async function start(context: vscode.ExtensionContext, log: ShownLog): Promise<TestApi | undefined> {
  const begun = performance.now();
  const parts = await openParts(context, log);
  const commands = wire(parts);
  context.subscriptions.push(...shownParts(parts, commands), ...followers(parts));
  leave = async () => {
    leave = undefined;
    await parts.presence.goOffline();
  };
  background(removeLeftovers(parts.folders().folder), log, 'removing leftovers');
  background(removeStaleStorage(parts.received), log, 'removing leftovers');
  background(parts.goOnline(), log, 'going online');
  const activationMs = performance.now() - begun;
  log.debug('activated', { ms: Math.round(activationMs) });
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  const { presence, inbox, doorbell, book, identity, person } = parts;
  return {
    ...{ presence, inbox, doorbell, book, activationMs, ui: person },
    own: () => identity.known()?.peerId,
    sealKey: () => identity.known()?.sealKey,
  };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

/** What there is one of in a window. */
async function openParts(context: vscode.ExtensionContext, log: ShownLog) {
  const storage = context.globalStorageUri.fsPath;
  await keepPrivate(storage);
  const downloads = await downloadsFolder();
  const settings = new Settings(log);
  const received = join(storage, 'received');
  const folders = () => ({ folder: settings.receiveFolder(downloads), storage: storageOfProcess(received) });
  const store = createReceiveStore({ folders });
  const maker = { create: createIdentity, parse: parseIdentity, serialise: serialiseIdentity, withLock };
  const identity = ownIdentity(context.secrets, storage, maker, log);
  const ownKeys = async () => [(await identity.load()).sealKey];
  const unseal: Unseal = async (bytes) => {
    const [{ unsealIncoming }, keys] = await Promise.all([import('./core/sealing/items.ts'), ownKeys()]);
    return unsealIncoming(bytes, { kind: 'key', keys });
  };
  const book = await openBook(storage, log);
  const isStranger = (peer: PeerId): boolean => (book.find(peer)?.trust ?? 'unknown') === 'unknown';
  const inbox = new Inbox(store, { unseal, isStranger });
  const doorbell = new Doorbell();
  const pairings = new Pairings();
  const focus = followFocus();
  const window = { window: randomToken(), appVersion: versionOf(context.extension), focusedMsAgo: focus.msAgo };
  const mdnsPort = testMdnsPort(process.env);
  const presence = new Presence(async ({ visibility, discovery, port, interfaces }) => {
    const online = await goOnline({
      ...{ identity: await identity.load(), inbox, pairings, book, log, port, discovery },
      ...window,
      ...(interfaces.length === 0 ? {} : { interfaces }),
      ...(mdnsPort === undefined ? {} : { mdnsPort }),
      reach: visibility === 'network' ? 'network' : 'loopback',
      displayName: () => settings.displayName(),
      unknownPeers: () => settings.unknownPeers(),
    });
    log.info('online', { port: online.port, visibility, fellForward: online.fellForward });
    return online;
  });
  return {
    ...{ log, settings, received, folders, store, identity, ownKeys, inbox, doorbell, pairings, book, focus, presence },
    goOnline: () => presence.apply(settings.presence()),
    ...replaceableUi(),
    files: new ReceivedFiles(),
    output: vscode.window.createOutputChannel('Ferry'),
    diagnostics: vscode.languages.createDiagnosticCollection('ferry'),
    running: new Set<AbortController>(),
  };
}

/** Hands the parts to what the commands do. */
function wire(parts: Parts): CommandContext {
  const {
    shown: ui,
    presence,
    inbox,
    doorbell,
    book,
    settings,
    files,
    log,
    identity,
    store,
    diagnostics,
    goOnline: online,
  } = parts;
  const openFile = fileSource;
  const writeFile = writePrivateFile;
  const session = (): Session | undefined => presence.session;
  const own = (): PeerId | undefined => identity.known()?.peerId;
  const sessionOrOnline = async (): Promise<Session | undefined> => {
    if (presence.session === undefined) await online();
    return presence.session;
  };
  const sealed = { ui, inbox, store, files, openFile, writeFile, removeFile: unlink, ownKeys: parts.ownKeys };
  const folder = (): string => parts.folders().folder;
  const peers = { ui, book, session, own, log };
  const send = { ui, session, goOnline: online, book, settings, openFile, log, running: parts.running };
  return {
    ...{ ui, presence, inbox, send, own, log },
    receiving: {
      ui,
      inbox,
      book,
      doorbell,
      settings,
      files,
      output: parts.output,
      readFile,
      digestOf: sha256OfFile,
      sealed,
      folder,
      log,
    },
    dictionary: { ui, send, diagnostics },
    peers,
    pairing: { ui, peers, pairings: parts.pairings, book, settings, session, own, log },
    sealCopy: { ui, book, log, session: sessionOrOnline, openFile, writeFile },
    backup: {
      ui,
      writeFile,
      read: async () => serialiseIdentity(await identity.load()),
      peerIdOf: (text) => parseIdentity(text).peerId,
      replace: async (text) => {
        await identity.replace(text);
        await online();
      },
    },
  };
}

/** What the person sees, and what goes with the window. */
function shownParts(parts: Parts, commands: CommandContext): readonly { dispose(): unknown }[] {
  const { presence, inbox, book, files, output, diagnostics, focus, identity, log } = parts;
  return [
    ...[output, diagnostics, focus, identity, { dispose: () => book.close() }],
    registerSealedEditor(),
    vscode.workspace.registerFileSystemProvider(receivedScheme, files, { isReadonly: true }),
    showInboxView(inbox),
    showPeersView(presence, book, log),
    showStatusBar(presence, inbox, commands.own),
    followInbox(commands.receiving),
    followPairings(commands.pairing),
    registerCommands(commands),
  ];
}

/** What follows presence and settings. */
function followers({ presence, identity, running, log, goOnline: online }: Parts): readonly { dispose(): unknown }[] {
  return [
    presence.onDidChange((state) => {
      const failure = state.phase === 'failed' ? { code: state.error.code, message: state.error.message } : {};
      log.info('presence', { phase: state.phase, ...failure });
      const told = vscode.commands.executeCommand('setContext', 'ferry.phase', state.phase);
      background(Promise.resolve(told), log, 'setting the context');
      if (state.phase !== 'online') for (const transfer of running) transfer.abort();
    }),
    identity.onDidReplace(() => {
      log.info('another window restored an identity');
      if (presence.session !== undefined) background(online(), log, 'taking another identity');
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const affects = ['ferry.visibility', 'ferry.network'].some((section) => event.affectsConfiguration(section));
      if (affects) background(online(), log, 'applying the settings');
    }),
  ];
}

function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const manifest: unknown = packageJSON;
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return typeof version === 'string' ? version : '';
}
