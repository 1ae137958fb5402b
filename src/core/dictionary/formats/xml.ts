// Dictionaries as XML: the W3C "XML Representation of JSON" (XSLT 3.0 section 22.1), the form that `fn:json-to-xml` gives.
// Types are element names and keys are attributes, so no key can become markup. Writing is here, reading in xmlReader.ts.

import { doubleText } from '../numbers.ts';
import { decodeUtf8 } from '../utf8.ts';
import { checkDictionary, type DictionaryValue, isList } from '../value.ts';
import { checkSize, type Format } from './format.ts';
import { buildXml, type XmlDraft } from './xmlBuild.ts';
import { readXml } from './xmlReader.ts';
import { xmlNamespace } from './xmlScan.ts';
import { toXmlText } from './xmlText.ts';

/** XML, on one line, without declaration. `decode` takes the fixed vocabulary and nothing else. */
export const xmlFormat: Format = {
  id: 'xml',
  mediaType: 'application/xml',
  extension: 'xml',
  encode: (value) => checkSize('xml', new TextEncoder().encode(xmlText(value, 'compact'))),
  decode: (bytes) => readXml(decodeUtf8(checkSize('xml', bytes), 'xml'), { comments: false, namespace: 'required' }),
};

/** The XML text of a value, on one line as it travels, or indented for people. Throws what `checkDictionary` throws. */
export function xmlText(value: DictionaryValue, layout: 'compact' | 'indented'): string {
  checkDictionary(value);
  return buildXml(draft(value, [['xmlns', xmlNamespace]]), layout);
}

type Attributes = readonly (readonly [string, string])[];

function draft(value: DictionaryValue, attributes: Attributes): XmlDraft {
  if (value === null) return { name: 'null', attributes, children: [] };
  if (typeof value === 'boolean') return { name: 'boolean', attributes, children: [String(value)] };
  if (typeof value === 'bigint') return { name: 'number', attributes, children: [String(value)] };
  if (typeof value === 'number') return { name: 'number', attributes, children: [doubleText(value)] };
  if (typeof value === 'string') return stringDraft(value, attributes);
  if (isList(value)) return { name: 'array', attributes, children: value.map((item) => draft(item, [])) };
  return { name: 'map', attributes, children: Array.from(value, ([key, item]) => draft(item, keyAttributes(key))) };
}

function stringDraft(value: string, attributes: Attributes): XmlDraft {
  if (value === '') return { name: 'string', attributes, children: [] };
  const { text, escaped } = toXmlText(value, 'element');
  return { name: 'string', attributes: escaped ? [...attributes, ['escaped', 'true']] : attributes, children: [text] };
}

function keyAttributes(key: string): Attributes {
  const { text, escaped } = toXmlText(key, 'attribute');
  return escaped
    ? [
        ['key', text],
        ['escaped-key', 'true'],
      ]
    : [['key', text]];
}
