// What a command is, and what it is given: the options that all have in common, the screen, and the signal that ends with Ctrl+C.

import type { Log } from '../core/base/log.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Screen } from './terminal/screen.ts';

export type Context = {
  readonly screen: Screen;
  /** Ends when the person wants the command to end. */
  readonly signal: AbortSignal;
  /** Does a part of the command that Ctrl+C ends instead of all of it. */
  readonly within: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly log: Log;
  /** The folder with identity, book and journal. */
  readonly data: string;
  /** What this side calls itself. */
  readonly name: string;
  /** Whether nothing of the network is used but this machine. */
  readonly isLocal: boolean;
  /** The file with the passphrase of the identity, where it has one. */
  readonly keyPassphraseFile: string | undefined;
  readonly version: string;
};

/** The words and options of one command, as they were typed. */
export type Given = {
  readonly words: readonly string[];
  /** The value of an option; undefined where it was not given. */
  readonly text: (option: string) => string | undefined;
  /** Whether an option without a value was given. */
  readonly is: (option: string) => boolean;
};

/** Runs a command; gives its exit code. Fails with a FerryError or a Refusal. */
export type Command = (context: Context, given: Given) => Promise<ExitCode>;
