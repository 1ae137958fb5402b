// XML in the W3C form: what is written, and that other readers of XML find the same in it.

import assert from 'node:assert/strict';

import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { xmlFormat, xmlText } from '../../../src/core/dictionary/formats/xml.ts';
import type { DictionaryValue } from '../../../src/core/dictionary/value.ts';
import { anyDictionary, mapOf } from './support.ts';

const ns = 'xmlns="http://www.w3.org/2005/xpath-functions"';

function decode(text: string): DictionaryValue {
  return xmlFormat.decode(new TextEncoder().encode(text));
}

describe('the XML representation of JSON', () => {
  it('writes types as elements and keys as attributes', () => {
    const value = mapOf(['a', 1n], ['b', 1], ['c', '<&>"\''], ['d', [null, true, '']], ['', mapOf()]);
    assert.equal(
      new TextDecoder().decode(xmlFormat.encode(value)),
      `<map ${ns}><number key="a">1</number><number key="b">1.0</number><string key="c">&lt;&amp;&gt;&quot;&apos;</string>` +
        '<array key="d"><null/><boolean>true</boolean><string/></array><map key=""/></map>',
    );
  });

  it('escapes in the W3C way only what XML cannot hold', () => {
    const value = mapOf(['a\\b', 'a\\b\n\t'], ['tab\t', '\r'], ['nul\0', '\0\\']);
    assert.equal(
      new TextDecoder().decode(xmlFormat.encode(value)),
      `<map ${ns}><string key="a\\b">a\\b\n\t</string><string key="tab\\t" escaped-key="true" escaped="true">\\r</string>` +
        '<string key="nul\\u0000" escaped-key="true" escaped="true">\\u0000\\\\</string></map>',
    );
  });

  it('indents for people', () => {
    assert.equal(
      xmlText(mapOf(['a', [1n]]), 'indented'),
      `<map ${ns}>\n  <array key="a">\n    <number>1</number>\n  </array>\n</map>`,
    );
  });

  const read: readonly (readonly [name: string, text: string, value: DictionaryValue])[] = [
    ['a declaration', `<?xml version="1.0" encoding="utf-8" standalone='yes'?>\n<array ${ns}/>`, []],
    ['white space around elements', `\n<array ${ns}>\n\t<null/>\r\n</array>\n`, [null]],
    ['white space around numbers and booleans', `<array ${ns}><number> 1 </number><boolean>\n0\n</boolean></array>`, [1n, false]],
    ['an empty element written in two tags', `<array ${ns}><null></null><string></string></array>`, [null, '']],
    ['escapes that were not needed', `<string ${ns} escaped="true">\\/\\"\\u0041\\ud83d\\ude00"</string>`, '/"A😀"'],
    ['escaped="false"', `<string ${ns} escaped="false">\\n</string>`, '\\n'],
    ['a line end by reference, which stays what it is', `<string ${ns}>a&#13;&#xa;b</string>`, 'a\r\nb'],
    ['line ends of other systems', `<string ${ns}>a\r\nb\rc</string>`, 'a\nb\nc'],
    ['white space in keys', `<map ${ns}><null key="a\nb&#10;c"/></map>`, mapOf(['a b\nc', null])],
    ['a prefix', '<x:map xmlns:x="http://www.w3.org/2005/xpath-functions"><x:null key="a"/></x:map>', mapOf(['a', null])],
    ['a reference in front of its own name', `<string ${ns}>&amp;lt;&#38;amp;</string>`, '&lt;&amp;'],
  ];
  for (const [name, text, value] of read) {
    it(`reads ${name}`, () => assert.deepStrictEqual(decode(text), value));
  }

  for (const [name, text, offset] of [
    ['a key twice', `<map ${ns}><null key="é"/><null key="é"/></map>`, 68],
    ['a bad number', `<array ${ns}><number>1</number><number>01</number></array>`, 72],
    ['a wrong end tag', `<array ${ns}><map></array></map>`, 59],
    ['an element that is not closed', `<array ${ns}><map>`, 54],
    ['text outside', `<array ${ns}/> x`, 55],
  ] satisfies [string, string, number][]) {
    it(`names the byte where it found ${name}`, () => {
      assert.throws(() => decode(text), { code: 'ERR_DICTIONARY_INVALID', detail: { format: 'xml', offset } });
    });
  }

  it('is well-formed and has the same elements for another reader of XML', () => {
    const parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseTagValue: false,
      trimValues: false,
      processEntities: { enabled: true, maxTotalExpansions: 100_000, maxExpandedLength: 2 ** 20, maxEntityCount: 1 },
    });
    fc.assert(
      fc.property(anyDictionary, (value) => {
        const text = xmlText(value, 'compact');
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the pinned version has it here.
        assert.equal(XMLValidator.validate(text), true);
        assert.deepEqual(namesOf(parser.parse(text)), namesOfValue(value));
      }),
      { numRuns: 1000 },
    );
  });
});

/** The names of all elements, in their order, as the library found them. */
function namesOf(nodes: unknown): string[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) =>
    Object.entries(node ?? {}).flatMap(([name, children]) =>
      name === ':@' || name === '#text' ? [] : [name, ...namesOf(children)],
    ),
  );
}

function namesOfValue(value: DictionaryValue): string[] {
  if (value === null) return ['null'];
  if (value instanceof Map) return ['map', ...[...value.values()].flatMap(namesOfValue)];
  if (Array.isArray(value)) return ['array', ...value.flatMap(namesOfValue)];
  return [typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'number'];
}
