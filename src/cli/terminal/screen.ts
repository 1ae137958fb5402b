// What a person or a script gets to see: results on standard output, everything else on standard error, and with `--json` one
// object a line. Progress and questions need a terminal to be at their best, and are plain lines without one.

import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { escaped, printable } from '../../core/text/safeText.ts';
import { misused } from '../refusal.ts';

/** One line of `--json`: what happened, and facts about it. */
export type Fact = { readonly event: string } & Readonly<Record<string, unknown>>;

type Input = Readable & { readonly isTTY?: boolean | undefined };
type Output = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

/** The three streams of the process. */
export type Streams = { readonly stdin: Input; readonly stdout: Output; readonly stderr: Output };

export type ScreenOptions = {
  readonly json: boolean;
  /** Whether only results and errors are told. */
  readonly quiet: boolean;
  /** Called once standard output takes nothing any more. */
  readonly onOutputLost?: () => void;
};

/** What became of standard output: `gone` where nobody reads any more, as `head` does, `failed` where the disk is full. */
type OutputLoss = 'gone' | 'failed';

const progressEveryMs = 100;
const jsonProgressEveryMs = 250;

export class Screen {
  readonly #streams: Streams;
  readonly #options: ScreenOptions;
  #isDrawn = false;
  #drawnAt = -Infinity;
  #lines: LineReader | undefined;
  #asking: Promise<unknown> = Promise.resolve();
  #lost: OutputLoss | undefined;
  #isForContent = false;

  constructor(streams: Streams, options: ScreenOptions) {
    this.#streams = streams;
    this.#options = options;
    streams.stderr.on('error', () => undefined);
    streams.stdout.on('error', (cause) => {
      this.#lost ??= systemCodeOf(cause) === 'EPIPE' ? 'gone' : 'failed';
      options.onOutputLost?.();
    });
  }

  /** Keeps standard output for content: results stand on standard error from here on. Refuses where facts go there. */
  keepForContent(): void {
    if (this.#options.json) throw misused('Both are for standard output: what --json tells, and the content. Choose one.');
    this.#isForContent = true;
  }

  /** What became of standard output, once all that was written has gone there; undefined where it took everything. */
  async outputLoss(): Promise<OutputLoss | undefined> {
    if (!this.#streams.stdout.destroyed) await new Promise<void>((resolve) => this.#streams.stdout.write('', () => resolve()));
    return this.#lost;
  }

  /** Whether somebody sits there. */
  get isTerminal(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** Whether standard output is a terminal, where control characters would be obeyed. */
  get showsOutput(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** What was asked for. */
  result(words: string, fact: Fact): void {
    this.#clear();
    if (this.#options.json) this.#tell(fact);
    else (this.#isForContent ? this.#streams.stderr : this.#streams.stdout).write(`${words}\n`);
  }

  /** What happens meanwhile. */
  note(words: string, fact?: Fact): void {
    this.#clear();
    if (this.#options.json) {
      if (fact !== undefined) this.#tell(fact);
    } else if (!this.#options.quiet) this.#streams.stderr.write(`${words}\n`);
  }

  /** Why a command failed. It is told whatever the options say. */
  error(words: string, fact: Fact): void {
    this.#clear();
    if (this.#options.json) this.#tell(fact);
    else this.#streams.stderr.write(`${words}\n`);
  }

  /** A line of the log, whatever is in it. */
  log(line: string): void {
    this.#clear();
    this.#streams.stderr.write(`${printable(line)}\n`);
  }

  /** How far something is: one line that is written over, on a terminal alone. `words` is asked for only where it is shown. */
  progress(words: () => string, fact: () => Fact): void {
    const { json, quiet } = this.#options;
    const { stderr } = this.#streams;
    const now = performance.now();
    if (now - this.#drawnAt < (json ? jsonProgressEveryMs : progressEveryMs)) return;
    if (!json && (quiet || stderr.isTTY !== true)) return;
    this.#drawnAt = now;
    if (json) this.#tell(fact());
    else {
      const room = (stderr.columns ?? 80) - 1;
      stderr.write(`\r\u001b[K${Array.from(words()).slice(0, room).join('')}`);
      this.#isDrawn = true;
    }
  }

  /** Bytes as they are, to standard output, which has them then. Fails with ERR_CANCELLED where it takes no more. */
  async write(bytes: Uint8Array | string): Promise<void> {
    this.#clear();
    await new Promise<void>((resolve, reject) => {
      this.#streams.stdout.write(bytes, (cause) => {
        if (cause === null || cause === undefined) resolve();
        else reject(new FerryError('ERR_CANCELLED', 'standard output takes no more', { cause }));
      });
    });
  }

  /**
   * Asks for a line; one question after the other. Undefined where nobody is there to answer: the input has ended, or `signal`
   * has.
   */
  ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = this.#asking.then(async () => {
      if (signal.aborted) return undefined;
      this.#clear();
      this.#lines ??= new LineReader(this.#streams, this.isTerminal);
      return this.#lines.next(question, signal);
    });
    this.#asking = answer;
    return answer;
  }

  /** Asks whether something is so; undefined as in `ask`. Anything but a yes is a no. */
  async confirm(question: string, signal: AbortSignal): Promise<boolean | undefined> {
    const answer = await this.ask(`${question} [y/N] `, signal);
    return answer === undefined ? undefined : /^y(es)?$/i.test(answer.trim());
  }

  /** Reads no more of the input, which would hold the process up. */
  close(): void {
    this.#clear();
    this.#lines?.close();
  }

  /** Whatever is in it, nothing of the line is obeyed by a terminal, and every reader of JSON finds the same in it. */
  #tell(fact: Fact): void {
    this.#streams.stdout.write(`${escaped(JSON.stringify(fact))}\n`);
  }

  #clear(): void {
    if (this.#isDrawn) this.#streams.stderr.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}

/** The lines of an input, one for each question. */
class LineReader {
  readonly #reader: Interface;
  readonly #output: Output;
  readonly #isTerminal: boolean;
  readonly #waiting: string[] = [];
  #wake: (line: string | undefined) => void = () => undefined;
  #ended = false;

  constructor({ stdin, stderr }: Streams, isTerminal: boolean) {
    this.#output = stderr;
    this.#isTerminal = isTerminal;
    this.#reader = createInterface({ input: stdin, output: stderr, terminal: isTerminal });
    this.#reader.on('line', (line) => {
      this.#waiting.push(line);
      this.#wake(undefined);
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      this.#wake(undefined);
    });
    // Where lines are edited, the terminal hands Ctrl+C over as a key: so it is read between questions too.
    this.#reader.on('SIGINT', () => process.emit('SIGINT'));
  }

  async next(question: string, signal: AbortSignal): Promise<string | undefined> {
    // What was typed before the question is no answer to it; what a script sends is.
    if (this.#isTerminal) this.#waiting.length = 0;
    if (this.#isTerminal) {
      this.#reader.setPrompt(question);
      this.#reader.prompt();
    } else this.#output.write(question);
    const wake = (): void => this.#wake(undefined);
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (this.#waiting.length === 0 && !this.#ended && !signal.aborted) {
        await new Promise((resolve) => {
          this.#wake = resolve;
        });
      }
      const line = signal.aborted ? undefined : this.#waiting.shift();
      if (line === undefined || !this.#isTerminal) this.#output.write('\n');
      return line;
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  close(): void {
    this.#reader.close();
  }
}
