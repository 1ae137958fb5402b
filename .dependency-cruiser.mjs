// The zones of the house: who may import whom, and which library has which door.

/** Each library with the only place that may import it. */
export const doors = [
  ['jose', '^src/core/sealing/'],
  ['fast-xml-parser', '^src/core/dictionary/'],
  ['cborg', '^src/core/dictionary/'],
  ['jsonc-parser', '^src/core/dictionary/'],
  ['yaml', '^src/core/dictionary/'],
  ['smol-toml', '^src/core/dictionary/'],
  ['papaparse', '^src/core/dictionary/'],
  [
    'valibot',
    '^src/core/(wire/messages|peers/stored|receiving/record|sending/outgoing|agents/(tools|rpc)|messages/stored|sharing/stored)\\.ts$',
  ],
  ['structured-headers', '^src/core/wire/structuredFields\\.ts$'],
  ['secure-password-utilities', '^src/core/sealing/passphrase/wordList\\.ts$'],
  ['node-diff3', '^src/core/text/merge\\.ts$'],
  ['bonjour-service', '^src/net/discovery/publication\\.ts$'],
  ['multicast-dns', '^src/net/discovery/mdns\\.ts$'],
  ['ignore', '^src/net/disk/tree/excludes\\.ts$'],
  ['picomatch', '^src/net/disk/tree/excludes\\.ts$'],
];

const zone = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to });

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(vscode|original-fs)$' } },
    zone('core-is-pure', '^src/core/', { path: '^src/(net|editor|cli)/|^src/extension' }),
    zone('core-has-no-platform', '^src/core/', { dependencyTypes: ['core'] }),
    zone('only-editor-knows-vscode', '^src/(core|net|cli)/', { path: '^vscode$|node_modules/@types/vscode' }),
    zone('net-knows-core', '^src/net/', { path: '^src/(editor|cli)/|^src/extension' }),
    zone('editor-gets-net-handed', '^src/editor/', { path: '^src/net/|^src/extension' }),
    zone('cli-knows-core-and-net', '^src/cli/', { path: '^src/editor/|^src/extension' }),
    zone('nobody-knows-cli', '^src/(editor/|extension)', { path: '^src/cli/' }),
    zone('door-of-files', '^src/(?!net/disk/)', { path: '^(node:)?(fs|original-fs)(/promises)?$' }),
    ...doors.map(([library, door]) => ({
      name: `door-of-${library.replaceAll(/[@/]/g, '-')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: door },
      to: { path: `node_modules/${library}/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
