// Writes a dictionary as a literal of the language into which it is inserted: JSON, YAML, Python or JavaScript, or JSON in quotes
// for a shell. Texts are escaped so far that none can end its quotes, hide what it says, or begin a tag or a comment of a page
// around it.

import { doubleText } from './numbers.ts';
import { quoted } from './quoted.ts';
import { checkDictionary, type DictionaryValue, isList, isMap } from './value.ts';
import { yamlText } from './yamlText.ts';

export type LiteralKind = 'json' | 'yaml' | 'python' | 'javascript' | 'shell';

/** Where a literal goes: `unit` is one level of indentation, `base` that of the line in which it begins. */
export type LiteralPlace = { readonly unit: string; readonly base: string };

const kinds: ReadonlyMap<string, LiteralKind> = new Map<string, LiteralKind>([
  ...['yaml', 'dockercompose', 'github-actions-workflow', 'ansible', 'helm'].map((id) => [id, 'yaml'] as const),
  ...['python', 'starlark', 'bazel'].map((id) => [id, 'python'] as const),
  ...['javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'vue', 'svelte', 'astro'].map(
    (id) => [id, 'javascript'] as const,
  ),
  ...['shellscript', 'fish', 'powershell'].map((id) => [id, 'shell'] as const),
]);

/** The kind of literal for a document of a VS Code language id: JSON where nothing fits better. */
export function literalKindOf(languageId: string): LiteralKind {
  return kinds.get(languageId) ?? 'json';
}

/**
 * The literal of a value, its first line without indentation, its others with `base` before them, without line end at the end.
 * Throws what `checkDictionary` throws.
 */
export function literalText(value: DictionaryValue, kind: LiteralKind, place: LiteralPlace): string {
  checkDictionary(value);
  // YAML takes nothing but spaces as indentation.
  if (kind === 'yaml') return yamlText(value, { unit: /^ +$/.test(place.unit) ? place.unit : '  ', base: place.base });
  if (kind === 'shell') return shellText(bracketText(value, dialects.json, place.unit, place.base));
  return bracketText(value, dialects[kind], place.unit, place.base);
}

/**
 * JSON in single quotes, which every shell leaves as it is. Whatever a shell could take for an end of the quotes or for an order
 * stands in the texts alone, where JSON has another way to write it: nothing runs, also where the literal lands between other
 * quotes. PowerShell takes curly quotes for straight ones.
 */
function shellText(json: string): string {
  const escaped = json.replaceAll(
    /['\u2018-\u201f`$!;&|<>()]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

type Dialect = {
  scalar(value: null | boolean | bigint | number): string;
  text(value: string): string;
  key(value: string): string;
  /** What stands after the last item on a line of its own. */
  readonly lastComma: string;
};

const dialects: Readonly<Record<Exclude<LiteralKind, 'yaml' | 'shell'>, Dialect>> = {
  json: { scalar: jsonScalar, text: quoted, key: quoted, lastComma: '' },
  python: { scalar: pythonScalar, text: quoted, key: quoted, lastComma: ',' },
  javascript: { scalar: javascriptScalar, text: quoted, key: javascriptKey, lastComma: ',' },
};

function bracketText(value: DictionaryValue, dialect: Dialect, unit: string, indentation: string): string {
  if (typeof value === 'string') return dialect.text(value);
  if (value === null || typeof value !== 'object') return dialect.scalar(value);
  const deeper = indentation + unit;
  const items = isMap(value)
    ? Array.from(value, ([key, item]) => `${dialect.key(key)}: ${bracketText(item, dialect, unit, deeper)}`)
    : value.map((item) => bracketText(item, dialect, unit, deeper));
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${deeper}${items.join(`,\n${deeper}`)}${dialect.lastComma}\n${indentation}${close}`;
}

function jsonScalar(value: null | boolean | bigint | number): string {
  return typeof value === 'number' ? doubleText(value) : String(value);
}

function pythonScalar(value: null | boolean | bigint | number): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return doubleText(value);
  // Python refuses decimal literals of more than 4300 digits, and has no such limit in base 16.
  const digits = String(value);
  if (digits.length <= 4300) return digits;
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function javascriptScalar(value: null | boolean | bigint | number): string {
  if (typeof value !== 'bigint') return jsonScalar(value);
  const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return exact ? String(value) : `${value}n`;
}

/** `__proto__: x` in a literal sets the prototype; as a computed key it is a key. */
function javascriptKey(key: string): string {
  if (key === '__proto__') return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}
