// Ferry inside the extension host of a benchmark: online, taking the honest peer's files unasked, and connected to the benchmark.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import * as vscode from 'vscode';

import { met } from '../../../src/core/peers/book.ts';
import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import type { Session } from '../../../src/core/presence.ts';
import type { TestApi } from '../../../src/extension.ts';
import { ferry } from '../../host/person.ts';
import { eventually } from '../../support/temp.ts';

/** What a module that VS Code loads beside Ferry works with. */
export type BenchedFerry = { readonly api: TestApi; readonly session: Session; readonly socket: Socket };

/** Waits for all of that. */
export async function benchedFerry(): Promise<BenchedFerry> {
  const [control, honest] = [Number(process.env['FERRY_BENCH_CONTROL']), process.env['FERRY_BENCH_HONEST'] ?? ''];
  const api = await ferry();
  const session = await eventually(api.presence.onDidChange, () => api.presence.session, 'Ferry goes online');
  const autoAccept = { kinds: ['file'], maxBytes: 1e9 } as const;
  await api.book.change(parsePeerId(honest), (entry) => ({ ...met(entry, 'honest'), trust: 'paired', autoAccept }));
  await vscode.workspace.getConfiguration().update('ferry.receive.action', 'save', vscode.ConfigurationTarget.Global);
  const socket = connect({ host: '127.0.0.1', port: control });
  await once(socket, 'connect');
  return { api, session, socket };
}
