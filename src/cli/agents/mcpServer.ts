// A server of the Model Context Protocol over two streams (modelcontextprotocol.io, revision 2025-06-18): it answers who it is,
// which tools there are, and calls of them. A tool that would send asks the person by an elicitation, which the client has to
// be able to show.

import {
  isAgreed,
  parseCancelled,
  parseClientHello,
  parseRpc,
  parseToolCall,
  type RpcId,
  type RpcMessage,
} from '../../core/agents/rpc.ts';
import { type ToolName, toolNames } from '../../core/agents/toolNames.ts';
import { agentTools } from '../../core/agents/tools.ts';
import { FerryError, isFerryError } from '../../core/base/errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';

/** Puts a question to the person; true only where they agree. Refuses where the client cannot ask. */
export type AskPerson = (question: string) => Promise<boolean>;

export type McpOptions = {
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes a line. */
  readonly write: (line: string) => void;
  readonly version: string;
  /** Does what a tool does; gives the text for the model. What it fails with becomes an answer that says so. */
  readonly call: (tool: ToolName, input: unknown, ask: AskPerson, signal: AbortSignal) => Promise<string>;
  /** What went wrong, as the model shall read it. */
  readonly errorWords: (error: unknown) => string;
};

const revision = '2025-06-18';
const lineBytes = 1024 * 1024;
const runningAtMost = 16;

/** Serves until the input ends. Refuses where a line has no end. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const server = new McpServer(options);
  for await (const line of linesOf(options.input)) server.take(line);
  await server.end();
}

class McpServer {
  readonly #options: McpOptions;
  readonly #running = new Map<RpcId, AbortController>();
  readonly #work = new Set<Promise<void>>();
  readonly #asked = new Map<RpcId, (result: unknown) => void>();
  #asks = false;
  #count = 0;

  constructor(options: McpOptions) {
    this.#options = options;
  }

  /** Takes a line. Calls run side by side. */
  take(line: Uint8Array): void {
    const message = parseRpc(line);
    if (message.kind === 'none') this.#write({ id: message.id, error: { code: message.code, message: 'This is no message.' } });
    else if (message.kind === 'answer') this.#asked.get(message.id)?.(message.result);
    else if (message.kind === 'notification') this.#notified(message);
    else this.#follow(this.#answer(message));
  }

  /** The client is gone: what runs is given up, and nobody agrees any more. */
  async end(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort();
    for (const answer of this.#asked.values()) answer(undefined);
    await Promise.all(this.#work);
  }

  #notified({ method, params }: { readonly method: string; readonly params: unknown }): void {
    if (method !== 'notifications/cancelled') return;
    try {
      this.#running.get(parseCancelled(params))?.abort();
    } catch {
      // It cancels nothing that there is.
    }
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => this.#work.delete(followed));
    this.#work.add(followed);
  }

  async #answer({ id, method, params }: Extract<RpcMessage, { kind: 'request' }>): Promise<void> {
    try {
      const result = await this.#resultOf(id, method, params);
      if (result !== undefined) this.#write({ id, result });
    } catch (cause) {
      const isShape = isFerryError(cause) && cause.code === 'ERR_MESSAGE_INVALID';
      const code = cause instanceof UnknownMethod ? -32601 : isShape ? -32602 : -32603;
      this.#write({ id, error: { code, message: cause instanceof Error ? cause.message : 'It failed.' } });
    }
  }

  /** What is answered; undefined where the client has given the request up and wants no answer. */
  async #resultOf(id: RpcId, method: string, params: unknown): Promise<object | undefined> {
    switch (method) {
      case 'initialize':
        this.#asks = parseClientHello(params).asks;
        return {
          protocolVersion: revision,
          capabilities: { tools: {} },
          serverInfo: { name: 'ferry', version: this.#options.version },
          instructions: 'Lists peers and received items on the local network, and proposes to send. The person decides.',
        };
      case 'ping':
        return {};
      case 'tools/list':
        return {
          tools: toolNames.map((name) => ({ name, ...agentTools[name], annotations: { readOnlyHint: !isProposal(name) } })),
        };
      case 'tools/call':
        return this.#call(id, params);
      default:
        throw new UnknownMethod(`there is no method ${method}`);
    }
  }

  async #call(id: RpcId, params: unknown): Promise<object | undefined> {
    const { name, input } = parseToolCall(params);
    const tool = toolNames.find((one) => one === name);
    if (tool === undefined) throw new FerryError('ERR_MESSAGE_INVALID', 'there is no such tool');
    if (this.#running.has(id) || this.#running.size >= runningAtMost) {
      throw new FerryError('ERR_BUSY', 'too many calls run already');
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const ask: AskPerson = (question) => this.#ask(question, controller.signal);
      const text = await this.#options.call(tool, input, ask, controller.signal);
      return controller.signal.aborted ? undefined : { content: [textOf(text)] };
    } catch (cause) {
      return controller.signal.aborted ? undefined : { content: [textOf(this.#options.errorWords(cause))], isError: true };
    } finally {
      this.#running.delete(id);
    }
  }

  async #ask(question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.#asks) {
      throw new Refusal(exitCodes.notTrusted, 'This client cannot ask the person, so nothing was sent. Send it by "ferry send".');
    }
    const id = `ask-${(this.#count += 1)}`;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    // A dialog that nobody waits for any more is closed.
    const given = (): void => {
      this.#write({ method: 'notifications/cancelled', params: { requestId: id } });
      resolve(undefined);
    };
    this.#asked.set(id, resolve);
    signal.addEventListener('abort', given, { once: true });
    const agree = { type: 'boolean', title: 'Send it', default: false };
    const requestedSchema = { type: 'object', properties: { agree }, required: ['agree'] };
    this.#write({ id, method: 'elicitation/create', params: { message: question, requestedSchema } });
    try {
      return isAgreed(await promise) && !signal.aborted;
    } finally {
      this.#asked.delete(id);
      signal.removeEventListener('abort', given);
    }
  }

  #write(message: object): void {
    this.#options.write(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }
}

class UnknownMethod extends Error {}

function isProposal(name: ToolName): boolean {
  return name.startsWith('ferry_propose_');
}

function textOf(text: string): object {
  return { type: 'text', text };
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      if (line.toString().trim() !== '') yield line;
    }
    if (rest.length > lineBytes) throw new Refusal(exitCodes.broken, 'The client sends a line that has no end.');
  }
}
