// The tools that agents in the editor may use: registered with the window, and loaded with the first call. The editor may skip
// its own question before a call, so whatever would send asks in a dialog of ours.

import * as vscode from 'vscode';

import { type ToolName, toolNames } from '../../core/agents/toolNames.ts';
import type { ApiContext } from './api.ts';

/** Registers the tools. */
export function registerAgentTools(context: ApiContext): vscode.Disposable {
  const registered = toolNames.map((name) =>
    vscode.lm.registerTool(name, {
      invoke: async ({ input }) =>
        new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await call(context, name, input))]),
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function call(context: ApiContext, name: ToolName, input: unknown): Promise<string> {
  const { callTool } = await import('./callTool.ts');
  return callTool(context, name, input);
}
