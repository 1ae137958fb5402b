// Names that a malicious peer may give to an item, and the rules that a name must keep to land in a folder: written down here a
// second time, independently of the code under test.

const traversals = ['..', '.', '...', '....', '~', '~root', '../', '..\\', './', '/', '\\', '//', '\\\\', '\\\\?\\', '\\\\.\\'];
const targets = ['etc/passwd', 'a.txt', '.ssh/authorized_keys', 'Windows\\win.ini', '.vscode/tasks.json', '', '..', '.'];
const absolutes = [
  '/etc/passwd',
  'C:\\Windows\\system32\\cmd.exe',
  'c:/a.txt',
  'C:a.txt',
  'C:',
  '\\\\server\\share\\a.txt',
  '//server/share/a.txt',
  '\\\\?\\C:\\a.txt',
  '\\\\.\\COM1',
  '\\\\.\\PhysicalDrive0',
  'file:///etc/passwd',
  'vscode://file/etc/passwd',
  '%2e%2e%2fetc%2fpasswd',
  '..%5c..%5ca.txt',
  '$HOME/.bashrc',
  '%USERPROFILE%\\a.txt',
  '~/.bashrc',
];
const devices = ['CON', 'PRN', 'AUX', 'NUL', 'CLOCK$', 'CONIN$', 'CONOUT$'].concat(
  ['COM', 'LPT'].flatMap((port) => Array.from('0123456789¹²³', (digit) => port + digit)),
);
const deviceForms = (device: string): string[] => [
  device,
  device.toLowerCase(),
  `${device}.txt`,
  `${device}.tar.gz`,
  `${device} .txt`,
  `${device}.`,
  ` ${device}`,
  `${device}:`,
  `${device}:stream`,
  `/${device}`,
  `${device}\u200b`,
  `${device}${' '.repeat(300)}x.txt`,
  `${device.slice(0, 1)}\u202e${device.slice(1)}`,
];
const streams = ['a.txt:b', 'a.txt::$DATA', 'a.txt:Zone.Identifier', ':a', 'a:', '::', 'a.txt:$INDEX_ALLOCATION'];
const ends = [
  'a.',
  'a..',
  'a ',
  'a. .',
  'a.txt ',
  'a.txt.',
  ' a',
  '\ta',
  'a\t',
  '\u00a0a\u00a0',
  '\u3000a\u3000',
  '. ',
  ' .',
  ' ',
];
const unseen = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 33 }, (_, code) => String.fromCharCode(0x7f + code)),
  ...Array.from({ length: 5 }, (_, code) => String.fromCharCode(0x200b + code)),
  ...Array.from({ length: 7 }, (_, code) => String.fromCharCode(0x2028 + code)),
  ...Array.from({ length: 10 }, (_, code) => String.fromCharCode(0x2060 + code)),
  '\u061c',
  '\u00ad',
  '\ufeff',
  '\ufff9',
];
const surrogates = ['\ud800', '\udc00', '\udfff\ud800', 'a\ud83d', '\ude00a', '\ud83d.txt', 'a.\udc00', '\ud800/\udc00'];
const forms = [
  'e\u0301.txt',
  'é.txt',
  'Å',
  '\u212b',
  'A\u030a',
  '한글',
  '\u1112\u1161\u11ab',
  'e\u200d\u0301.txt',
  '\u0301',
  'ﬁle',
  'ſ',
];
const longs = [
  'a'.repeat(201),
  'a'.repeat(255),
  'a'.repeat(256),
  `${'a'.repeat(300)}.txt`,
  `${'a'.repeat(300)}.tar.gz`,
  `a.${'b'.repeat(300)}`,
  'ä'.repeat(150),
  `${'😀'.repeat(80)}.png`,
  '😀'.repeat(300),
  '.'.repeat(300),
  ' '.repeat(300),
  `${'a.'.repeat(200)}txt`,
  `${'a'.repeat(190)}. . . . . . . . . . . . . . . . .txt`,
  `${'e\u0301'.repeat(200)}.ts`,
  '/'.repeat(10_000),
  `${'../'.repeat(5_000)}etc/passwd`,
  `${'a'.repeat(100_000)}.txt`,
];
const injections = [
  '[View](command:workbench.action.terminal.new)',
  '$(trash) a',
  '<script>.html',
  'a|b',
  'a?b',
  'a*b',
  '"a"',
  "';rm -rf ~;'",
  '`id`',
  '$(id)',
  '-rf',
  '--help',
  'a&b',
  'a;b',
  '%s%n',
  '__proto__',
  'constructor',
  'desktop.ini',
  '.htaccess',
  '.git',
  '.ferry-00000000-1-0000000000000000.part',
  'a.asar',
  '\u001b[31ma',
  '\u001b]0;a\u0007',
  'a\nb.txt',
  'a\r\nb.txt',
];
const separators = ['/', '\\', '\u2215', '\u2044', '\uff0f', '\uff3c', '\u29f8', '∕'];

/** More than five hundred of them, no two the same. */
export const hostileNames: readonly string[] = [
  ...new Set([
    '',
    ...traversals,
    ...traversals.flatMap((start) => targets.map((target) => start + target)),
    ...traversals.map((start) => start.repeat(20)),
    ...absolutes,
    ...devices.flatMap(deviceForms),
    ...streams,
    ...ends,
    ...unseen.flatMap((character) => [character, `a${character}b.txt`, `.${character}.${character}/${character}`]),
    ...surrogates,
    ...forms,
    ...longs,
    ...injections,
    ...separators.flatMap((separator) => [`..${separator}..${separator}a`, `a${separator}`, `${separator}a`]),
  ]),
];

const device = new RegExp(`^(?:${devices.map((name) => name.replace('$', '\\$')).join('|')})[ ]*(?:\\..*)?$`, 'iu');
const invisible = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
/** A joiner that does not stand behind a letter, a sign or an emoji, or that stands beside a letter that is never joined. */
const uselessJoiner =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d]|[\u0000-\u024f][\u200c\u200d]|[\u200c\u200d][0-9A-Za-z]/u;

/** Which rule a name breaks, or undefined for one that may land in a folder of any system. */
export function brokenRule(name: string): string | undefined {
  if (name === '') return 'empty';
  if (!name.isWellFormed()) return 'lone surrogate';
  if (Buffer.byteLength(name) > 200) return 'longer than 200 bytes';
  if (/[<>:"/\\|?*]/.test(name)) return 'forbidden character';
  if (invisible.test(name) || uselessJoiner.test(name)) return 'invisible character';
  if (/^\s|[\s.]$/u.test(name)) return 'space at an end or dot at the end';
  if (device.test(name)) return 'device';
  if (name !== name.normalize('NFC')) return 'not NFC';
  return undefined;
}
