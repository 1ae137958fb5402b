// Activation: starts this window's peer, hands it to the editor, registers what the person sees. No logic of its own; the only
// file that knows core, net and editor.

import * as vscode from 'vscode';

import { background } from './core/base/log.ts';
import { Doorbell } from './core/consent/doorbell.ts';
import type { PeerBook } from './core/peers/book.ts';
import type { PeerId } from './core/peers/peerId.ts';
import type { Presence } from './core/presence.ts';
import type { Inbox } from './core/receiving/inbox.ts';
import type { SealKeyJwk } from './core/wire/sealKey.ts';
import type { App } from './editor/app.ts';
import { errorWords } from './editor/asking/errorWords.ts';
import { registerCommands } from './editor/commands.ts';
import { excluded } from './editor/host/excluded.ts';
import { openLog } from './editor/host/logChannel.ts';
import { ownIdentity } from './editor/host/secretIdentity.ts';
import { Settings } from './editor/host/settings.ts';
import { realUi, replaceableUi, type Ui } from './editor/host/ui.ts';
import { followFocus } from './editor/host/windowFocus.ts';
import { followWrongSettings } from './editor/host/wrongSettings.ts';
import { followPairings } from './editor/peers/followPairings.ts';
import { showPeersView } from './editor/peers/peersView.ts';
import { registerAgentTools } from './editor/programs/agentTools.ts';
import { createApi } from './editor/programs/api.ts';
import type { FerryApi } from './editor/programs/ferry.d.ts';
import { ReceivedFiles, receivedScheme } from './editor/receiving/documents.ts';
import { showInboxView } from './editor/receiving/inboxView.ts';
import { registerSealedEditor } from './editor/receiving/sealedEditor.ts';
import { followInbox } from './editor/requests/followInbox.ts';
import { showWaiting } from './editor/requests/waitingItem.ts';
import { showStatusBar } from './editor/statusBar.ts';
import { SentItems } from './editor/transfers/sentItems.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from './net/connection/identity.ts';
import { testMdnsPort } from './net/discovery/testPort.ts';
import { downloadsFolder } from './net/disk/downloads.ts';
import { sha256OfFile } from './net/disk/fileDigest.ts';
import { fileSource } from './net/disk/fileSource.ts';
import { identityNote } from './net/disk/kept/identityNote.ts';
import { withLock } from './net/disk/lockFile.ts';
import { readWholeFile, realPathOf, removeFile, writePrivateFile } from './net/disk/wholeFile.ts';
import { type RunningPeer, startPeer } from './net/peer.ts';

const gitBlobs = () => import('./net/disk/gitBlobs.ts');

/** What tests inside VS Code get hold of; everybody else gets what other extensions get. */
export type TestApi = {
  readonly presence: Presence;
  readonly inbox: Inbox;
  readonly outbox: RunningPeer['outbox'];
  readonly messages: RunningPeer['messages'];
  readonly pairings: RunningPeer['pairings'];
  readonly shares: App['shares'];
  readonly sharing: App['sharing'];
  readonly doorbell: Doorbell;
  readonly book: PeerBook;
  readonly own: () => PeerId | undefined;
  readonly sealKey: () => SealKeyJwk | undefined;
  /** How long activation took, waiting included, in milliseconds: more than it can have held the editor up. */
  readonly activationMs: number;
  readonly ui: { current: Ui };
};

/** Where a window remembers that the person took it offline. */
const offlineKey = 'ferry.offline';

let leave: (() => Promise<void>) | undefined;

/** Called by VS Code after it has started. */
export async function activate(context: vscode.ExtensionContext): Promise<FerryApi & Partial<TestApi>> {
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

async function start(context: vscode.ExtensionContext, log: App['log']): Promise<FerryApi & Partial<TestApi>> {
  const begun = performance.now();
  const settings = new Settings();
  const identity = windowIdentity(context, log);
  const focus = followFocus();
  const downloads = await downloadsFolder(context.globalStorageUri.fsPath);
  const mdnsPort = testMdnsPort(process.env);
  const receiveFolder = (): string => settings.receiveFolder(downloads);
  const { shown, person } = replaceableUi();
  const peer = await startPeer({
    identity: () => identity.load(),
    storage: context.globalStorageUri.fsPath,
    folder: receiveFolder,
    ...choices(settings),
    appVersion: versionOf(context.extension),
    workspaceName: () => vscode.workspace.name,
    focusedMsAgo: focus.msAgo,
    onBookTrouble: (trouble) => background(Promise.resolve(shown.warn(errorWords(trouble))), log, 'telling of the book'),
    log,
    ...(mdnsPort === undefined ? {} : { mdnsPort }),
  });
  leave = async () => {
    leave = undefined;
    await peer.stop();
  };
  // In a remote window the extension runs over there, unless it is installed here as well.
  const isRemote = vscode.env.remoteName !== undefined && context.extension.extensionKind === vscode.ExtensionKind.Workspace;
  const examine = doctorOf(context, { ...peer, settings, own: () => identity.known()?.peerId, mdnsPort, isRemote });
  const inboxView = showInboxView(peer.inbox);
  const ofWindow = { ui: shown, log, receiveFolder, examine, inboxView, isRemote };
  const app: App = { ...appOf(peer, identity, settings), ...ofWindow };
  context.subscriptions.push(
    focus,
    inboxView,
    identity,
    ...shownParts(app),
    ...followers(app),
    identity.onDidReplace(() => renew(app)),
  );
  background(shownLater(context, app), log, 'showing transfers and messages');
  background(peer.removeLeftovers(), log, 'removing leftovers');
  background(comeUp(app, context), log, 'going online');
  const activationMs = performance.now() - begun;
  log.debug('activated', { ms: Math.round(activationMs) });
  const api = createApi(app, context.subscriptions);
  if (context.extensionMode !== vscode.ExtensionMode.Test) return api;
  return { ...api, ...testApiOf(app), activationMs, ui: person, sealKey: () => identity.known()?.sealKey };
}

function testApiOf({ presence, inbox, outbox, messages, shares, sharing, pairings, doorbell, book, own }: App) {
  return { presence, inbox, outbox, messages, shares, sharing, pairings, doorbell, book, own };
}

/** What the person decides in the settings, asked for whenever it counts. */
function choices(settings: Settings) {
  return {
    displayName: () => settings.displayName(),
    unknownPeers: () => settings.unknownPeers(),
    historyDays: () => settings.historyDays(),
    sharedExcludes: () => excluded(),
    asksBeforeGets: () => settings.confirmsGets(),
  };
}

function windowIdentity({ secrets, globalStorageUri }: vscode.ExtensionContext, log: App['log']) {
  const { wasHere, remember } = identityNote(globalStorageUri.fsPath);
  const note = { wasHere, remember: ({ peerId }: Identity) => remember(peerId) };
  const maker = { create: createIdentity, parse: parseIdentity, serialise: serialiseIdentity, withLock, note };
  return ownIdentity(secrets, globalStorageUri.fsPath, maker, log);
}

/** Everything that the editor works with, but for what a window begins with. */
function appOf(
  peer: RunningPeer,
  identity: ReturnType<typeof windowIdentity>,
  settings: Settings,
): Omit<App, 'ui' | 'log' | 'receiveFolder' | 'examine' | 'inboxView' | 'isRemote'> {
  const { presence, book, inbox, outbox, messages, pairings, store, shares, sharing, fetcher, browser } = peer;
  const goOnline = (): Promise<void> => presence.goOnline(settings.presence());
  const applySettings = (): Promise<void> => presence.apply(settings.presence());
  return {
    ...{ settings, presence, book, inbox, outbox, messages, pairings, store, shares, sharing, fetcher, browser },
    ...{ goOnline, applySettings },
    files: {
      open: fileSource,
      openFolder: async (path, rules) => (await import('./net/disk/tree/folderItem.ts')).folderItem(path, rules),
      read: readWholeFile,
      realPath: realPathOf,
      digestOf: sha256OfFile,
      headBlob: async (path) => (await gitBlobs()).headBlob(path),
      readBlob: async (folder, id) => (await gitBlobs()).readBlob(folder, id),
      write: writePrivateFile,
      remove: removeFile,
      removeStored: (path) => peer.removeStored(path),
    },
    doorbell: new Doorbell(),
    session: () => presence.session,
    own: () => identity.known()?.peerId,
    ownKeys: async () => [(await identity.load()).sealKey],
    identity: {
      read: async () => serialiseIdentity(await identity.load()),
      peerIdOf: (text) => parseIdentity(text).peerId,
      replace: async (text) => {
        await identity.replace(text);
        await applySettings();
      },
      renew: async () => {
        await identity.renew();
        await applySettings();
      },
    },
    documents: new ReceivedFiles(),
    output: vscode.window.createOutputChannel('Ferry'),
    diagnostics: vscode.languages.createDiagnosticCollection('ferry'),
    sent: new SentItems(),
  };
}

type Patient = Pick<App, 'settings' | 'presence' | 'own' | 'isRemote'> & { readonly mdnsPort: number | undefined };

/** The doctor of this window, which few ever call. */
function doctorOf(
  { extension }: vscode.ExtensionContext,
  { settings, presence, own, mdnsPort, isRemote }: Patient,
): App['examine'] {
  return async (target, signal) => {
    const { examine } = await import('./net/doctor/examine.ts');
    const window = { state: presence.state, config: settings.presence(), own: own(), app: versionOf(extension), isRemote };
    return examine({ ...window, target, mdnsPort }, signal);
  };
}

/** What the person sees, and what goes with the window. */
function shownParts(app: App): readonly { dispose(): unknown }[] {
  return [
    ...[app.output, app.documents, app.diagnostics].filter((part) => 'dispose' in part),
    registerSealedEditor(),
    vscode.workspace.registerFileSystemProvider(receivedScheme, app.documents, { isReadonly: true }),
    showPeersView(app),
    showStatusBar(app),
    showWaiting(app.inbox),
    followInbox(app),
    followPairings(app),
    registerCommands(app),
    registerAgentTools(app),
  ];
}

/** What is shown as soon as the window has started, by code that its start does not wait for. */
async function shownLater({ subscriptions, globalState }: vscode.ExtensionContext, app: App): Promise<void> {
  const { showTransfers } = await import('./editor/transfers/showTransfers.ts');
  const { showMessages } = await import('./editor/messages/showMessages.ts');
  const { showSharing } = await import('./editor/sharing/showSharing.ts');
  const { followFirstSteps } = await import('./editor/firstSteps.ts');
  const shown = [await showTransfers(app), showMessages(app), await showSharing(app), followFirstSteps(app, globalState)];
  subscriptions.push(...shown);
}

/** What follows presence and settings. */
function followers(app: App): readonly { dispose(): unknown }[] {
  const { presence, log, applySettings } = app;
  return [
    followWrongSettings(app.settings, app.ui, log, app.isRemote),
    presence.onDidChange((state) => {
      const failure =
        state.phase === 'failed' ? { ...state.error.detail, code: state.error.code, message: state.error.message } : {};
      log.info('presence', { phase: state.phase, ...failure });
      const told = vscode.commands.executeCommand('setContext', 'ferry.phase', state.phase);
      background(Promise.resolve(told), log, 'setting the context');
      const isLost = state.phase === 'failed' && state.error.code === 'ERR_IDENTITY_UNREADABLE';
      if (isLost && state.error.detail['reason'] === 'missing') {
        const offered = import('./editor/identityBackup.ts').then(({ offerIdentity }) => offerIdentity(app, state.error));
        background(offered, log, 'offering an identity');
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const affects = ['ferry.visibility', 'ferry.network'].some((section) => event.affectsConfiguration(section));
      if (affects) background(applySettings(), log, 'applying the settings');
    }),
  ];
}

/** Goes online, unless the person took this window offline before it was loaded anew; from now on that is remembered. */
function comeUp(
  { presence, log, applySettings }: App,
  { workspaceState, subscriptions }: vscode.ExtensionContext,
): Promise<void> {
  const wasOffline = workspaceState.get(offlineKey) === true;
  const remember = presence.onDidChange((state) => {
    if (state.phase === 'offline' && state.by === 'closing') return;
    const isHeld = state.phase === 'offline' && state.by === 'person';
    background(Promise.resolve(workspaceState.update(offlineKey, isHeld || undefined)), log, 'remembering who is offline');
  });
  subscriptions.push(remember);
  return wasOffline ? presence.goOffline() : applySettings();
}

/** Another window has put another identity in the place of this one's. */
function renew({ presence, log, applySettings }: App): void {
  log.info('another window restored an identity');
  if (presence.session !== undefined) background(applySettings(), log, 'taking another identity');
}

function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const manifest: unknown = packageJSON;
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return typeof version === 'string' ? version : '';
}
