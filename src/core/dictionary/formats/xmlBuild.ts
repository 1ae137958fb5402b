// The one door to fast-xml-parser, whose builder writes the XML and escapes what stands in it. Its parser does not read what
// peers send; see xmlScan.ts for the reason.

import { XMLBuilder } from 'fast-xml-parser';

import { limits } from '../../base/limits.ts';

/** An element to write: its attributes in order, then its children, texts unescaped. */
export type XmlDraft = {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (XmlDraft | string)[];
};

/** The text of an element; one line, or indented by two spaces a level. The library escapes `& < > " '`. */
export function buildXml(root: XmlDraft, layout: 'compact' | 'indented'): string {
  // The library is about to move its builder to a package of its own; the pinned version has it here.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
    processEntities: true,
    format: layout === 'indented',
    indentBy: '  ',
    // The containers, the scalar in the innermost, and its text.
    maxNestedTags: limits.dictionaryDepth + 2,
  });
  const text: unknown = builder.build([toBuilderNode(root)]);
  if (typeof text !== 'string') throw new TypeError('the XML builder gave no text');
  return layout === 'indented' ? text.trimStart() : text;
}

type BuilderNode = Record<string, unknown>;

function toBuilderNode(draft: XmlDraft): BuilderNode {
  const children = draft.children.map((child) => (typeof child === 'string' ? { '#text': child } : toBuilderNode(child)));
  if (draft.attributes.length === 0) return { [draft.name]: children };
  return { [draft.name]: children, ':@': Object.fromEntries(draft.attributes) };
}
