// The list from which peers are picked: one click or Enter takes one, a button lets several be ticked. It fills while they
// answer, and stays open until the person has chosen.

import * as vscode from 'vscode';

import type { Event } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';
import type { PeerBook } from '../../core/peers/book.ts';
import type { Directory } from '../../core/peers/directory.ts';
import { mergePeers, type Peer, peerKey } from '../../core/peers/peers.ts';
import { actionRow, type PickAction, type PickRow, rowsOf } from './pickRows.ts';

const { l10n } = vscode;

/** Where the peers of a list come from. */
export type PeerSource = {
  readonly peers: readonly Peer[];
  readonly onDidChange: Event<unknown>;
  readonly refresh: () => Promise<void>;
  readonly greetNew: () => Promise<void>;
};

export type PickOptions = {
  /** Whether several may be picked. */
  readonly several?: boolean;
  /** Whether the person's own other windows are among them. */
  readonly own?: boolean;
  /** Whether blocked peers are among them. */
  readonly blocked?: boolean;
  /** Whether a peer can be added by its address. */
  readonly add?: boolean;
  /** Why somebody may be missing, and that the person can change it. */
  readonly notice?: string | undefined;
};

export type PickResult =
  | { readonly kind: 'peers'; readonly peers: readonly Peer[] }
  /** The person wants to do something else first. */
  | { readonly kind: PickAction }
  | { readonly kind: 'none' };

/** The peers that are remembered, while nobody can be reached. */
export function rememberedPeers(book: PeerBook): PeerSource {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    get peers() {
      return mergePeers([], book.entries());
    },
    ...{ onDidChange: book.onDidChange, refresh: nothing, greetNew: nothing },
  };
}

/** Lets the person pick a peer, or several where `several` says so. */
export function pickPeers(
  source: PeerSource | Directory,
  title: string,
  log: Log,
  { several = true, own = false, blocked = false, add = true, notice }: PickOptions = {},
): Promise<PickResult> {
  const pick = vscode.window.createQuickPick<PickRow>();
  pick.title = title;
  // An editor that takes the focus late, as a preview does, must not close it.
  Object.assign(pick, { matchOnDescription: true, matchOnDetail: true, ignoreFocusOut: true });
  const shown = (): readonly Peer[] =>
    source.peers.filter(({ trust }) => (blocked || trust !== 'blocked') && (own || trust !== 'own'));
  const list = new LivePick(pick, () => {
    const actions = [
      ...(notice === undefined || !isAlone(shown()) ? [] : [actionRow('visibility', notice)]),
      ...(add ? [actionRow('add', l10n.t('Add Peer by Address…'))] : []),
    ];
    // What is done cannot be ticked.
    return rowsOf(shown(), pick.canSelectMany ? [] : actions);
  });
  const choose = (many: boolean): void => {
    pick.canSelectMany = many;
    pick.placeholder = many ? l10n.t('Tick the peers, then press Enter') : l10n.t('Pick a peer');
    pick.buttons = several ? [many ? oneButton() : severalButton()] : [];
    list.show();
  };
  choose(false);
  pick.busy = true;
  const look = source.refresh().finally(() => {
    pick.busy = false;
    list.show();
  });
  background(look, log, 'looking for peers');
  const subscriptions = [
    source.onDidChange(() => list.show()),
    source.onDidChange(() => background(source.greetNew(), log, 'greeting peers')),
    pick.onDidTriggerButton(() => choose(!pick.canSelectMany)),
    pick,
  ];
  return new Promise<PickResult>((resolve) => {
    pick.onDidAccept(() => {
      const result = resultOf(pick);
      // With nobody ticked there is nothing to take.
      if (result === undefined) return;
      resolve(result);
      pick.hide();
    });
    pick.onDidHide(() => resolve({ kind: 'none' }));
    pick.show();
  }).finally(() => {
    for (const subscription of subscriptions) subscription.dispose();
  });
}

/** Whether nobody else answers. */
function isAlone(peers: readonly Peer[]): boolean {
  return !peers.some(({ trust, windows }) => trust !== 'own' && windows.length > 0);
}

function resultOf({ canSelectMany, selectedItems, activeItems }: vscode.QuickPick<PickRow>): PickResult | undefined {
  const chosen = canSelectMany && selectedItems.length > 0 ? selectedItems : activeItems.slice(0, 1);
  const [action] = chosen.flatMap((row) => row.action ?? []);
  if (action !== undefined) return { kind: action };
  const peers = chosen.flatMap((row) => row.peer ?? []);
  return peers.length === 0 ? undefined : { kind: 'peers', peers };
}

function severalButton(): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon('checklist'), tooltip: l10n.t('Choose Several…') };
}

function oneButton(): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon('list-flat'), tooltip: l10n.t('Choose One') };
}

/** Keeps a list true while peers come and go, and what is in front where it is: Enter must not take whoever has just come. */
class LivePick {
  readonly #pick: vscode.QuickPick<PickRow>;
  readonly #rows: () => readonly PickRow[];
  #placed: string | undefined;
  #moved = false;

  constructor(pick: vscode.QuickPick<PickRow>, rows: () => readonly PickRow[]) {
    this.#pick = pick;
    this.#rows = rows;
  }

  show(): void {
    const { selectedItems, activeItems } = this.#pick;
    const ticked = new Set(selectedItems.map(keyOf));
    const active = activeItems[0];
    const rows = this.#rows();
    this.#pick.keepScrollPosition = true;
    this.#pick.items = rows;
    this.#pick.selectedItems = rows.filter((row) => row.peer !== undefined && ticked.has(keyOf(row)));
    this.#moved ||= active !== undefined && keyOf(active) !== this.#placed;
    // Who answers stays in front, and so does what the person went to. Anything else gives way to the first peer that answers.
    const answers = (active?.peer?.windows.length ?? 0) > 0;
    const stays = active !== undefined && (answers || this.#moved);
    const front = stays ? rows.find((row) => keyOf(row) === keyOf(active)) : firstOf(rows);
    this.#placed = front === undefined ? undefined : keyOf(front);
    this.#pick.activeItems = front === undefined ? [] : [front];
  }
}

function firstOf(rows: readonly PickRow[]): PickRow | undefined {
  return rows.find(({ peer }) => peer !== undefined) ?? rows.find(({ action }) => action !== undefined);
}

function keyOf({ peer, action }: PickRow): string {
  return peer === undefined ? (action ?? '') : peerKey(peer);
}
