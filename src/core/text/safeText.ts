// Text from peers made fit for the screen. `plain` is for labels and notifications, where VS Code reads links and icons out of
// text; `printable` is for the output channel, where text is kept whole but control characters must be seen, not obeyed.

/** C0, C1, bidirectional controls, zero-width characters, line separators and the byte order mark. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose.
export const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const labelCharacters = 80;

/**
 * One line of plain text out of anything a peer may send: controls and direction marks gone, brackets and icon syntax disarmed
 * (a notification makes links of `[text](command:...)`, a label makes icons of `$(name)`), cut to `maxCharacters`.
 */
export function plain(text: string, maxCharacters = labelCharacters): string {
  const line = text
    .slice(0, maxCharacters * 8)
    .toWellFormed()
    .replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, ' ')
    .replaceAll(unseen, '')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll('$(', '$ (')
    .trim();
  const characters = Array.from(line);
  return characters.length > maxCharacters ? `${characters.slice(0, maxCharacters - 1).join('')}…` : line;
}

/**
 * A whole text for the output channel: line ends become LF, tabs four spaces, and every other unseen character its
 * `\u001b` notation.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    .replaceAll(unseen, (character) => (character === '\n' ? '\n' : escapeOf(character)));
}

function escapeOf(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
