// Ferry's settings: each with its key, its default (the same as in package.json) and the one place where its value is read and
// checked. In place of a value that does not fit, a safe one counts.

import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';

import * as vscode from 'vscode';

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

/** Which values fit. Their types follow from this. */
const checks = {
  'ferry.visibility': oneOf(visibilities),
  'ferry.displayName': isText,
  'ferry.history.days': isDays,
  'ferry.receive.action': oneOf(receiveActions),
  'ferry.receive.folder': isFolder,
  'ferry.receive.keepSealed': isTruth,
  'ferry.send.encrypt': oneOf(sendEncrypts),
  'ferry.send.leaveOutIgnored': isTruth,
  'ferry.share.confirm': isTruth,
  'ferry.dictionary.format': oneOf(dictionaryFormats),
  'ferry.trust.unknownPeers': oneOf(unknownPeersChoices),
  'ferry.trust.autoAccept': isRules,
  'ferry.network.discovery': oneOf(discoveryChoices),
  'ferry.network.port': isPort,
  'ferry.network.interfaces': isTextList,
} satisfies Readonly<Record<Key, (value: unknown) => boolean>>;

type Value<K extends Key> = (typeof checks)[K] extends (value: unknown) => value is infer T ? T : never;

/** What counts in place of a value that does not fit, where the default does less for the person than they may have wanted. */
const safer: { readonly [K in Key]?: Value<K> } = {
  'ferry.receive.keepSealed': true,
  'ferry.send.encrypt': 'ask',
  'ferry.share.confirm': true,
  'ferry.network.discovery': 'hidden',
};

/** A setting whose value does not fit, and what counts instead. */
export type WrongSetting = { readonly key: string; readonly counts: unknown };

export class Settings {
  /** Those whose values do not fit, as they are now. */
  wrong(): readonly WrongSetting[] {
    const keys = Object.keys(checks) as Key[];
    return keys.flatMap((key) => (fits(key, valueOf(key)) ? [] : [{ key, counts: safeValue(key) }]));
  }

  /** How this window presents itself to the network. */
  presence(): PresenceConfig {
    return {
      visibility: read('ferry.visibility'),
      discovery: read('ferry.network.discovery'),
      port: read('ferry.network.port'),
      interfaces: read('ferry.network.interfaces'),
    };
  }

  /** The name that peers see; never longer than the protocol allows. */
  displayName(): string {
    return keptName(read('ferry.displayName').trim() || hostname() || 'Ferry');
  }

  /** How many days what has ended stays in the lists. */
  historyDays(): number {
    return read('ferry.history.days');
  }

  receiveAction(): ReceiveAction | 'ask' {
    return read('ferry.receive.action');
  }

  /** Whether items stay sealed as they come. */
  keepSealed(): boolean {
    return read('ferry.receive.keepSealed');
  }

  /** Whether a folder goes without what `.gitignore` files and the editor's own settings hide. */
  leaveOutIgnored(): boolean {
    return read('ferry.send.leaveOutIgnored');
  }

  /** What the plain send command does about encryption. */
  sendEncrypt(): SendEncrypt {
    return read('ferry.send.encrypt');
  }

  /** The format in which dictionaries are sent; `binary` is CBOR. */
  dictionaryFormat(): FormatId | 'ask' {
    const format = read('ferry.dictionary.format');
    return format === 'binary' ? 'cbor' : format;
  }

  /** Whether the person is asked before a peer gets something of a shared folder. */
  confirmsGets(): boolean {
    return read('ferry.share.confirm');
  }

  /** What peers that were never met may do. */
  unknownPeers(): UnknownPeers {
    return read('ferry.trust.unknownPeers');
  }

  /** What is accepted unasked from one paired peer: the rule under its ID, else the one for all. */
  autoAccept(peer: PeerId): AutoAccept | undefined {
    const rules = read('ferry.trust.autoAccept');
    return ruleOf(rules[peer] ?? rules['*']);
  }

  /** The folder for received files, absolute. */
  receiveFolder(downloads: string): string {
    const chosen = read('ferry.receive.folder');
    return chosen === '' ? join(downloads, 'Ferry') : chosen;
  }

  /** Whether the person has said who can reach them, whatever they said. */
  isVisibilityChosen(): boolean {
    return vscode.workspace.getConfiguration().inspect('ferry.visibility')?.globalValue !== undefined;
  }

  setVisibility(visibility: Visibility): Thenable<void> {
    return write('ferry.visibility', visibility);
  }

  setDisplayName(name: string): Thenable<void> {
    return write('ferry.displayName', name);
  }
}

function read<K extends Key>(key: K): Value<K> {
  const value = valueOf(key);
  return fits(key, value) ? value : safeValue(key);
}

/** Writes the person's own setting: where VS Code keeps it, which in a remote window is on that machine for some. */
function write<K extends Key>(key: K, value: Value<K>): Thenable<void> {
  return vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/** What the person has set, or the default. */
function valueOf(key: Key): unknown {
  const value = vscode.workspace.getConfiguration().get<unknown>(key);
  return value === undefined ? settingDefaults[key] : value;
}

function fits<K extends Key>(key: K, value: unknown): value is Value<K> {
  return checks[key](value);
}

function safeValue<K extends Key>(key: K): Value<K> {
  const value: unknown = safer[key] ?? settingDefaults[key];
  if (fits(key, value)) return value;
  throw new TypeError(`the default of ${key} does not fit`);
}

function oneOf<T extends string>(allowed: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => allowed.some((one) => one === value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFolder(value: unknown): value is string {
  return isText(value) && (value === '' || isAbsolute(value));
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
