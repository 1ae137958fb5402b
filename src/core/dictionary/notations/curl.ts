// The headers in a curl command line, as browsers' developer tools copy it for shells and for the Windows prompt.

import { entryCounter, Stop } from './notation.ts';
import { Scanner } from './scanner.ts';

/** Whether a text is a curl command, perhaps behind the prompt of a shell. */
export function isCurl(text: string): boolean {
  return /^\s*(?:[$%#>]\s+)?curl(?:\.exe)?\s/.test(text);
}

/** The headers of a command in their order; throws `Stop` where it has none or a quote is not closed. */
export function curlHeaders(text: string): readonly (readonly [name: string, value: string])[] {
  const words = shellWords(text);
  const pairs: (readonly [name: string, value: string])[] = [];
  const count = entryCounter();
  for (let index = 1; index < words.length; index += 1) {
    const { text: word, offset } = words[index] ?? { text: '', offset: 0 };
    const option = optionOf(word);
    if (option === undefined) continue;
    const value = option.value ?? words[(index += 1)]?.text ?? '';
    count(offset);
    if (option.name === undefined) pairs.push(splitHeader(value, offset));
    else pairs.push([option.name, value]);
  }
  if (pairs.length === 0) throw new Stop('a header is expected', text.length);
  return pairs;
}

/** The options of curl that send a header, with the header's name where the option says it. */
const options: Readonly<Record<string, string | undefined>> = {
  '-H': undefined,
  '--header': undefined,
  '-A': 'User-Agent',
  '--user-agent': 'User-Agent',
  '-e': 'Referer',
  '--referer': 'Referer',
  '-b': 'Cookie',
  '--cookie': 'Cookie',
};

function optionOf(word: string): { readonly name: string | undefined; readonly value: string | undefined } | undefined {
  if (Object.hasOwn(options, word)) return { name: options[word], value: undefined };
  // `-H'a: b'` and `--header='a: b'`.
  const [, short, value] = /^(-[HAeb])([^]+)$|^$/.exec(word) ?? [];
  if (short !== undefined && value !== undefined) return { name: options[short], value };
  const equals = word.indexOf('=');
  const long = word.slice(0, Math.max(0, equals));
  return Object.hasOwn(options, long) ? { name: options[long], value: word.slice(equals + 1) } : undefined;
}

function splitHeader(header: string, offset: number): readonly [name: string, value: string] {
  // `X-Empty;` is how curl sends a header without a value.
  const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+)(?::\s*([^]*)|;)$/.exec(header.trim()) ?? [];
  if (name === undefined) throw new Stop('a header name and a colon are expected', offset);
  return [name, value];
}

type Word = { readonly text: string; readonly offset: number };

/** The words of the first command of a shell, quotes and escapes undone. */
function shellWords(text: string): readonly Word[] {
  // The Windows prompt escapes with carets what it then hands on in double quotes.
  const isPrompt = /\^["\r\n]/.test(text);
  const scanner = new Scanner(
    isPrompt ? text.replaceAll(/\^(\r?\n|[^])/g, (_whole, next: string) => (next.trim() === '' ? ' ' : next)) : text,
  );
  const words: Word[] = [];
  scanner.take(/\s+/y);
  while (!scanner.done()) {
    const offset = scanner.at;
    const pieces: string[] = [];
    for (let piece = readPiece(scanner); piece !== undefined; piece = readPiece(scanner)) pieces.push(piece);
    if (scanner.at > offset) words.push({ text: pieces.join(''), offset });
    scanner.take(/[^\S\r\n]+/y);
    if (scanner.take(/\s+/y) !== undefined || scanner.at === offset) break;
  }
  return words;
}

function readPiece(scanner: Scanner): string | undefined {
  const start = scanner.at;
  const plain = scanner.take(/[^\s'"\\$]+|\$(?!')/y)?.[0];
  if (plain !== undefined) return plain;
  if (scanner.take(/\\\r?\n/y) !== undefined) {
    // The line goes on, and so does the word only where no blank stands around.
    scanner.take(/[^\S\r\n]+/y);
    return scanner.at < scanner.text.length ? undefined : '';
  }
  const escaped = scanner.take(/\\([^])/y)?.[1];
  if (escaped !== undefined) return escaped;
  const found = scanner.take(/'([^']*)'|\$'([^'\\]*(?:\\[^][^'\\]*)*)'|"([^"\\]*(?:\\[^][^"\\]*)*)"/y);
  if (found === undefined)
    return /['"$\\]/.test(scanner.text[start] ?? '') ? scanner.stop('a quote is not closed', start) : undefined;
  const [, raw, ansi, double] = found;
  if (raw !== undefined) return raw;
  if (double !== undefined) return double.replaceAll(/\\(?:\r?\n|(["\\$`]))/g, (_whole, sign?: string) => sign ?? '');
  return unescapeAnsi(ansi ?? '');
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '"': '"', '\\': '\\' };

function unescapeAnsi(text: string): string {
  return text.replaceAll(
    /\\(?:u([\da-fA-F]{1,4})|x([\da-fA-F]{1,2})|([^]))/g,
    (whole, unit?: string, byte?: string, letter?: string) => {
      const code = unit ?? byte;
      return code === undefined ? (letters[letter ?? ''] ?? whole) : String.fromCharCode(Number.parseInt(code, 16));
    },
  );
}
