// "Diagnose Connection…": asks for whom, lets the doctor look, and shows its report.

import * as vscode from 'vscode';

import type { Facts, Target } from '../../core/doctor/facts.ts';
import { type ReportOptions, reportOf, summaryOf } from '../../core/doctor/report.ts';
import { targetAt, targetOf } from '../../core/doctor/target.ts';
import { isPeerId } from '../../core/peers/peerId.ts';
import { mergePeers, type NamedPeer } from '../../core/peers/peers.ts';
import type { Sentence } from '../../core/text/errorSentences.ts';
import type { App } from '../app.ts';
import { askAddress } from '../asking/askAddress.ts';
import { peerWords } from '../asking/words.ts';
import { showOwnText } from '../host/ownText.ts';

const { l10n } = vscode;

type Context = Pick<App, 'ui' | 'book' | 'session' | 'documents' | 'examine'>;

/** What is to be looked at: this window alone, or the way to somebody too. */
type Whom = { readonly target: Target | undefined };

/**
 * Examines the connection, to the peer of a row or whom the person picks, and shows the report. Fails with ERR_CANCELLED where
 * the person does not wait for it.
 */
export async function diagnose(context: Context, given: unknown): Promise<void> {
  const whom = isNamed(given) ? { target: named(context, given) } : await ask(context);
  if (whom === undefined) return;
  const { ui, examine } = context;
  const facts = await ui.progress(l10n.t('Looking at the connection'), (_, signal) => examine(whom.target, signal));
  await show(context, facts, {});
  const copy = l10n.t('Copy Report');
  const whole = l10n.t('Show Names and Addresses');
  const chosen = await ui.info(summaryOf(facts, speak), copy, whole);
  if (chosen === whole) await show(context, facts, { redact: false });
  if (chosen !== copy) return;
  await vscode.env.clipboard.writeText(reportOf(facts, { speak }));
  await ui.info(l10n.t('The report is on the clipboard, without names and addresses.'));
}

async function ask({ ui, book, session, ...context }: Context): Promise<Whom | undefined> {
  const peers = (session()?.directory.peers ?? mergePeers([], book.entries())).filter(({ trust }) => trust !== 'own');
  type Item = vscode.QuickPickItem & { readonly whom?: () => Whom };
  const items: readonly Item[] = [
    {
      label: `$(pulse) ${l10n.t('Everything')}`,
      detail: l10n.t('This window, its machine and its networks'),
      whom: () => ({ target: undefined }),
    },
    ...peers.map((peer) => ({
      label: `$(person) ${peerWords(peer)}`,
      detail: l10n.t('The way to this peer too'),
      whom: () => ({ target: named({ ui, book, session, ...context }, peer) }),
    })),
    { label: `$(globe) ${l10n.t('An address…')}`, detail: l10n.t('The way to whoever is there') },
  ];
  const picked = await ui.pick(items, { title: l10n.t('What is to be diagnosed?') });
  return picked === undefined || picked.whom !== undefined ? picked?.whom?.() : typedTarget(ui);
}

async function typedTarget(ui: App['ui']): Promise<Whom | undefined> {
  const address = await askAddress(ui, l10n.t('Diagnose the way to an address'));
  return address === undefined ? undefined : { target: targetAt(address) };
}

function named({ book, session }: Context, peer: NamedPeer): Target {
  return targetOf({ id: peer.id, name: peerWords(peer) }, book, session()?.directory);
}

/** Rows of views have an ID and a name, and so has the peer of a transfer. */
function isNamed(value: unknown): value is NamedPeer {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return false;
  return typeof value.id === 'string' && isPeerId(value.id) && typeof value.name === 'string';
}

function show(context: Context, facts: Facts, options: Pick<ReportOptions, 'redact'>): Promise<void> {
  return showOwnText(context, 'ferry-connection.txt', reportOf(facts, { ...options, speak }), false);
}

function speak({ text, args }: Sentence): string {
  return l10n.t(text, ...args);
}
