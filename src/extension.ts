// Activation: builds the adapters, hands them to each other, registers what the person sees. No logic of its own; the only file
// that knows core, net and editor.

import { mkdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { PeerBook } from './core/book.ts';
import { Inbox } from './core/inbox.ts';
import { background, type Log } from './core/log.ts';
import type { PeerId } from './core/peerId.ts';
import { Presence, type Session } from './core/presence.ts';
import { randomToken } from './core/token.ts';
import type { SealKeyJwk } from './core/wire.ts';
import { type CommandContext, registerCommands } from './editor/commands.ts';
import { showInboxView } from './editor/inboxView.ts';
import { openLog } from './editor/logChannel.ts';
import { showPeersView } from './editor/peersView.ts';
import { ReceivedFiles, receivedScheme } from './editor/receivedFiles.ts';
import { followInbox } from './editor/receiving.ts';
import { registerSealedEditor } from './editor/sealedEditor.ts';
import { loadIdentity, storeIdentity } from './editor/secretIdentity.ts';
import { Settings } from './editor/settings.ts';
import { showStatusBar } from './editor/statusBar.ts';
import { realUi, type Ui } from './editor/ui.ts';
import { followFocus } from './editor/windowFocus.ts';
import { openBook } from './net/bookFile.ts';
import { downloadsFolder } from './net/downloads.ts';
import { fileSource } from './net/fileSource.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from './net/identity.ts';
import { withLock } from './net/lockFile.ts';
import { goOnline } from './net/online.ts';
import { createReceiveStore, removeLeftovers, removeStaleStorage, storageOfProcess } from './net/receiveStore.ts';
import { writePrivateFile } from './net/writeFile.ts';

/** What tests inside VS Code get hold of; everybody else gets nothing. */
export type TestApi = {
  readonly presence: Presence;
  readonly inbox: Inbox;
  readonly book: PeerBook;
  readonly own: () => PeerId | undefined;
  readonly sealKey: () => SealKeyJwk | undefined;
  readonly ui: { current: Ui };
};

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

async function start(context: vscode.ExtensionContext, log: Log & { show(): void }): Promise<TestApi | undefined> {
  const storage = context.globalStorageUri.fsPath;
  await mkdir(storage, { recursive: true, mode: 0o700 });
  const settings = new Settings(log);
  const downloads = await downloadsFolder();
  const folders = () => ({ folder: settings.receiveFolder(downloads), storage: storageOfProcess(join(storage, 'received')) });
  const store = createReceiveStore({ folders });
  const ownKeys = async () => [(await ownIdentity()).sealKey];
  const unseal = async (bytes: AsyncIterable<Uint8Array>) => {
    const [{ unsealIncoming }, keys] = await Promise.all([import('./core/sealedItems.ts'), ownKeys()]);
    return unsealIncoming(bytes, { kind: 'key', keys });
  };
  const inbox = new Inbox(store, { unseal });
  const book = await openBook(storage, log);
  const ui = { current: realUi };
  const shownUi = forwardingUi(ui);
  const running = new Set<AbortController>();

  const focus = followFocus();
  const window = randomToken();
  const appVersion = versionOf(context.extension);
  let identity: Promise<Identity> | undefined;
  let own: PeerId | undefined;
  let ownSealKey: SealKeyJwk | undefined;
  const maker = { create: createIdentity, parse: parseIdentity, serialise: serialiseIdentity, withLock };
  const ownIdentity = (): Promise<Identity> => {
    identity ??= loadIdentity(context.secrets, storage, maker).catch((error: unknown) => {
      identity = undefined;
      throw error;
    });
    return identity;
  };
  const presence = new Presence(async (config) => {
    const self = await ownIdentity();
    own = self.peerId;
    ownSealKey = self.sealKey;
    const { visibility, port, interfaces } = config;
    const online = await goOnline({
      identity: self,
      inbox,
      book,
      log,
      window,
      appVersion,
      port,
      reach: visibility === 'network' ? 'network' : 'loopback',
      ...(interfaces.length === 0 ? {} : { interfaces }),
      displayName: () => settings.displayName(),
      focusedMsAgo: focus.msAgo,
      unknownPeers: () => settings.unknownPeers(),
    });
    log.info('online', { port: online.port, visibility, fellForward: online.fellForward });
    return online;
  });
  const applySettings = (): Promise<void> => presence.apply(settings.presence());

  const files = new ReceivedFiles();
  const output = vscode.window.createOutputChannel('Ferry');
  const sealed = {
    ui: shownUi,
    inbox,
    store,
    files,
    openFile: fileSource,
    writeFile: writePrivateFile,
    removeFile: unlink,
    ownKeys,
  };
  const receiving = { ui: shownUi, inbox, book, settings, files, output, readFile, sealed, folder: () => folders().folder, log };
  const send = {
    ui: shownUi,
    session: () => presence.session,
    goOnline: applySettings,
    book,
    settings,
    openFile: fileSource,
    log,
    running,
  };
  const session = async (): Promise<Session | undefined> => {
    if (presence.session === undefined) await applySettings();
    return presence.session;
  };
  const diagnostics = vscode.languages.createDiagnosticCollection('ferry');
  const dictionary = { ui: shownUi, send, diagnostics };
  const peers = { ui: shownUi, book, session: () => presence.session, own: () => own, log };
  const sealCopy = { ui: shownUi, book, log, session, openFile: fileSource, writeFile: writePrivateFile };
  const backup = {
    ui: shownUi,
    read: async () => serialiseIdentity(await ownIdentity()),
    peerIdOf: (text: string) => parseIdentity(text).peerId,
    writeFile: writePrivateFile,
    replace: async (text: string) => {
      await storeIdentity(context.secrets, serialiseIdentity(parseIdentity(text)));
      identity = undefined;
      await applySettings();
    },
  };
  const commandContext: CommandContext = {
    ui: shownUi,
    presence,
    inbox,
    send,
    receiving,
    dictionary,
    peers,
    sealCopy,
    backup,
    own: () => own,
    log,
  };
  context.subscriptions.push(
    output,
    diagnostics,
    focus,
    { dispose: () => book.close() },
    registerSealedEditor(),
    vscode.workspace.registerFileSystemProvider(receivedScheme, files, { isReadonly: true }),
    showInboxView(inbox),
    showPeersView(presence, book, log),
    showStatusBar(presence, inbox, () => own),
    followInbox(receiving),
    registerCommands(commandContext),
    presence.onDidChange((state) => {
      log.info('presence', {
        phase: state.phase,
        ...(state.phase === 'failed' ? { code: state.error.code, message: state.error.message } : {}),
      });
      background(
        Promise.resolve(vscode.commands.executeCommand('setContext', 'ferry.phase', state.phase)),
        log,
        'setting the context',
      );
      if (state.phase !== 'online') for (const transfer of running) transfer.abort();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const affects = ['ferry.visibility', 'ferry.network'].some((section) => event.affectsConfiguration(section));
      if (affects) background(applySettings(), log, 'applying the settings');
    }),
  );
  leave = async () => {
    leave = undefined;
    await presence.goOffline();
  };
  background(removeLeftovers(folders().folder), log, 'removing leftovers');
  background(removeStaleStorage(join(storage, 'received')), log, 'removing leftovers');
  background(applySettings(), log, 'going online');
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return { presence, inbox, book, own: () => own, sealKey: () => ownSealKey, ui };
}

/** A Ui whose person can be exchanged: tests answer in their stead. */
function forwardingUi(ui: { current: Ui }): Ui {
  return {
    info: (...args) => ui.current.info(...args),
    warn: (...args) => ui.current.warn(...args),
    error: (...args) => ui.current.error(...args),
    pick: (...args) => ui.current.pick(...args),
    input: (...args) => ui.current.input(...args),
    saveDialog: (...args) => ui.current.saveDialog(...args),
    openDialog: (...args) => ui.current.openDialog(...args),
    confirm: (...args) => ui.current.confirm(...args),
    progress: (...args) => ui.current.progress(...args),
  };
}

function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const manifest: unknown = packageJSON;
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return typeof version === 'string' ? version : '';
}
