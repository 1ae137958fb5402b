// Finds the end of `name =` and `name: Type =` before a literal in JavaScript, TypeScript and Python. The type is stepped over,
// not understood: brackets and quotes in it are matched, so that `Record<'a' | 'b', { x: number }>` is one.

/** A dotted name, perhaps with one constant index. */
const target =
  /[\p{ID_Start}_$][\p{ID_Continue}$]*(?:\.#?[\p{ID_Start}_$][\p{ID_Continue}$]*){0,20}(?:\[[^\]\n]{0,80}\])?[ \t]*(?:[?!]?:)?/uy;
const equals = /[ \t]*=(?![=>])/y;
/** What a type may hold outside of its brackets, and pieces that are stepped over whole. */
const typePiece = /[\p{ID_Continue}$ \t.|&?]+|=>|'[^'\n]*'|"[^"\n]*"|`[^`\n]*`/uy;

/** Types longer than this are none. */
const longestType = 2000;

/** The index after the equals sign of an assignment that begins at `at`, or undefined where there is none. */
export function afterAssignment(text: string, at: number): number | undefined {
  target.lastIndex = at;
  const found = target.exec(text);
  if (found === null) return undefined;
  const end = target.lastIndex;
  equals.lastIndex = found[0].endsWith(':') ? afterType(text, end) : end;
  return equals.test(text) ? equals.lastIndex : undefined;
}

/** The index at which a type ends: before the first equals sign outside of its brackets, or where it stops being a type. */
function afterType(text: string, start: number): number {
  const closing: string[] = [];
  let at = start;
  const last = Math.min(text.length, start + longestType);
  while (at < last) {
    typePiece.lastIndex = at;
    const piece = typePiece.exec(text)?.[0];
    const character = text[at] ?? '';
    if (piece !== undefined) {
      at += piece.length;
      continue;
    }
    if (character === closing.at(-1)) closing.pop();
    else {
      const close = pairs[character];
      if (close !== undefined) closing.push(close);
      else if (closing.length === 0) return at;
    }
    at += 1;
  }
  return at;
}

const pairs: Readonly<Record<string, string>> = { '<': '>', '[': ']', '(': ')', '{': '}' };
