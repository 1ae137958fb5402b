// What a command is, and how it reads the arguments that menus, views and the palette hand it.

import * as vscode from 'vscode';

import type { Peer } from '../core/peers/peers.ts';
import type { App } from './app.ts';
import { isPeer } from './peers/onePeer.ts';

/** Gathers input, calls, and reports. What it fails with is told by whoever registered it. */
export type Handler = (app: App, ...args: readonly unknown[]) => unknown;

/** The Explorer gives the file that was clicked and all that are selected; menus of tabs give one; the palette gives none. */
export function urisOf(first: unknown, all: unknown): readonly vscode.Uri[] {
  const several = Array.isArray(all) ? all.filter((uri) => uri instanceof vscode.Uri) : [];
  if (several.length > 0) return several;
  return first instanceof vscode.Uri ? [first] : [];
}

/** Does something with the peer of a row, and nothing where the row is none. */
export function withPeer(row: unknown, work: (peer: Peer) => unknown): unknown {
  return isPeer(row) ? work(row) : undefined;
}
