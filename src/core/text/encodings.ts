// Names of character encodings: those of the IANA registry and of the Encoding Standard, which travel, and the ids that editors
// of the VS Code family have for them.

/** Editor id and travelling name of every encoding that such an editor has, where the two differ in more than case and signs. */
const names: readonly (readonly [id: string, name: string])[] = [
  ['utf8', 'utf8'],
  ['utf8bom', 'utf8'],
  ['utf16le', 'UTF-16LE'],
  ['utf16be', 'UTF-16BE'],
  ...['1250', '1251', '1252', '1253', '1254', '1255', '1256', '1257', '1258', '874'].map(
    (page) => [`windows${page}`, `windows-${page}`] as const,
  ),
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '13', '14', '15', '16'].map(
    (part) => [`iso8859${part}`, `ISO-8859-${part}`] as const,
  ),
  ...['437', '850', '852', '865', '866'].map((page) => [`cp${page}`, `IBM${page}`] as const),
  ['macroman', 'macintosh'],
  ['shiftjis', 'Shift_JIS'],
  ['eucjp', 'EUC-JP'],
  ['euckr', 'EUC-KR'],
  ['gb2312', 'GB2312'],
  ['gbk', 'GBK'],
  ['gb18030', 'GB18030'],
  ['cp950', 'Big5'],
  ['big5hkscs', 'Big5-HKSCS'],
  ['koi8r', 'KOI8-R'],
  ['koi8u', 'KOI8-U'],
  ['koi8ru', 'koi8ru'],
  ['koi8t', 'koi8t'],
  ['cp1125', 'cp1125'],
];

/** Other names under which encodings are known. */
const aliases: readonly (readonly [name: string, id: string])[] = [
  ['ascii', 'utf8'],
  ['usascii', 'utf8'],
  ['latin1', 'iso88591'],
  ['utf16', 'utf16le'],
  ['cp1252', 'windows1252'],
  ['cp932', 'shiftjis'],
  ['windows31j', 'shiftjis'],
  ['sjis', 'shiftjis'],
  ['cp936', 'gbk'],
  ['cp949', 'euckr'],
];

const nameOfId: ReadonlyMap<string, string> = new Map(names);
const idOfName: ReadonlyMap<string, string> = new Map([
  ...aliases,
  ...names.toReversed().map(([id, name]) => [bare(name), id] as const),
  ...names.map(([id]) => [id, id] as const),
]);

/** The name under which an editor's encoding travels: an IANA name, or its id where there is none. At most 64 characters. */
export function encodingName(id: string): string {
  return (nameOfId.get(id) ?? id).slice(0, 64);
}

/** The editor's id of an encoding that a peer named, in whatever spelling; undefined where editors do not have it. */
export function encodingId(name: string): string | undefined {
  return idOfName.get(bare(name));
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
