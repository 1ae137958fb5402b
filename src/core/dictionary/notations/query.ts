// Query strings, alone or at the end of an address: `a=1&b=two%20words`. Values are texts; a repeated key has a list.

import type { DictionaryValue } from '../value.ts';
import { attempt, type Notation, notationLanguages, Stop, setRepeated, startOf } from './notation.ts';

/** The query of an address (RFC 3986 section 3.4) in the form that HTML forms write, `+` for a space. */
export const queryNotation: Notation = {
  id: 'query',
  label: 'Query string',
  languageIds: notationLanguages.query,
  read: (text) =>
    attempt(text, (notes) => {
      const start = startOf(text);
      const body = text.slice(start).trimEnd();
      const address = /^[a-z][a-z\d+.-]*:\/\/[^\s?#]*\?|^\/[^\s?#=]*\?|^\?/i.exec(body)?.[0] ?? '';
      const query = body.slice(address.length).split('#', 1)[0] ?? '';
      // A line may break before or after an ampersand, as people fold long addresses.
      const blank = /(?<!&\s*)\s+(?!\s*&)(?!$)/.exec(query);
      if (blank !== null) throw new Stop('white space in a query string', start + address.length + blank.index);
      if (address === '' && !query.includes('&')) throw new Stop('an ampersand is expected', start + query.length);
      const map = new Map<string, DictionaryValue>();
      let at = start + address.length;
      for (const part of query.split('&')) {
        const pair = part.trim();
        if (pair !== '') readPair(map, pair, at, address !== '', notes);
        at += part.length + 1;
      }
      if (map.size === 0) throw new Stop('a key is expected', start);
      return map;
    }),
};

function readPair(map: Map<string, DictionaryValue>, pair: string, offset: number, inAddress: boolean, notes: Set<string>): void {
  const equals = pair.indexOf('=');
  if (equals < 0 && !inAddress) throw new Stop('an equals sign is expected', offset);
  const key = equals < 0 ? pair : pair.slice(0, equals);
  const value = equals < 0 ? '' : pair.slice(equals + 1);
  // An address as a value of its own, `URL=https://host/?a=1`, is a line of another notation.
  if (!inAddress && /[?"'`{}<>]/.test(pair)) throw new Stop('a character that a query string has only encoded', offset);
  setRepeated(map, decode(key, offset), decode(value, offset + equals + 1), notes);
}

function decode(text: string, offset: number): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) throw new Stop('a percent sign without its two digits, or no UTF-8', offset);
    throw error;
  }
}
