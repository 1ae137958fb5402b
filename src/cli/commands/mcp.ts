// `ferry mcp`: serves agents outside an editor over standard input and output, by the Model Context Protocol.

import { toFerryError } from '../../core/base/errors.ts';
import { agentCalls } from '../agents/agentCalls.ts';
import { serveMcp } from '../agents/mcpServer.ts';
import type { Command } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { withPeer } from '../own/ownPeer.ts';
import { Refusal } from '../refusal.ts';
import { errorWords } from '../terminal/words.ts';

export const mcp: Command = async (context) => {
  // Every line of standard output is a message to the client.
  context.screen.keepForContent();
  return withPeer(context, { presence: 'looks' }, async (own) => {
    const { directory } = own.session;
    const following = directory.onDidChange(() => void directory.greetNew());
    const end = (): void => void process.stdin.destroy();
    context.signal.addEventListener('abort', end, { once: true });
    try {
      await serveMcp({
        ...{ input: process.stdin, version: context.version, call: agentCalls(context, own) },
        write: (line) => void process.stdout.write(`${line}\n`),
        errorWords: (error) =>
          error instanceof Refusal ? [error.message, ...error.lines].join('\n') : errorWords(toFerryError(error)),
      });
    } finally {
      following.dispose();
      context.signal.removeEventListener('abort', end);
    }
    return context.signal.aborted ? exitCodes.cancelled : exitCodes.done;
  });
};
