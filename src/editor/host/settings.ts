// Ferry's settings: each with its key, its default (the same as in package.json) and the one place where its value is read and
// checked. A value that does not fit counts as the default and is named once in the log.

import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';

import * as vscode from 'vscode';

import type { Log } from '../../core/base/log.ts';
import type { FormatId } from '../../core/dictionary/formats/format.ts';
import { keptName } from '../../core/peers/book.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { type AutoAccept, autoAcceptKinds } from '../../core/peers/peers.ts';
import type { UnknownPeers } from '../../core/peers/trust.ts';
import type { DiscoveryChoice, PresenceConfig, Visibility } from '../../core/presence.ts';
import type { ReceiveAction } from '../../core/receiving/entry.ts';

/** Every setting with its default. */
export const settingDefaults = {
  'ferry.visibility': 'thisMachine',
  'ferry.displayName': '',
  'ferry.history.days': 30,
  'ferry.receive.action': 'save',
  'ferry.receive.folder': '',
  'ferry.receive.keepSealed': false,
  'ferry.send.encrypt': 'never',
  'ferry.send.leaveOutIgnored': true,
  'ferry.share.confirm': false,
  'ferry.dictionary.format': 'json',
  'ferry.trust.unknownPeers': 'ask',
  'ferry.trust.autoAccept': {},
  'ferry.network.discovery': 'on',
  'ferry.network.port': 0,
  'ferry.network.interfaces': [],
} as const;

type Key = keyof typeof settingDefaults;

const visibilities: readonly Visibility[] = ['off', 'thisMachine', 'network'];
const discoveryChoices: readonly DiscoveryChoice[] = ['on', 'hidden', 'off'];
const receiveActions: readonly (ReceiveAction | 'ask')[] = ['ask', 'print', 'save', 'printAndSave', 'open'];

export type SendEncrypt = 'never' | 'ask' | 'always';
const unknownPeersChoices: readonly UnknownPeers[] = ['ask', 'pairFirst', 'refuse'];
const dictionaryFormats: readonly ('json' | 'xml' | 'binary' | 'ask')[] = ['json', 'xml', 'binary', 'ask'];
const sendEncrypts: readonly SendEncrypt[] = ['never', 'ask', 'always'];

export class Settings {
  readonly #log: Log;
  readonly #named = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** How this window presents itself to the network. */
  presence(): PresenceConfig {
    return {
      visibility: this.#oneOf('ferry.visibility', visibilities),
      discovery: this.#oneOf('ferry.network.discovery', discoveryChoices),
      port: this.#read('ferry.network.port', isPort),
      interfaces: this.#read('ferry.network.interfaces', isTextList),
    };
  }

  /** The name that peers see; never longer than the protocol allows. */
  displayName(): string {
    return keptName(this.#read('ferry.displayName', isText).trim() || hostname() || 'Ferry');
  }

  /** How many days what has ended stays in the lists. */
  historyDays(): number {
    return this.#read('ferry.history.days', isDays);
  }

  receiveAction(): ReceiveAction | 'ask' {
    return this.#oneOf('ferry.receive.action', receiveActions);
  }

  /** Whether items stay sealed as they come. */
  keepSealed(): boolean {
    return this.#read('ferry.receive.keepSealed', isTruth);
  }

  /** What the plain send command does about encryption. */
  /** Whether a folder goes without what `.gitignore` files and the editor's own settings hide. */
  leaveOutIgnored(): boolean {
    return this.#read('ferry.send.leaveOutIgnored', isTruth);
  }

  sendEncrypt(): SendEncrypt {
    return this.#oneOf('ferry.send.encrypt', sendEncrypts);
  }

  /** The format in which dictionaries are sent; `binary` is CBOR. */
  dictionaryFormat(): FormatId | 'ask' {
    const format = this.#oneOf('ferry.dictionary.format', dictionaryFormats);
    return format === 'binary' ? 'cbor' : format;
  }

  /** Whether the person is asked before a peer gets something of a shared folder. */
  confirmsGets(): boolean {
    return this.#read('ferry.share.confirm', isTruth);
  }

  /** What peers that were never met may do. */
  unknownPeers(): UnknownPeers {
    return this.#oneOf('ferry.trust.unknownPeers', unknownPeersChoices);
  }

  /** What is accepted unasked from one paired peer: the rule under its ID, else the one for all. */
  autoAccept(peer: PeerId): AutoAccept | undefined {
    const rules = this.#read('ferry.trust.autoAccept', isRules);
    return ruleOf(rules[peer] ?? rules['*']);
  }

  /** The folder for received files, absolute. */
  receiveFolder(downloads: string): string {
    const chosen = this.#read(
      'ferry.receive.folder',
      (value): value is string => isText(value) && (value === '' || isAbsolute(value)),
    );
    return chosen === '' ? join(downloads, 'Ferry') : chosen;
  }

  /** Whether the person has said who can reach them, whatever they said. */
  isVisibilityChosen(): boolean {
    return vscode.workspace.getConfiguration().inspect('ferry.visibility')?.globalValue !== undefined;
  }

  setVisibility(visibility: Visibility): Thenable<void> {
    return vscode.workspace.getConfiguration().update('ferry.visibility', visibility, vscode.ConfigurationTarget.Global);
  }

  #oneOf<T extends string>(key: Key, allowed: readonly T[]): T {
    return this.#read(key, (value): value is T => allowed.some((one) => one === value));
  }

  #read<T>(key: Key, fits: (value: unknown) => value is T): T {
    const value = vscode.workspace.getConfiguration().get<unknown>(key);
    if (fits(value)) return value;
    if (value !== undefined && !this.#named.has(key)) {
      this.#named.add(key);
      this.#log.warn('a setting does not fit and counts as its default', { code: 'ERR_SETTING_INVALID', key });
    }
    const fallback: unknown = settingDefaults[key];
    if (fits(fallback)) return fallback;
    throw new TypeError(`the default of ${key} does not fit`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

type Rule = { readonly kinds: readonly string[]; readonly maxMegabytes: number };

function isRules(value: unknown): value is Readonly<Record<string, Rule>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isRule);
}

function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null || !('kinds' in value) || !('maxMegabytes' in value)) return false;
  return isTextList(value.kinds) && typeof value.maxMegabytes === 'number' && value.maxMegabytes >= 0;
}

function ruleOf(rule: Rule | undefined): AutoAccept | undefined {
  if (rule === undefined) return undefined;
  return { kinds: autoAcceptKinds.filter((kind) => rule.kinds.includes(kind)), maxBytes: rule.maxMegabytes * 1_000_000 };
}

function isTruth(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function isDays(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 365;
}
