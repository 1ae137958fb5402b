// Query strings, alone or at the end of an address: `a=1&b=two%20words`. Values are texts; a repeated key has a list.

import { attempt, entryCounter, groupRepeated, type Notation, notationLanguages, Stop, startOf } from './notation.ts';

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
      if (address === '' && !query.includes('&')) throw new Stop('an ampersand is expected', start + query.length);
      const pairs: (readonly [key: string, value: string])[] = [];
      let at = start + address.length;
      const count = entryCounter();
      for (const part of query.split('&')) {
        // A line may break before or after an ampersand, as people fold long addresses.
        const pair = part.trim();
        const blank = pair.search(/\s/);
        if (blank >= 0) throw new Stop('white space in a query string', at + part.indexOf(pair) + blank);
        if (pair !== '') {
          count(at);
          pairs.push(readPair(pair, at, address !== ''));
        }
        at += part.length + 1;
      }
      if (pairs.length === 0) throw new Stop('a key is expected', start);
      return groupRepeated(pairs, notes);
    }),
};

function readPair(pair: string, offset: number, inAddress: boolean): readonly [key: string, value: string] {
  const equals = pair.indexOf('=');
  if (equals < 0 && !inAddress) throw new Stop('an equals sign is expected', offset);
  const key = equals < 0 ? pair : pair.slice(0, equals);
  const value = equals < 0 ? '' : pair.slice(equals + 1);
  // An address as a value of its own, `URL=https://host/?a=1`, is a line of another notation.
  if (!inAddress && /[?"'`{}<>]/.test(pair)) throw new Stop('a character that a query string has only encoded', offset);
  return [decode(key, offset), decode(value, offset + equals + 1)];
}

function decode(text: string, offset: number): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) throw new Stop('a percent sign without its two digits, or no UTF-8', offset);
    throw error;
  }
}
