// package.json against the code. The code that imports `vscode` cannot be loaded outside the editor, so its tables are read out
// of the source text, each with a pattern that fails loudly where the table is written in another way.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';

import { transformSync } from 'esbuild';

type Menu = { readonly command: string; readonly when?: string; readonly group?: string };
type Setting = {
  readonly default: unknown;
  readonly enum?: readonly unknown[];
  readonly enumDescriptions?: readonly string[];
  readonly enumItemLabels?: readonly string[];
  readonly scope?: string;
};
type Manifest = {
  readonly main: string;
  readonly browser?: string;
  readonly extensionKind: readonly string[];
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
    readonly views: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string; readonly accessibilityHelpContent?: string }[]>
    >;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string }; readonly completionEvents: readonly string[] }[];
    }[];
  };
};

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = manifest;

/** The text of a top-level declaration, from its first line to the line that closes it. */
function declaration(path: string, pattern: RegExp): string {
  const text = read(path);
  const start = pattern.exec(text)?.index ?? assert.fail(`${path} has no ${pattern.source}`);
  const end = text.indexOf('\n}', start);
  assert.ok(end > start);
  return text.slice(start, end + 2);
}

/** Every distinct match of a pattern's first group. */
function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].toSorted();
}

const contributed = contributes.commands.map(({ command }) => command).toSorted();
const settings = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Readonly<
  Record<string, Setting>
>;
const menus = Object.entries(contributes.menus).flatMap(([menu, entries]) => entries.map((entry) => ({ menu, ...entry })));
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

/** Every table of commands: that of all, and those of topics that it spreads. */
function commandTables(): string {
  const all = declaration('src/editor/commands.ts', /^export const commands\b/m);
  const ofTopics = sources.filter((path) => /^editor[/\\]\w+[/\\]commands\.ts$/.test(path));
  const texts = ofTopics.map((path) => declaration(join('src', path), /^export const \w+Commands\b/m));
  for (const text of texts) assert.ok(all.includes(`...${/^export const (\w+)/.exec(text)?.[1] ?? ''},`), text);
  return [all, ...texts].join('\n');
}

/** What the inbox view says of its rows: its own pure functions, run without their types. */
function inboxContexts(): readonly string[] {
  const path = 'src/editor/receiving/inboxRows.ts';
  assert.match(read(path), /contextValue = contextOf\(entry, several\);/);
  assert.match(read(path), /contextValue = landedContext\(entry, received\);/);
  const text = declaration(path, /^function contextOf\b/m) + declaration(path, /^function landedContext\b/m);
  const items = [[{ kind: 'file' }], [{ kind: 'dictionary' }], [{ kind: 'snippet' }], [{ kind: 'file' }, { kind: 'file' }]].map(
    (kinds) => kinds.map((item) => ({ item })),
  );
  const entries = [
    ...['waiting', 'receiving', 'declined', 'expired', 'cancelled', 'failed'].map((phase) => ({
      state: { phase },
      received: [],
    })),
    ...['folder', 'storage'].flatMap((landing) => items.map((received) => ({ state: { phase: 'received', landing }, received }))),
  ];
  const run = `${transformSync(text, { loader: 'ts' }).code}; [...new Set(entries.map((entry) => contextOf(entry, entry.received.length > 1)))].join()`;
  return String(runInNewContext(run, { entries })).split(',');
}

/** What the view of peers says of its rows: how well each is trusted. */
function peerContexts(): readonly string[] {
  assert.match(read('src/editor/peers/peersView.ts'), /contextValue = `peer \$\{peer\.trust\}`;/);
  const union = /^export type Trust = (.+);$/m.exec(read('src/core/peers/peers.ts'))?.[1] ?? '';
  assert.match(read('src/editor/sharing/sharedRows.ts'), /contextValue = isFolder \? 'shared folder' : 'shared file';/);
  return [...all(union, /'(\w+)'/g).map((trust) => `peer ${trust}`), 'shared folder', 'shared file'];
}

/** The same of the view of transfers. */
function transferContexts(): readonly string[] {
  const path = 'src/editor/transfers/transfersView.ts';
  assert.match(read(path), /contextValue = contextOf\(entry\.state\);/);
  const text =
    declaration(path, /^function contextOf\b/m) +
    declaration('src/core/sending/outgoing.ts', /^export function isDone\b/m).slice(7);
  const phases = ['queued', 'reaching', 'waiting', 'moving', 'interrupted', 'away', 'paused', 'delivered', 'failed'];
  const run = `${transformSync(text, { loader: 'ts' }).code}; phases.map((phase) => contextOf({ phase })).join()`;
  assert.match(read('src/editor/transfers/gotRows.ts'), /contextValue = 'got';/);
  return [...String(runInNewContext(run, { phases })).split(','), 'got'];
}

describe('package.json', () => {
  it('contributes the commands that have a handler, and no others', () => {
    const handled = all(commandTables(), /^ {2}'(ferry\.[\w.]+)':/gm);
    assert.ok(handled.length > 10);
    assert.deepEqual(contributed, handled);
    assert.equal(new Set(contributed).size, contributed.length);
  });

  it('gives every command the category Ferry and a title of its own', () => {
    for (const { command, title, category } of contributes.commands) assert.equal(category, 'Ferry', `${command} ${title}`);
    assert.equal(new Set(contributes.commands.map(({ title }) => strings[title.slice(1, -1)])).size, contributed.length);
  });

  it('contributes every command of ours that the code runs or a text links to', () => {
    const called = sources.flatMap((path) =>
      all(read(join('src', path)), /(?:executeCommand\(|command: |\bid: )'(ferry\.[\w.]+)'/g),
    );
    assert.ok(called.length > 5);
    const builtIn = ['ferry.inbox.focus', 'ferry.peers.focus', 'ferry.transfers.focus', 'ferry.messages.focus'];
    assert.deepEqual(
      [...new Set(called)].filter((id) => !contributed.includes(id) && !builtIn.includes(id)),
      [],
    );
    for (const text of Object.values(strings))
      for (const id of all(text, /\(command:(ferry[\w.]+)/g)) assert.ok([...contributed, ...builtIn].includes(id), id);
  });

  it('has each default as the code has it', () => {
    const body = declaration('src/editor/host/settings.ts', /^export const settingDefaults\b/m);
    const defaults = Object.fromEntries(
      [...body.matchAll(/^ {2}'([\w.]+)': (.+),$/gm)].map(([, key = '', value = '']) => [
        key,
        JSON.parse(value.replaceAll("'", '"')) as unknown,
      ]),
    );
    assert.ok(Object.keys(defaults).length > 4);
    assert.deepEqual(Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, setting.default])), defaults);
  });

  it('has the choices that the code knows, each with a name and a description', () => {
    const text = read('src/editor/host/settings.ts');
    const listed = (name: string): string[] =>
      [...(new RegExp(`const ${name}\\b.* = \\[(.+)\\];`).exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
        (match) => match[1] ?? '',
      );
    assert.deepEqual(settings['ferry.visibility']?.enum, listed('visibilities'));
    assert.deepEqual(settings['ferry.receive.action']?.enum, listed('receiveActions'));
    for (const [key, setting] of Object.entries(settings)) {
      if (setting.enum === undefined) continue;
      assert.equal(setting.enumDescriptions?.length, setting.enum.length, key);
      assert.equal(setting.enumItemLabels?.length, setting.enum.length, key);
    }
  });

  it('lets no workspace decide who reaches the person or where files go', () => {
    for (const [key, { scope }] of Object.entries(settings)) assert.match(scope ?? '', /^(application|machine)$/, key);
    for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) assert.ok(key in settings, key);
  });

  it('has a text for every key, and a key for every text', () => {
    assert.deepEqual(all(manifestText, /"%([\w.]+)%"/g), Object.keys(strings).toSorted());
    for (const [key, text] of Object.entries(strings)) assert.ok(text.trim() !== '', key);
    assert.deepEqual(all(manifestText, /"([^"%]*%[^"]*[^"%])"/g), []);
  });

  it('has menus of commands that are there', () => {
    for (const { menu, command } of menus) assert.ok(contributed.includes(command), `${command} in ${menu}`);
  });

  const contextsOf = {
    'ferry.inbox': inboxContexts(),
    'ferry.peers': peerContexts(),
    'ferry.transfers': transferContexts(),
    'ferry.messages': all(read('src/editor/messages/messageRows.ts'), /contextValue = '(\w+)';/g),
  };
  for (const [view, contexts] of Object.entries(contextsOf)) {
    it(`has conditions that rows of ${view} can meet, and something for each of its rows`, () => {
      const entries = menus.filter(({ menu, when = '' }) => menu === 'view/item/context' && when.startsWith(`view == ${view} `));
      const conditions = entries.map(
        ({ command, when = '' }) => [command, /viewItem =~ \/(.+)\/$/.exec(when)?.[1] ?? assert.fail(when)] as const,
      );
      assert.ok(conditions.length > 3 && contexts.length > 1);
      for (const [command, pattern] of conditions) {
        assert.ok(
          contexts.some((context) => new RegExp(pattern).test(context)),
          `${command} is never shown: ${pattern}`,
        );
      }
      for (const context of contexts) {
        assert.ok(
          conditions.some(([, pattern]) => new RegExp(pattern).test(context)),
          `nothing can be done with ${context}`,
        );
      }
    });
  }

  it('shows in the palette only what makes sense without a row', () => {
    const hidden =
      contributes.menus['commandPalette']?.filter(({ when }) => when === 'false').map(({ command }) => command) ?? [];
    const needRow = [
      ...commandTables().matchAll(/^ {2}'([\w.]+)': .*(?:\n {4})?\b(?:withRow|withItem|withTransfer|withPeer)\(/gm),
    ].map((match) => match[1] ?? '');
    assert.ok(needRow.length > 4);
    assert.deepEqual(
      needRow.filter((command) => !hidden.includes(command)),
      [],
    );
  });

  it('is offered to no browser that has no Node behind it', () => {
    assert.deepEqual([manifest.browser, manifest.extensionKind], [undefined, ['ui', 'workspace']]);
  });

  it('has conditions on the phases that presence has', () => {
    const phases = new Set(all(read('src/core/presence.ts'), /readonly phase: '(\w+)'/g));
    assert.ok(phases.size >= 4);
    const asked = all(manifestText, /ferry\.phase [!=]= (\w+)/g);
    assert.ok(asked.length > 1);
    assert.deepEqual(
      asked.filter((phase) => !phases.has(phase)),
      [],
    );
    assert.ok(sources.some((path) => read(join('src', path)).includes("'setContext', 'ferry.phase'")));
  });

  it('names views, files and events that are there', () => {
    const views = Object.values(contributes.views).flat();
    for (const { view } of contributes.viewsWelcome)
      assert.ok(
        views.some(({ id }) => id === view),
        view,
      );
    for (const id of Object.keys(contributes.views))
      assert.ok(
        contributes.viewsContainers.activitybar.some((container) => container.id === id),
        id,
      );
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const files = [
      manifest.icon,
      ...views.map(({ icon }) => icon),
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...steps.map(({ media }) => media.svg),
    ];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
    const stepsFollowed = all(/^const steps = (.+)$/m.exec(read('src/editor/firstSteps.ts'))?.[1] ?? '', /'(\w+)'/g);
    for (const event of steps.flatMap((step) => step.completionEvents)) {
      const [, step = ''] = /^onContext:ferry\.done\.(\w+) && ferry\.page$/.exec(event) ?? [];
      assert.ok(stepsFollowed.includes(step), event);
    }
  });

  it('starts in the background, and cannot be started by a link', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
    assert.ok(!sources.some((path) => read(join('src', path)).includes('registerUriHandler')));
  });

  it('says for each view how it is used by ear and by keyboard', () => {
    for (const { id, accessibilityHelpContent = '' } of Object.values(contributes.views).flat()) {
      const text = strings[accessibilityHelpContent.slice(1, -1)] ?? '';
      assert.match(text, /Each row says|one row for each/, id);
      assert.match(text, /context menu/, id);
    }
  });
});
