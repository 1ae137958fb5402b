// A dictionary file of any program, to be converted: what the strict readers of the wire refuse and a dictionary can say is read,
// with a note of what was changed.

import type { FormatId } from './formats/format.ts';
import { loadFormat } from './formats.ts';
import type { DictionaryValue } from './value.ts';

/** A file as a dictionary, and what had to be changed for it, one sentence each. */
export type DictionaryFile = { readonly value: DictionaryValue; readonly notes: readonly string[] };

/**
 * Reads a file in a format: JSON as it travels; CBOR with other keys, byte strings, dates and indefinite lengths as well; XML in
 * the W3C form, or else of any vocabulary, every element a key. Throws as `Format.decode` says.
 */
export async function readDictionaryFile(id: FormatId, bytes: Uint8Array): Promise<DictionaryFile> {
  if (id === 'cbor') return (await import('./formats/cborFile.ts')).readCborFile(bytes);
  const format = await loadFormat(id);
  try {
    return { value: format.decode(bytes), notes: [] };
  } catch (error) {
    if (id !== 'xml') throw error;
    const { elementsNotation } = await import('./notations/elements.ts');
    const reading = elementsNotation.read(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    // The refusal of the W3C form names the byte, and stands where neither reads the file.
    if (!reading.ok) throw error;
    return { value: reading.value, notes: ['Read as any XML: every element is a key.', ...reading.notes] };
  }
}
