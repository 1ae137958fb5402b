// What a command is, and how it reads the arguments that menus, views and the palette hand it.

import * as vscode from 'vscode';

import type { Peer } from '../core/peers/peers.ts';
import type { App } from './app.ts';

/** Gathers input, calls, and reports. What it fails with is told by whoever registered it. */
export type Handler = (app: App, ...args: readonly unknown[]) => unknown;

/**
 * The Explorer gives the file that was clicked and all that are selected; menus of tabs give one; Source Control gives its own
 * rows, one after the other; the palette gives none.
 */
export function urisOf(...args: readonly unknown[]): readonly vscode.Uri[] {
  const [, all] = args;
  const several = Array.isArray(all) ? all.flatMap(uriOf) : [];
  return several.length > 0 ? several : args.flatMap(uriOf);
}

function uriOf(value: unknown): readonly vscode.Uri[] {
  if (value instanceof vscode.Uri) return [value];
  const isRow = typeof value === 'object' && value !== null && 'resourceUri' in value;
  return isRow && value.resourceUri instanceof vscode.Uri ? [value.resourceUri] : [];
}

/** Does something with the peer of a row, and nothing where the row is none. */
export function withPeer(row: unknown, work: (peer: Peer) => unknown): unknown {
  return isPeer(row) ? work(row) : undefined;
}

/** Whether an argument of a command is a row of the Peers view. */
export function isPeer(value: unknown): value is Peer {
  return typeof value === 'object' && value !== null && 'id' in value && 'windows' in value && 'trust' in value;
}
