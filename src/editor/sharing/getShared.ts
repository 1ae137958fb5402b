// What peers share, in a list to pick from: files are opened where one browses, and folders are gone into; or files and folders
// are got, which land as what peers send does.

import * as vscode from 'vscode';

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import type { Peer } from '../../core/peers/peers.ts';
import { sizeText } from '../../core/text/sizes.ts';
import type { SharedEntry } from '../../core/wire/messages.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { offerHelp } from '../asking/offerHelp.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { isPeer } from '../handler.ts';
import { choosePeers, onlineSession } from '../peers/choosePeers.ts';
import { isSharedRow } from './sharedRow.ts';
import { sharedUri } from './sharedUri.ts';

const { l10n } = vscode;

type GetContext = Pick<
  App,
  'ui' | 'log' | 'book' | 'settings' | 'presence' | 'session' | 'goOnline' | 'isRemote' | 'browser' | 'fetcher'
>;

type Choice = vscode.QuickPickItem & { readonly does?: 'back' | 'here' | 'several'; readonly entry?: SharedEntry };

/** "Browse Peer's Files…": what is picked is opened, read-only. */
export async function browsePeer(app: GetContext, given: unknown): Promise<void> {
  const peer = await choosePeer(app, given, l10n.t("Browse a peer's files"));
  if (peer === undefined) return;
  const title = l10n.t('What {0} shares', peerWords(peer));
  const found = await told(app, peer, () => pick(app, peer, { title, gets: false }));
  const [path] = found ?? [];
  if (path !== undefined) await vscode.commands.executeCommand('vscode.open', sharedUri(peer, path));
}

/** "Get File from Peer…": the row that is given, or what the person picks, lands in the folder for received files. */
export async function getFile(app: GetContext, given: unknown): Promise<void> {
  if (isSharedRow(given)) {
    await told(app, given.peer, () => get(app, given.peer, [given.path]));
    return;
  }
  const peer = await choosePeer(app, given, l10n.t('Get a file from a peer'));
  if (peer === undefined) return;
  await told(app, peer, async () => {
    const found = await pick(app, peer, { title: l10n.t('Get from {0}', peerWords(peer)), gets: true });
    if (found !== undefined) await get(app, peer, found);
  });
}

/** What it fails with is told by the name of the peer; undefined then. */
async function told<T>({ ui, log }: Pick<GetContext, 'ui' | 'log'>, peer: Peer, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    const error = toFerryError(cause);
    if (error.code === 'ERR_CANCELLED') throw error;
    log.warn('nothing is got', { peer: peer.id, code: error.code, message: error.message });
    await offerHelp(ui, error, errorWords(error, peerWords(peer)), { peer });
    return undefined;
  }
}

async function choosePeer(app: GetContext, given: unknown, title: string): Promise<Peer | undefined> {
  if ((await onlineSession(app, l10n.t('Ferry is offline, so no peer can be asked.'))) === undefined) return undefined;
  if (isPeer(given)) return given;
  return (await choosePeers(app, title, { several: false, own: true }))[0];
}

/** Begins to get; what becomes of it is told as of anything that arrives. */
async function get({ ui, fetcher, browser }: GetContext, peer: Peer, paths: readonly (readonly string[])[]): Promise<void> {
  const begin = async (signal: AbortSignal): Promise<void> => {
    const looker = await browser();
    const wanted = await Promise.all(paths.map(async (path) => ({ path, id: (await looker.find(peer.id, path, signal)).id })));
    await (await fetcher()).get(peer, wanted, { action: 'save' }, signal);
  };
  await ui.progress(l10n.t('Asking {0}', peerWords(peer)), (_, signal) => begin(signal));
}

/** The paths that the person picks; undefined where they left. */
async function pick(
  { ui, browser }: GetContext,
  peer: Peer,
  { title, gets }: { readonly title: string; readonly gets: boolean },
): Promise<readonly (readonly string[])[] | undefined> {
  const looker = await browser();
  for (let path: readonly string[] = []; ; ) {
    const here = path;
    const entries = await looking(title, (signal) => looker.list(peer.id, here, signal));
    if (entries.length === 0 && path.length === 0) {
      throw new FerryError('ERR_NOT_SHARED', 'the peer shares nothing', { detail: { reason: 'nothing' } });
    }
    const place = path.map((name) => itemWords(name)).join(' / ');
    const rows = choices(entries, path, gets);
    // What can be done with the folder stands in front, and what is in it has the focus.
    const active = entries.length === 0 ? 0 : rows.length - entries.length;
    const picked = await ui.pick(rows, { title: place === '' ? title : `${title} · ${place}`, active });
    if (picked === undefined) return undefined;
    if (picked.does === 'here') return [path];
    if (picked.does === 'several') return several({ ui }, title, entries, path);
    if (picked.does === 'back') path = path.slice(0, -1);
    if (picked.entry === undefined) continue;
    if (picked.entry.kind === 'file') return [[...path, picked.entry.name]];
    path = [...path, picked.entry.name];
  }
}

function choices(entries: readonly SharedEntry[], path: readonly string[], gets: boolean): readonly Choice[] {
  const isInside = path.length > 0;
  return [
    ...(isInside ? [{ does: 'back' as const, label: `$(arrow-up) ${l10n.t('Up')}`, alwaysShow: true }] : []),
    ...(isInside && gets
      ? [{ does: 'here' as const, label: `$(cloud-download) ${l10n.t('Get this folder')}`, alwaysShow: true }]
      : []),
    ...(isInside && gets && entries.length > 1
      ? [{ does: 'several' as const, label: `$(checklist) ${l10n.t('Choose several…')}`, alwaysShow: true }]
      : []),
    ...entries.map((entry) => choiceOf(entry)),
  ];
}

function choiceOf(entry: SharedEntry): Choice & { readonly entry: SharedEntry } {
  const icon = entry.kind === 'folder' ? '$(folder)' : '$(file)';
  const size = entry.size === undefined ? {} : { description: sizeText(entry.size) };
  return { entry, label: `${icon} ${itemWords(entry.name)}`, ...size };
}

async function several(
  { ui }: Pick<GetContext, 'ui'>,
  title: string,
  entries: readonly SharedEntry[],
  path: readonly string[],
): Promise<readonly (readonly string[])[] | undefined> {
  const picked = await ui.pickMany(entries.map(choiceOf), { title });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ entry }) => [...path, entry.name]);
}

/** Shows in the status bar that something is being looked at; it is over within a minute. */
function looking<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => work(AbortSignal.timeout(60_000)));
}
