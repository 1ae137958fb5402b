// `ferry dict`: a file as a dictionary, in whatever notation it is written, to standard output, to a file or to a peer.

import { basename, extname } from 'node:path';

import { concatBytes, streamOf } from '../../../core/base/bytes.ts';
import { FerryError } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import { formatFacts, formatIds, formatOfName, loadFormat } from '../../../core/dictionary/formats.ts';
import { readDictionaryFile } from '../../../core/dictionary/readFile.ts';
import type { DictionaryValue } from '../../../core/dictionary/value.ts';
import { safeFileName } from '../../../core/text/safeName.ts';
import { plain } from '../../../core/text/safeText.ts';
import type { ItemSource } from '../../../core/wire/item.ts';
import { readWholeFile } from '../../../net/disk/wholeFile.ts';
import type { Command, Context } from '../../context.ts';
import { exitCodes } from '../../exitCodes.ts';
import { choiceOf } from '../../parseWords.ts';
import { misused, Refusal } from '../../refusal.ts';
import { fileItem, wholeInput } from '../../sending/gather.ts';
import { sendTo } from '../../sending/sendTo.ts';
import { writeOutput } from '../../terminal/output.ts';
import { pathWords } from '../../terminal/words.ts';

/** What editors call the languages of these files; the shape of the text decides where there is none. */
const languages: Readonly<Record<string, string>> = {
  ...{ '.js': 'javascript', '.mjs': 'javascript', '.ts': 'typescript', '.py': 'python', '.yaml': 'yaml', '.yml': 'yaml' },
  ...{ '.toml': 'toml', '.ini': 'ini', '.env': 'dotenv', '.properties': 'properties', '.csv': 'csv', '.tsv': 'tsv' },
  ...{ '.jsonc': 'jsonc', '.jsonl': 'jsonl' },
};

export const dict: Command = async (context, given) => {
  const [path = ''] = given.words;
  const id = choiceOf(given, 'as', formatIds, 'json');
  const to = given.text('to');
  const value = await valueIn(context, path);
  const bytes = (await loadFormat(id)).encode(value);
  const output = given.text('output');
  if (to === undefined) {
    await writeOutput(context, output, streamOf(id === 'cbor' ? bytes : withLineEnd(bytes)));
    return exitCodes.done;
  }
  if (output !== undefined) throw misused('Either --output or --to.');
  const { mediaType, extension } = formatFacts[id];
  const stem = path === '-' ? 'dictionary' : basename(path, extname(path)) || 'dictionary';
  const item: ItemSource = {
    offered: { kind: 'dictionary', name: safeFileName(`${stem}.${extension}`), size: bytes.length, mediaType },
    open: (_, from) => streamOf(bytes, from),
  };
  return sendTo(context, { to, given, gather: () => Promise.resolve({ items: [item] }) });
};

async function valueIn(context: Context, path: string): Promise<DictionaryValue> {
  const { screen } = context;
  const bytes = withoutMark(await bytesAt(context, path));
  const format = formatOfName(path);
  if (format !== undefined) {
    const { value, notes } = await readDictionaryFile(format, bytes);
    for (const note of notes) screen.note(plain(note, 200), { event: 'note', message: plain(note, 200) });
    return value;
  }
  const { readSelections } = await import('../../../core/dictionary/understand.ts');
  const understood = await readSelections(
    [new TextDecoder().decode(bytes)],
    languages[extname(path).toLowerCase()] ?? 'plaintext',
  );
  if (!understood.ok) {
    const { line, column, message } = understood;
    throw new Refusal(
      exitCodes.broken,
      `${pathWords(path)}: this is no dictionary. Line ${line}, column ${column}: ${plain(message, 200)}`,
    );
  }
  const [{ value, label, notes }] = understood.readings;
  screen.note(`Understood as ${plain(label)}.${notes.map((note) => ` ${plain(note, 200)}`).join('')}`, {
    event: 'note',
    message: label,
  });
  return value;
}

async function bytesAt(context: Context, path: string): Promise<Uint8Array> {
  const tooLarge = new FerryError('ERR_DICTIONARY_TOO_LARGE', 'larger than a dictionary may be');
  if (path !== '-' && (await fileItem(path)).offered.size > limits.dictionaryBytes) throw tooLarge;
  const bytes = path === '-' ? await wholeInput(context, limits.dictionaryBytes) : await readWholeFile(path);
  if (bytes.length > limits.dictionaryBytes) throw tooLarge;
  return bytes;
}

/** A text ends with a line end where other programs read it line by line. */
function withLineEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a ? bytes : concatBytes([bytes, Uint8Array.of(0x0a)]);
}

/** Editors put a byte order mark before text that nobody sees. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
