// What the tests of readings share: the best reading of a text as one line.

import { literalText } from '../../../../src/core/dictionary/literals.ts';
import { readSelection } from '../../../../src/core/dictionary/understand.ts';

/** The notation and the value of the best reading as JSON on one line, or the place at which the text was refused. */
export async function bestOf(text: string, languageId: string): Promise<string> {
  const understanding = await readSelection(text, languageId);
  if (!understanding.ok) return `refused at ${understanding.line}:${understanding.column}`;
  const [{ notation, value }] = understanding.readings;
  return `${notation} ${literalText(value, 'json', { unit: '', base: '' }).replaceAll('\n', '')}`;
}

/** All that the best reading has to say about what changed. */
export async function notesOf(text: string, languageId: string): Promise<readonly string[]> {
  const understanding = await readSelection(text, languageId);
  return understanding.ok ? understanding.readings[0].notes : [`refused: ${understanding.message}`];
}
