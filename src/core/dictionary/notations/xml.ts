// XML in the W3C form, as people have it in files: with comments, and cut out without the namespace of its root.

import { isFerryError } from '../../base/errors.ts';
import { readXml } from '../formats/xmlReader.ts';
import { attempt, type Notation, notationLanguages, Stop } from './notation.ts';

/** The XML representation of JSON (XSLT 3.0 section 22.1). */
export const xmlNotation: Notation = {
  id: 'xml',
  label: 'XML (W3C form)',
  languageIds: notationLanguages.xml,
  read: (text) =>
    attempt(text, (notes) => {
      if (!text.includes('xmlns')) notes.add('The namespace is missing; read as the W3C form of JSON.');
      const trimmed = text.trimStart();
      const cut = text.length - trimmed.length;
      try {
        return readXml(trimmed, { comments: true, namespace: 'optional' });
      } catch (error) {
        if (!isFerryError(error)) throw error;
        const offset = error.detail['offset'];
        throw new Stop(error.message, cut + (typeof offset === 'number' ? indexOfByte(trimmed, offset) : 0));
      }
    }),
};

/** The index in UTF-16 code units of the character that begins at a byte of the text's UTF-8. */
function indexOfByte(text: string, offset: number): number {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text).subarray(0, offset)).length;
}
