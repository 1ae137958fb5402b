// JSON-RPC 2.0 as the Model Context Protocol uses it over standard input and output: one message a line, no batches. A line is
// from outside until it passed here; one that does not is answered as section 5.1 of JSON-RPC wants.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { parseJson } from '../wire/messages.ts';

export type RpcId = string | number;

/** What a client sends: a request, a notification, or the answer to a request of this side; `result` is missing of an error. */
export type RpcMessage =
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'answer'; readonly id: RpcId; readonly result?: unknown };

const id = v.union([v.pipe(v.string(), v.maxLength(256)), v.pipe(v.number(), v.safeInteger())]);
const method = v.pipe(v.string(), v.maxLength(256));
const jsonrpc = v.literal('2.0');
const message = v.union([
  v.pipe(
    v.object({ jsonrpc, id, method, params: v.optional(v.unknown()) }),
    v.transform((found): RpcMessage => ({ kind: 'request', id: found.id, method: found.method, params: found.params })),
  ),
  v.pipe(
    // What has an id that is none is no notification: its sender waits for an answer.
    v.object({ jsonrpc, id: v.optional(v.undefined()), method, params: v.optional(v.unknown()) }),
    v.transform((found): RpcMessage => ({ kind: 'notification', method: found.method, params: found.params })),
  ),
  v.pipe(
    v.object({ jsonrpc, id, result: v.unknown() }),
    v.transform((found): RpcMessage => ({ kind: 'answer', id: found.id, result: found.result })),
  ),
  v.pipe(
    v.object({ jsonrpc, id, error: v.looseObject({}) }),
    v.transform((found): RpcMessage => ({ kind: 'answer', id: found.id })),
  ),
]);

/** A line that is no message: the code of the error to answer with, and the id that it names, if it names one. */
export type NoRpc = { readonly kind: 'none'; readonly code: -32_700 | -32_600; readonly id: RpcId | null };

/** Parses a line. Never fails: what is no message is answered. */
export function parseRpc(line: Uint8Array): RpcMessage | NoRpc {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return { kind: 'none', code: -32_700, id: null };
  }
  const result = v.safeParse(message, value);
  if (result.success) return result.output;
  const named = v.safeParse(v.object({ id }), value);
  return { kind: 'none', code: -32_600, id: named.success ? named.output.id : null };
}

const clientHello = v.object({
  protocolVersion: v.pipe(v.string(), v.maxLength(64)),
  capabilities: v.optional(v.looseObject({ elicitation: v.optional(v.looseObject({})) }), {}),
});

/**
 * What a client says of itself in `initialize`: `asks` is whether it can put a question to the person. Fails with
 * ERR_MESSAGE_INVALID.
 */
export function parseClientHello(params: unknown): { readonly version: string; readonly asks: boolean } {
  const { protocolVersion, capabilities } = checked(clientHello, params);
  return { version: protocolVersion, asks: capabilities.elicitation !== undefined };
}

const toolCall = v.object({ name: v.pipe(v.string(), v.maxLength(256)), arguments: v.optional(v.unknown(), {}) });

/** Which tool is called, with which input. Fails with ERR_MESSAGE_INVALID. */
export function parseToolCall(params: unknown): { readonly name: string; readonly input: unknown } {
  const call = checked(toolCall, params);
  return { name: call.name, input: call.arguments };
}

const cancelled = v.object({ requestId: id });

/** Which request was given up. Fails with ERR_MESSAGE_INVALID. */
export function parseCancelled(params: unknown): RpcId {
  return checked(cancelled, params).requestId;
}

const elicited = v.object({ action: v.picklist(['accept', 'decline', 'cancel']), content: v.optional(v.looseObject({})) });

/** Whether the person agreed: only `accept` with the one box ticked is a yes, and anything else that comes back is a no. */
export function isAgreed(result: unknown): boolean {
  const answer = v.safeParse(elicited, result);
  return answer.success && answer.output.action === 'accept' && answer.output.content?.['agree'] === true;
}

function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new FerryError('ERR_MESSAGE_INVALID', 'the parameters do not have their shape');
}
