// Shows that these tests run inside a real VS Code.

import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { say } from './lib/suite.ts';

describe('the host', () => {
  it('is a real VS Code', () => {
    assert.match(vscode.version, /^1\.\d+\.\d+/);
    say(`  VS Code ${vscode.version}, Node ${process.versions.node}`);
  });
});
