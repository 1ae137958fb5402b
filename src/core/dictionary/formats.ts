// The three formats by their names, each loaded when it is first used, so that its library costs nothing before that.

import { FerryError } from '../base/errors.ts';
import type { Format, FormatId } from './formats/format.ts';

/** The formats in the order in which they are offered. */
export const formatIds: readonly FormatId[] = ['json', 'xml', 'cbor'];

/** Media type and file extension (without dot) of each format, known without loading it. */
export const formatFacts: Readonly<Record<FormatId, { readonly mediaType: string; readonly extension: string }>> = {
  json: { mediaType: 'application/json', extension: 'json' },
  xml: { mediaType: 'application/xml', extension: 'xml' },
  cbor: { mediaType: 'application/cbor', extension: 'cbor' },
};

/** Loads one format. */
export async function loadFormat(id: FormatId): Promise<Format> {
  switch (id) {
    case 'json':
      return (await import('./formats/json.ts')).jsonFormat;
    case 'xml':
      return (await import('./formats/xml.ts')).xmlFormat;
    case 'cbor':
      return (await import('./formats/cbor.ts')).cborFormat;
    default:
      throw new FerryError('ERR_SETTING_INVALID', 'an unknown dictionary format', { detail: { key: 'ferry.dictionary.format' } });
  }
}

/** The format of a media type, parameters such as `charset` aside, or undefined. */
export function formatOfMediaType(mediaType: string): FormatId | undefined {
  const bare = mediaType.split(';', 1)[0]?.trim().toLowerCase();
  return formatIds.find((id) => formatFacts[id].mediaType === bare);
}

/** The format of a file by the extension of its name, or undefined. */
export function formatOfName(name: string): FormatId | undefined {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return formatIds.find((id) => formatFacts[id].extension === extension);
}
