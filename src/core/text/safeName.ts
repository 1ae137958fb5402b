// File names from peers made fit for any file system: one component, no traversal, no device names, no streams, no controls.
// The rules of the strictest system (Windows) hold everywhere, since a folder may be shared or synchronised.

import { cutToBytes } from '../base/bytes.ts';
import { limits } from '../base/limits.ts';
import { withoutUnseen } from './safeText.ts';

const forbidden = /[<>:"|?*\\]/g;
const device = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;
/** What a file is called while it comes; one that is whole must not be taken for a leftover. */
const partFile = /^\.ferry-.*\.part$/i;
const extensionPattern = /(?:\.tar)?\.[^.\s]{1,16}$/i;
const nameless = 'item';

/**
 * The name under which an item lands: the last component of whatever the peer sent, in NFC, at most 200 bytes with its
 * extension kept. What some system forbids, a backslash among it, becomes `_`. The result never leaves the folder it is put in,
 * and safeFileName of it is itself.
 */
export function safeFileName(name: string): string {
  const last = name.slice(-4096).toWellFormed().split('/').at(-1) ?? '';
  // What is not seen goes first: it may stand between two characters that are one in NFC.
  const cleaned = trimEnds(withoutUnseen(last).normalize('NFC').replaceAll(forbidden, '_'));
  // Cut before it is held against the devices: spaces that hide a device's name end where the name is cut.
  const named = shortened(cleaned === '' ? nameless : cleaned);
  const isTaken = device.test(stemOfDevice(named)) || partFile.test(named);
  return isTaken ? shortened(`_${named}`) : named;
}

/**
 * The `count`-th other name for a name that is taken: `a.ts` gives `a (1).ts`. The first dot of a dot file starts no extension.
 */
export function numberedName(name: string, count: number): string {
  const { stem, extension } = splitExtension(name);
  const suffix = ` (${count})${extension}`;
  return cutStem(stem, limits.nameBytes - byteLength(suffix)) + suffix;
}

/** Windows takes the part before the first dot for the device: `con.txt` is one as well. */
function stemOfDevice(name: string): string {
  return (name.split('.', 1)[0] ?? '').trimEnd();
}

function trimEnds(name: string): string {
  return name.replace(/^\s+/u, '').replace(/[\s.]+$/u, '');
}

function shortened(name: string): string {
  if (byteLength(name) <= limits.nameBytes) return name;
  const { stem, extension } = splitExtension(name);
  return cutStem(stem, limits.nameBytes - byteLength(extension)) + extension;
}

/** A joiner at the cut joins nothing any more. */
function cutStem(stem: string, bytes: number): string {
  return trimEnds(withoutUnseen(cutToBytes(stem, bytes))) || nameless;
}

function splitExtension(name: string): { readonly stem: string; readonly extension: string } {
  const extension = extensionPattern.exec(name.slice(1))?.[0] ?? '';
  return { stem: name.slice(0, name.length - extension.length), extension };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
