// What a text looks like from afar, which decides the notations that it is given to at all.

import { afterAssignment } from './notations/assignment.ts';
import { startOf } from './notations/notation.ts';

/**
 * What a text looks like from afar. A text that begins with a bracket or is one call, or has a bracket after `config =` or
 * `return`, goes only to notations that have that bracket: a lax one would take a broken object for lines of text. `code` has
 * calls in it or an open bracket at the end of a line, which no notation of plain texts may swallow.
 */
export type Shape = 'bracket' | 'assigned' | 'section' | 'markup' | 'code' | 'text';

/** What a text looks like; see `Shape`. */
export function shapeOf(text: string): Shape {
  const start = text.slice(startOf(text));
  // `<<` is the merge key of YAML.
  if (start.startsWith('<') && !start.startsWith('<<')) return 'markup';
  if (isSection(start)) return 'section';
  const bare = start.replace(keywords, '');
  if (bracket.test(start) || isWholeCall(bare)) return 'bracket';
  if (bracket.test(bare.slice(afterAssignment(bare, 0) ?? 0))) return 'assigned';
  const isCode = declaration.test(start) || call.test(start) || statement.test(start) || /[{[(][ \t]*(?:\r?\n|$)/.test(start);
  return isCode ? 'code' : 'text';
}

const sectionLine = /^[ \t]*\[[^\]\n]*\]?\][ \t]*(?:[#;][^\n]*)?$/;
const bracket = /^\s*(?:[{[]|\(\s*[{[("'\d-])/;
const keywords = /^(?:(?:export|default|const|let|var|return|yield)(?![\p{L}\p{N}_$])\s*){1,3}/u;
/** A declaration of JavaScript. */
const declaration = /^(?:export\s+)?(?:const|let|var)\s+[\p{L}_$][\p{L}\p{N}_$]*\s*[:=]/u;
/** The head of a block in Python. */
const statement = /^[ \t]*(?:async|class|def|elif|for|if|match|while|with)[ \t][^\n]*:[ \t]*(?:#[^\n]*)?$/m;
/** A call after `=`, `:`, a comma or `return`. */
const call = /(?:[=:,]|\breturn)[ \t]*(?:await[ \t]+|new[ \t]+)?[\p{L}_][\p{L}\p{N}_$.]{0,99}\(/u;
/** A name in brackets that is no list of one literal. */
const sectionName = /^\[\[?[ \t]*(?!(?:true|false|null|none|undefined|nan|infinity)[ \t]*\])[\p{L}_*@][^,]*$/iu;

/** Whether a text begins with a section whose first entry has a separator, or holds nothing but sections and comments. */
function isSection(start: string): boolean {
  const [first = ''] = start.split(/\r?\n/, 1);
  if (!sectionLine.test(first)) return false;
  let bare = 0;
  let lines = 0;
  for (const [line] of start.slice(first.length).matchAll(/[^\r\n]+/g)) {
    lines += 1;
    if (lines > 1000) return true;
    if (/^[ \t]*(?:[#;].*)?$/.test(line) || sectionLine.test(line)) continue;
    if (/[=:]/.test(line)) return /^[^[{=:]*[=:]|^[ \t]*[\w.-]+\[\][ \t]*=/.test(line);
    if (/[[{]/.test(line)) return false;
    bare += 1;
  }
  return bare === 0 && sectionName.test(first);
}

/** Whether a text is one call from its name to its last parenthesis: `Counter({…})`, `new Map([…])`. */
function isWholeCall(start: string): boolean {
  const head = /^(?:new[ \t]+)?[\p{L}_$][\p{L}\p{N}_$.]{0,99}\(/u.exec(start)?.[0];
  if (head === undefined) return false;
  let open = 1;
  for (let at = head.length; at < start.length; at += 1) {
    if (start[at] === '(') open += 1;
    if (start[at] === ')') open -= 1;
    if (open === 0) return /^[,;\s]*$/.test(start.slice(at + 1));
  }
  return true;
}
