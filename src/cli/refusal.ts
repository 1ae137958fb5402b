// What the command line itself refuses: one sentence for the person, and the exit code for the script.

import { type ExitCode, exitCodes } from './exitCodes.ts';

/** Ends a command. `message` is the sentence that is shown; `lines` stand below it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: ExitCode;
  readonly lines: readonly string[];

  constructor(exitCode: ExitCode, message: string, lines: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

/** A command line that makes no sense. */
export function misused(message: string): Refusal {
  return new Refusal(exitCodes.usage, message);
}
