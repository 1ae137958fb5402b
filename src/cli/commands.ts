// Every command of the command line: its words, its options, what it is for, and where it is. Loaded with the first word, so
// nothing heavy stands here.

import { plain } from '../core/text/safeText.ts';
import type { Command } from './context.ts';
import type { Options, Takes } from './parseWords.ts';
import { misused } from './refusal.ts';

export type CommandEntry = {
  /** How it is called, after "ferry". */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  readonly takes: Takes;
  readonly options: Options;
  readonly load: () => Promise<Command>;
};

/** Options that every command has. */
export const commonOptions: Options = {
  data: { value: 'DIR', help: 'the folder with identity, peers and transfers' },
  'own-name': { value: 'NAME', help: 'what this side calls itself; the name of the machine otherwise' },
  local: { help: 'use this machine alone, and nothing of the network' },
  'key-passphrase-file': {
    value: 'FILE',
    help: 'the passphrase that the identity is sealed with (or FERRY_KEY_PASSPHRASE_FILE)',
  },
  json: { help: 'one JSON object a line' },
  quiet: { help: 'tell results and errors alone' },
  verbose: { help: 'log what happens' },
  help: { short: 'h', help: 'show this' },
};

const timeout: Options = { timeout: { value: 'SECONDS', help: 'how long to look for the peer and to wait for an answer' } };
const sealing: Options = {
  encrypt: { help: "seal it for the peer's key" },
  'passphrase-file': { value: 'FILE', help: 'seal it for the passphrase in this file' },
};
const name = { value: 'NAME', help: 'what standard input is called' };
const output = { value: 'FILE', help: 'where it goes; - is standard output' };
const into: Options = { into: { value: 'DIR', help: 'where files go; the folder Ferry among your downloads otherwise' } };
const port: Options = { port: { value: 'NUMBER', help: 'the TCP port to listen on; any that is free otherwise' } };

/**
 * Every command by its name. Tests hold the document to it.
 * @internal
 */
export const entries: Readonly<Record<string, CommandEntry>> = {
  peers: {
    usage: 'peers',
    summary: 'who is there, how far each is trusted, and where',
    takes: { least: 0, most: 0 },
    options: timeout,
    load: async () => (await import('./commands/peers/peers.ts')).peers,
  },
  send: {
    usage: 'send PATH… --to PEER',
    summary: 'send files and folders, or standard input as - with --name',
    takes: { least: 1, most: 10_000 },
    options: {
      to: { value: 'PEER', help: 'a name, a fingerprint, an ID, an invite or an address' },
      name,
      ...sealing,
      ...timeout,
      'with-ignored': { help: 'send what .gitignore names as well' },
      'with-secrets': { help: 'send what looks like a secret as well' },
    },
    load: async () => (await import('./commands/send.ts')).send,
  },
  receive: {
    usage: 'receive',
    summary: 'take what peers send, until Ctrl+C',
    takes: { least: 0, most: 0 },
    options: {
      once: { help: 'end with the first transfer' },
      accept: { value: 'WHAT', help: 'paired: paired peers without a question; ask: nobody without one; none: nothing' },
      'with-runnable': { help: 'take from paired peers without a question what can run by itself as well' },
      ...into,
      print: { help: 'write what comes to standard output, and save it only with --into' },
      ...port,
    },
    load: async () => (await import('./commands/receive.ts')).receive,
  },
  pair: {
    usage: 'pair [PEER]',
    summary: 'compare six digits with a peer, or wait for one who wants to',
    takes: { least: 0, most: 1 },
    options: { ...timeout, ...port },
    load: async () => (await import('./commands/peers/pair.ts')).pair,
  },
  invite: {
    usage: 'invite',
    summary: 'a link with your ID, and where you listen with --port',
    takes: { least: 0, most: 0 },
    options: { port: { value: 'NUMBER', help: 'the TCP port that you listen on' } },
    load: async () => (await import('./commands/peers/invite.ts')).invite,
  },
  trust: {
    usage: 'trust ID',
    summary: 'pair with the owner of an ID or an invite that came by a way that you trust',
    takes: { least: 1, most: 1 },
    options: {},
    load: async () => (await import('./commands/peers/trust.ts')).trust,
  },
  dict: {
    usage: 'dict FILE',
    summary: 'read a file, or - for standard input, as a dictionary, and write or send it in another format',
    takes: { least: 1, most: 1 },
    options: {
      as: { value: 'FORMAT', help: 'json, xml or cbor; json otherwise' },
      to: { value: 'PEER', help: 'send it' },
      output,
      ...sealing,
      ...timeout,
    },
    load: async () => (await import('./commands/files/dict.ts')).dict,
  },
  seal: {
    usage: 'seal FILE',
    summary: 'a sealed copy of a file, beside it, without sending it; of - on standard output',
    takes: { least: 1, most: 1 },
    options: {
      for: { value: 'PEER', help: 'who can open it' },
      name,
      'passphrase-file': { value: 'FILE', help: 'the passphrase that opens it' },
      output,
    },
    load: async () => (await import('./commands/files/seal.ts')).seal,
  },
  open: {
    usage: 'open FILE',
    summary: 'what is in a sealed file, under its own name; - is standard input',
    takes: { least: 1, most: 1 },
    options: { 'passphrase-file': { value: 'FILE', help: 'the passphrase that it was sealed with' }, output },
    load: async () => (await import('./commands/files/open.ts')).open,
  },
  share: {
    usage: 'share DIR',
    summary: 'share a folder with paired peers, until Ctrl+C',
    takes: { least: 1, most: 1 },
    options: { with: { value: 'PEER', help: 'share it with this peer alone' }, ...port },
    load: async () => (await import('./commands/share.ts')).share,
  },
  list: {
    usage: 'list PEER [ENTRY]',
    summary: 'what a peer shares with you, or what is in a folder of it',
    takes: { least: 1, most: 2 },
    options: timeout,
    load: async () => (await import('./commands/list.ts')).list,
  },
  get: {
    usage: 'get PEER ENTRY…',
    summary: 'get what a peer shares: files and folders as "ferry list" names them',
    takes: { least: 2, most: 1000 },
    options: { ...into, print: { help: 'write it to standard output, and save it only with --into' }, ...timeout },
    load: async () => (await import('./commands/get.ts')).get,
  },
  message: {
    usage: 'message PEER TEXT…',
    summary: 'write to a peer; - as the text is standard input',
    takes: { least: 2, most: 1000 },
    options: timeout,
    load: async () => (await import('./commands/message.ts')).message,
  },
  prompt: {
    usage: 'prompt',
    summary: 'put, list, get and message, one after the other; "ferry" alone in a terminal does the same',
    takes: { least: 0, most: 0 },
    options: into,
    load: async () => (await import('./commands/prompt.ts')).prompt,
  },
  doctor: {
    usage: 'doctor [PEER]',
    summary: 'why peers do not find or reach each other, and what to do',
    takes: { least: 0, most: 1 },
    options: { whole: { help: 'with names, addresses and IDs, which a report for others leaves out' }, ...port },
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  mcp: {
    usage: 'mcp',
    summary: 'serve agents over standard input and output; you are asked before anything leaves',
    takes: { least: 0, most: 0 },
    options: {},
    load: async () => (await import('./commands/mcp.ts')).mcp,
  },
};

/** The command of this name. Refuses one that there is not. */
export function commandOf(name: string): CommandEntry {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined) {
    throw misused(`There is no command ${plain(name)}. There are ${Object.keys(entries).join(', ')} and help.`);
  }
  return entry;
}

/** Every option that there is; one that several commands have takes a value with each or with none. */
export function allOptions(): Options {
  return Object.assign({}, ...Object.values(entries).map(({ options }) => options), commonOptions) as Options;
}

/** What there is. */
export function overview(): string {
  const commands = Object.values(entries).map(({ usage, summary }) => [`ferry ${usage}`, summary] as const);
  return [
    'Carries files straight from peer to peer over the local network.',
    '',
    ...columns(commands),
    '',
    'Options of every command:',
    ...columns(optionRows(commonOptions)),
    '',
    'ferry help COMMAND shows the options of one. docs/CLI.md has it all, with the exit codes.',
  ].join('\n');
}

/** How one command is used. Refuses one that there is not. */
export function helpOf(name: string): string {
  const { usage, summary, options } = commandOf(name);
  return [`ferry ${usage}`, `  ${summary}`, '', ...columns(optionRows({ ...options, ...commonOptions }))].join('\n');
}

function optionRows(options: Options): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([name, { value, short, help }]) => [
    `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
