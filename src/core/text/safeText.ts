// Text from peers made fit for the screen. `plain` is for labels and notifications, where VS Code reads links and icons out of
// text; `printable` is for the output channel, where text is kept whole but control characters must be seen, not obeyed.

/** C0, C1, bidirectional controls, zero-width characters, line separators and the byte order mark. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose.
export const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const labelCharacters = 80;

/** What nobody sees by itself: `unseen`, and what Unicode says may be ignored where it is not known. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/gu;

/** Letters and signs of the scripts that write without joiners. The others may need one to be spelled right. */
const joinedLetter =
  /^(?![\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Hebrew}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Inherited}\p{sc=Common}])[\p{L}\p{M}]$/u;
/** The signs of Indic scripts that take a consonant's vowel away; a joiner may end a word behind one. */
const virama = /^[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2]$/u;
const pictograph = /^\p{Extended_Pictographic}$/u;
const endOfPictograph = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;

/**
 * A text without what nobody sees. Joiners and variation selectors stay where a script or an emoji needs them, since leaving them
 * out would change what is seen.
 */
export function withoutUnseen(text: string): string {
  return text.replaceAll(invisible, (character, at: number) => {
    const before = lastCharacter(text.slice(Math.max(0, at - 2), at));
    const after = String.fromCodePoint(text.codePointAt(at + character.length) ?? 0);
    return isNeeded(character, before, after) ? character : '';
  });
}

function isNeeded(character: string, before: string, after: string): boolean {
  switch (character) {
    case '\u200c':
    case '\u200d':
      if (virama.test(before) || (joinedLetter.test(before) && joinedLetter.test(after))) return true;
      return character === '\u200d' && endOfPictograph.test(before) && pictograph.test(after);
    case '\ufe0e':
    case '\ufe0f':
      return pictograph.test(before) || (after === '\u20e3' && /^[0-9#*]$/.test(before));
    default:
      return /^[\ufe00-\ufe02\u{e0100}-\u{e01ef}]$/u.test(character) && /^\p{Ideographic}$/u.test(before);
  }
}

function lastCharacter(text: string): string {
  return Array.from(text).at(-1) ?? '';
}

/**
 * One line of plain text out of anything a peer may send: controls and direction marks gone, blanks one space, brackets and icon
 * syntax disarmed (a notification makes links of `[text](command:...)`, a label makes icons of `$(name)`), cut to
 * `maxCharacters`.
 */
export function plain(text: string, maxCharacters = labelCharacters): string {
  const line = text
    .slice(0, maxCharacters * 8)
    .toWellFormed()
    .replaceAll(/(?:[\u0085\u2800]|[^\S\ufeff])+/gu, ' ');
  return cut(disarmed(withoutUnseen(line)), maxCharacters);
}

/** The name of a peer on the screen; '' where nothing of it can be seen. */
export function shownName(name: string): string {
  return plain(name, 40);
}

/**
 * The name of a file as one line of plain text, as `plain`. Where it is longer than `maxCharacters` its middle is left out: the
 * end of a name says what the file is, and nothing may push that off the screen.
 */
export function plainName(name: string, maxCharacters = labelCharacters): string {
  const characters = Array.from(
    disarmed(withoutUnseen(name.toWellFormed().replaceAll(/(?:[\u0085\u2800]|[^\S\ufeff])+/gu, ' '))),
  );
  if (characters.length <= maxCharacters) return characters.join('');
  const extension = characters.length - characters.lastIndexOf('.');
  const tail = Math.min(extension <= characters.length ? extension + 8 : 0, maxCharacters - 8);
  const ending = Math.max(tail, Math.floor(maxCharacters / 3));
  return [characters.slice(0, maxCharacters - 1 - ending), ['…'], characters.slice(-ending)]
    .map((part) => withoutUnseen(part.join('')))
    .join('');
}

function disarmed(line: string): string {
  return line.replaceAll('[', '(').replaceAll(']', ')').replaceAll('$(', '$ (').replaceAll(/ {2,}/g, ' ').trim();
}

function cut(line: string, maxCharacters: number): string {
  const characters = Array.from(line);
  return characters.length > maxCharacters ? `${withoutUnseen(characters.slice(0, maxCharacters - 1).join(''))}…` : line;
}

/**
 * A whole text for the output channel: line ends become LF, tabs four spaces, and every other unseen character its
 * `\u001b` notation.
 */
export function printable(text: string): string {
  return escaped(text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    '));
}

/** A text with every unseen character but LF in its `\u001b` notation, which JSON reads as that character. */
export function escaped(text: string): string {
  return text.replaceAll(unseen, (character) => (character === '\n' ? '\n' : escapeOf(character)));
}

function escapeOf(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
