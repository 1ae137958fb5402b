// Requests that wait, in a real editor: how they ring, how they are answered later, and what their rows say.

import assert from 'node:assert/strict';
import { basename } from 'node:path';

import * as vscode from 'vscode';

import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { treeItemOf } from '../../src/editor/receiving/inboxRows.ts';
import { waitingWords } from '../../src/editor/requests/waitingItem.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually } from '../support/temp.ts';
import { setScene } from './scene.ts';

describe('Requests', () => {
  const scene = setScene();
  let peer: HeadlessPeer;

  beforeEach(async () => {
    peer = await scene.start();
  });

  const send = (name: string, signal = new AbortController().signal) =>
    peer.send(scene.me(), [memoryItem(name, Buffer.from(name))], { signal });
  const waiting = (count: number): Promise<readonly InboxEntry[]> =>
    eventually(
      scene.api.inbox.onDidChange,
      () => {
        const entries = scene.api.inbox.entries.filter(({ state }) => state.phase === 'waiting');
        return entries.length === count ? entries : undefined;
      },
      `${count} requests wait`,
    );

  /** Requests of which the first has rung, and that nobody has answered. */
  const unanswered = async (...names: readonly string[]) => {
    const sending = [];
    for (const [at, name] of names.entries()) {
      sending.push(send(name));
      await waiting(at + 1);
    }
    return sending;
  };

  it('ring one after the other: several of one peer as one, once the first is answered', async () => {
    let answer: ((label: string) => void) | undefined;
    const { current } = scene.api.ui;
    scene.api.ui.current = {
      ...current,
      info: (text, ...actions) => {
        void current.info(text, ...actions);
        return actions[0] === 'Accept' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(undefined);
      },
    };
    const sending = await unanswered('a.txt', 'b.txt', 'tasks.json');
    scene.api.ui.current = current;
    scene.person.answer(/^2 requests from neighbour/, 'Accept All');
    answer?.('Accept');
    for (const outcome of await Promise.all(sending)) assert.equal(outcome.phase, 'delivered');
    const asked = await scene.says(/^2 requests from neighbour \(known\): .*b\.txt.*\. Fingerprint: /);
    assert.ok(asked.includes('tasks.json'));
    const group = scene.person.shown.find(({ text }) => text === asked);
    // One of them can run something: a key for the first button must not take it.
    assert.deepEqual(group!.actions, ['Show Inbox', 'Accept All']);
  });

  it('are counted in the status bar under the name of who asks', async () => {
    const stop = new AbortController();
    const sending = [send('a.txt', stop.signal)];
    const [first] = await waiting(1);
    assert.equal(waitingWords([first!]), 'neighbour: 1 request');
    sending.push(send('b.txt', stop.signal));
    assert.equal(waitingWords(await waiting(2)), 'neighbour: 2 requests');
    const other = { ...first!, peer: { ...first!.peer, id: `${first!.peer.id}2` as never } };
    assert.equal(waitingWords([first!, other]), '2 requests');
    stop.abort();
    await Promise.all(sending);
  });

  it('are answered from the palette, where one is picked of several', async () => {
    const sending = await unanswered('a.txt', 'b.txt');
    scene.person.answer(/^Answer a request$/, /b\.txt/);
    scene.person.answer(/wants to send b\.txt/, /Accept/);
    await vscode.commands.executeCommand('ferry.inbox.answer');
    assert.equal((await sending[1]!).phase, 'delivered');
    scene.person.answer(/wants to send a\.txt/, /Decline/);
    await vscode.commands.executeCommand('ferry.inbox.answer');
    assert.equal((await sending[0]!).phase, 'declined');
    await vscode.commands.executeCommand('ferry.inbox.answer');
    await scene.says(/^No request waits for your answer\.$/);
  });

  it('are not taken by Enter alone where they can run something', async () => {
    const sending = [send('harmless.txt'), send('.envrc')];
    const entries = await waiting(2);
    const firstAnswers = [];
    for (const entry of entries) {
      await vscode.commands.executeCommand('ferry.inbox.answer', { entry });
      firstAnswers.push(scene.person.shown.findLast(({ kind }) => kind === 'pick')!.actions[0]);
    }
    assert.deepEqual(firstAnswers.toSorted(), ['$(check) Accept', '$(close) Decline']);
    // Delete declines what waits.
    for (const entry of entries) await vscode.commands.executeCommand('ferry.inbox.remove', { entry });
    for (const outcome of await Promise.all(sending)) assert.equal(outcome.phase, 'declined');
  });

  it('ring with the refusal first where they can run something', async () => {
    const sending = send('.envrc');
    const [entry] = await waiting(1);
    const asked = await scene.says(/wants to send .*\.envrc/);
    assert.deepEqual(scene.person.shown.find(({ text }) => text === asked)?.actions, ['Decline', 'Accept', 'More…']);
    scene.api.inbox.decline(entry!.id);
    await sending;
  });

  it('say that they were taken back to whoever answers too late', async () => {
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, name: 'neighbour', trust: 'known' }));
    const stop = new AbortController();
    const sending = send('late.txt', stop.signal);
    const [entry] = await waiting(1);
    stop.abort();
    await sending;
    await waiting(0);
    await vscode.commands.executeCommand('ferry.inbox.accept', { entry });
    await scene.says(/^neighbour has taken this request back\. Nothing was received\.$/);
  });

  it('close the list that asks about them when they are taken back, and say so', async () => {
    const stop = new AbortController();
    const sending = send('brief.txt', stop.signal);
    const [entry] = await waiting(1);
    const { current } = scene.api.ui;
    const closed = new Promise<string>((resolve) => {
      scene.api.ui.current = {
        ...current,
        pick: (_items, { title = '' }, signal) =>
          new Promise((left) => {
            signal?.addEventListener('abort', () => {
              resolve(title);
              left(undefined);
            });
            stop.abort();
          }),
      };
    });
    await vscode.commands.executeCommand('ferry.inbox.answer', { entry });
    scene.api.ui.current = current;
    assert.equal((await sending).phase, 'cancelled');
    assert.match(await closed, /brief\.txt/);
    await scene.says(/^neighbour has taken this request back\. Nothing was received\.$|^This request is over\./);
  });

  it('have rows that say state, peer and size, and what they are once they are saved', async () => {
    const sending = send('row.txt');
    const [entry] = await waiting(1);
    const row = treeItemOf({ entry: entry! });
    assert.equal(row.description, 'waiting for you · neighbour · 7 B');
    assert.equal(row.command?.command, 'ferry.inbox.answer');
    await vscode.commands.executeCommand('ferry.inbox.accept', { entry });
    await sending;
    const saved = await scene.entryIn('received', peer);
    const [item] = saved.received;
    const shown = treeItemOf({ entry: saved });
    assert.deepEqual([shown.label, shown.description], [basename(item!.path), 'saved · neighbour · 7 B']);
    assert.ok(typeof shown.tooltip === 'string');
    const lines = shown.tooltip.split('\n');
    assert.ok(lines.includes(item!.path));
    assert.ok(lines.includes(`SHA-256 ${Buffer.from(item!.sha256!).toString('hex')}`));
  });

  it('of several files open all of them, each in a tab of its own', async () => {
    await scene.set('ferry.receive.action', 'save');
    scene.person.answer(/wants to send/, 'Accept');
    const items = ['one.txt', 'two.txt', 'three.txt'].map((name) => memoryItem(name, Buffer.from(name)));
    assert.equal((await peer.send(scene.me(), items)).phase, 'delivered');
    const entry = await scene.entryIn('received', peer);
    await vscode.commands.executeCommand('ferry.inbox.open', { entry });
    const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.deepEqual(labels.toSorted(), entry.received.map(({ path }) => basename(path)).toSorted());
  });
});
