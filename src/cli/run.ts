// One command from its words to its exit code. Whatever ends it is told in one sentence; Ctrl+C ends it in order, and a second
// one at once.

import { hostname } from 'node:os';

import { isFerryError, toFerryError } from '../core/base/errors.ts';
import type { Log, LogFields } from '../core/base/log.ts';
import { keptName } from '../core/peers/book.ts';
import { allOptions, commandOf, commonOptions, helpOf, overview } from './commands.ts';
import type { Context, Given } from './context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exitCodes.ts';
import { expectNode } from './oldestNode.ts';
import { dataFolder } from './own/dataFolder.ts';
import { type Asked, parseWords, readAsked } from './parseWords.ts';
import { Refusal } from './refusal.ts';
import { Screen } from './terminal/screen.ts';
import { errorWords } from './terminal/words.ts';

/** Put there by the bundler; a checkout has none. */
declare const ferryVersion: string | undefined;
const version = typeof ferryVersion === 'string' ? ferryVersion : '0.0.0-checkout';

/** Runs the command that the words name. Never fails: how it ended is told, and is the exit code. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const interrupt = interruptions();
  const asked = readAsked(words, allOptions());
  const screen = new Screen(process, { json: asked.json, quiet: asked.quiet, onOutputLost: interrupt.giveUp });
  try {
    const end = await ran(words, asked, screen, interrupt).catch((cause: unknown) => ({ cause }));
    const loss = await screen.outputLoss();
    if (loss === 'failed') screen.log('Standard output cannot be written. Free some space, or choose another place.');
    if (loss === 'failed') return exitCodes.disk;
    if (typeof end === 'number') return end;
    // Whoever reads no more wants to hear no more.
    return loss === 'gone' ? exitCodes.cancelled : failed(screen, end.cause, interrupt.signal);
  } finally {
    screen.close();
    interrupt.end();
  }
}

async function ran(words: readonly string[], asked: Asked, screen: Screen, interrupt: Interruptions): Promise<ExitCode> {
  const [name = '', about = ''] = asked.words;
  if (name === '' && asked.version) return told(screen, version, { event: 'version', version });
  if (name === '' && (asked.help || !screen.isTerminal)) return toldHelp(screen, asked, '');
  if (name === 'help' || asked.help) return toldHelp(screen, asked, name === 'help' ? about : name);
  expectNode(process.versions.node);
  const command = commandOf(name === '' ? 'prompt' : name);
  const given = parseWords(words, name, { ...commonOptions, ...command.options }, command.takes);
  const runIt = await command.load();
  return runIt(contextOf(screen, given, interrupt), given);
}

function told(screen: Screen, words: string, fact: { readonly event: string } & Record<string, unknown>): ExitCode {
  screen.result(words, fact);
  return exitCodes.done;
}

/** Help that was asked for is a result; where a command is missing it says so. */
function toldHelp(screen: Screen, asked: Asked, name: string): ExitCode {
  const isAsked = asked.help || asked.words[0] === 'help';
  const text = name === '' ? overview() : helpOf(name);
  if (isAsked) return told(screen, text, { event: 'help', text });
  screen.error(text, { event: 'error', exit: exitCodes.usage, message: 'No command was given.' });
  return exitCodes.usage;
}

function contextOf(screen: Screen, given: Given, { signal, within }: Interruptions): Context {
  return {
    ...{ screen, signal, within, version },
    log: logTo(screen, given.is('verbose')),
    data: dataFolder(given.text('data')),
    name: keptName(given.text('own-name')?.trim() || hostname() || 'ferry'),
    isLocal: given.is('local'),
    keyPassphraseFile: given.text('key-passphrase-file') ?? process.env['FERRY_KEY_PASSPHRASE_FILE'],
  };
}

/** A line for each, without contents and secrets; none where nobody wants to see them. */
function logTo(screen: Screen, isVerbose: boolean): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      if (!isVerbose) return;
      const told = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
      screen.log(`${new Date().toISOString()} ${level} ${message}${told.join('')}`);
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function failed(screen: Screen, cause: unknown, signal: AbortSignal): ExitCode {
  if (cause instanceof Refusal) {
    const { message, exitCode, lines } = cause;
    screen.error([message, ...lines].join('\n'), {
      event: 'error',
      exit: exitCode,
      message,
      ...(lines.length > 0 ? { lines } : {}),
    });
    return exitCode;
  }
  const error = toFerryError(cause);
  const exit = signal.aborted ? exitCodes.cancelled : exitCodeOf(error.code);
  const message = signal.aborted || error.code === 'ERR_CANCELLED' ? 'Cancelled.' : errorWords(error);
  screen.error(message, { event: 'error', exit, code: error.code, message });
  if (!isFerryError(cause) && cause instanceof Error && process.argv.includes('--verbose')) screen.log(cause.stack ?? '');
  return exit;
}

type Interruptions = Pick<Context, 'signal' | 'within'> & {
  /** Ends everything, as Ctrl+C does. */
  readonly giveUp: () => void;
  readonly end: () => void;
};

function interruptions(): Interruptions {
  const all = new AbortController();
  let current = all;
  const onSignal = (): void => {
    if (current.signal.aborted) process.exit(exitCodes.cancelled);
    current.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: all.signal,
    giveUp: () => all.abort(),
    within: async (work) => {
      const outer = current;
      current = new AbortController();
      try {
        return await work(AbortSignal.any([outer.signal, current.signal]));
      } finally {
        current = outer;
      }
    },
    end: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
