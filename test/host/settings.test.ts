// Settings whose values Ferry cannot use: told once, with a safe value in their place.

import assert from 'node:assert/strict';
import { hostname } from 'node:os';

import * as vscode from 'vscode';

import { ofMachine } from '../../src/editor/host/wrongSettings.ts';
import { eventually } from '../support/temp.ts';
import { setScene } from './scene.ts';

describe('A setting that does not fit', () => {
  const scene = setScene();
  const { says, set, online } = scene;
  const told = (): number => scene.person.shown.filter(({ text }) => /cannot use the values/.test(text)).length;

  it('is named once with what counts instead, until it fits again', async () => {
    await set('ferry.visibility', 'everybody');
    assert.match(await says(/cannot use the values/), /ferry\.visibility \("thisMachine"\)\.$/);
    await online();
    const { state } = scene.api.presence;
    assert.equal(state.phase === 'online' && state.visibility, 'thisMachine');
    await set('ferry.network.port', 70_000);
    await eventually(scene.person.onDidSee, () => (told() === 2 ? true : undefined), 'the second one is told');
    assert.match(scene.person.shown.at(-1)?.text ?? '', /: ferry\.network\.port \(0\)\.$/);
    await set('ferry.network.port', 0);
    await set('ferry.network.port', -1);
    await eventually(scene.person.onDidSee, () => (told() === 3 ? true : undefined), 'it is told again');
    await online();
  });

  it('never does less than the person may have wanted', async () => {
    await set('ferry.network.discovery', 'Off');
    assert.match(await says(/cannot use the values/), /ferry\.network\.discovery \("hidden"\)/);
    await set('ferry.send.encrypt', 'allways');
    assert.match(await says(/send\.encrypt/), /ferry\.send\.encrypt \("ask"\)/);
    await online();
  });

  it('is opened in the settings where the person wants to change it', async () => {
    scene.person.answer(/cannot use the values/, 'Open Settings');
    const opened = (): true | undefined =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'Settings')) ? true : undefined;
    await set('ferry.history.days', 0);
    await says(/history\.days \(30\)/);
    await eventually(vscode.window.tabGroups.onDidChangeTabs, opened, 'the settings are open');
  });
});

describe('A setting of scope machine', () => {
  it('is known as one, for editors show those of another machine apart', () => {
    const { contributes } = vscode.extensions.getExtension('ferry.vscode-ferry')?.packageJSON as Manifest;
    for (const { properties } of contributes.configuration) {
      for (const [key, { scope }] of Object.entries(properties)) assert.equal(ofMachine.test(key), scope === 'machine', key);
    }
  });
});

type Manifest = {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { scope: string }>> }[];
  };
};

describe('The own name', () => {
  const scene = setScene();
  const name = (): unknown => vscode.workspace.getConfiguration().get('ferry.displayName');

  it('is what the person types, until they type nothing; leaving it as it is does not choose it', async () => {
    await scene.set('ferry.displayName', undefined);
    await vscode.commands.executeCommand('ferry.setName');
    assert.equal(name(), '');
    for (const [typed, kept] of [
      [hostname(), ''],
      [' Ada ', 'Ada'],
      ['', ''],
    ] as const) {
      scene.replacePerson().type(/^Your name$/, () => typed);
      await vscode.commands.executeCommand('ferry.setName');
      assert.equal(name(), kept, typed);
    }
  });
});
