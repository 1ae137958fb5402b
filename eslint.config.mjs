// Lint: what types can prove, and how long things may be. Formatting and the order of imports are Biome's.

import { defineConfig } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

/** Every line of a file counts: a reader scrolls past comments too. */
const linesOfFile = (max) => ({ max, skipBlankLines: false, skipComments: false });

/** Of a function only code counts: a reason must not cost it a line. */
const linesOfFunction = (max) => ({ max, skipBlankLines: true, skipComments: true });

/** Files that are longer, how long each may be, and why. This list and its numbers may shrink; nothing is added to it. */
const longFiles = [
  ['test/net/dialling/answers.test.ts', 349, 'every answer that a peer can give, one after the other'],
  ['test/net/hostile/flood.test.ts', 302, 'one listener, flooded in every way'],
  ['test/net/whole/transfer.test.ts', 331, 'what can become of a transfer between two peers'],
  ['test/unit/discovery/responder.test.ts', 353, 'one responder, rule by rule of RFC 6762'],
  ['test/unit/project/docs.test.ts', 317, 'every document against the code'],
];

/** Files with one longer function, how long it may be, and which it is and why. As above. */
const longFunctions = [
  ['src/editor/host/secretIdentity.ts', 53, 'ownIdentity: a class, written as a closure'],
  ['src/net/connection/body.ts', 56, 'readerOf: a class, written as a closure'],
  ['src/net/discovery/mdns.ts', 53, 'startLink: a class, written as a closure'],
  ['src/net/dialling/dialler.ts', 106, 'createDialler: a class, written as a closure'],
  ['src/net/listening/listener.ts', 61, 'createHttp: one server with all of its limits'],
  ['src/net/online.ts', 82, 'goOnline: every part is handed to the others, once'],
  ['test/host/person.ts', 70, 'newPerson: a class, written as a closure'],
  ['test/support/cuttingProxy.ts', 51, 'startCuttingProxy: a class, written as a closure'],
  ['test/support/handListener.ts', 55, 'startHandListener: a class, written as a closure'],
  ['test/support/discoveryWorld.ts', 74, 'inWorld: a network from its making to its end'],
  ['test/support/headlessPeer.ts', 69, 'headlessPeer: every part is handed to the others, once'],
  ['test/support/victim.ts', 55, 'run: every part is handed to the others, once'],
];

const functionRule = builtinRules.get('max-lines-per-function');

/** The rule as it is, but for the callbacks of `describe`, which hold tests as a file holds functions. */
const functionRuleOfTests = {
  meta: functionRule.meta,
  create(context) {
    const isSuite = ({ parent }) =>
      parent.type === 'CallExpression' && /\bdescribe\b/.test(context.sourceCode.getText(parent.callee));
    const report = (found) => isSuite(found.node) || context.report(found);
    return functionRule.create(Object.create(context, { report: { value: report } }));
  },
};

export default defineConfig(
  { ignores: ['dist/', 'out/', 'coverage/', 'test/vectors/', '**/node_modules/', 'test/host/tools/'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', linesOfFile(300)],
      'max-lines-per-function': ['error', linesOfFunction(50)],
      // Biome breaks lines of code, but none of a comment.
      'max-len': ['error', { code: 1000, comments: 130, ignoreUrls: true, ignoreStrings: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A `default` must not swallow the case that is added to a union tomorrow.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Core's one way to fail is a FerryError; an Error that travels as a value is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowRethrowing: true }],
      // Iterators and ports are async by contract even where one of them has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // An example in plain JavaScript, whose types stand in comments.
    files: ['test/host/companion/**'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['src/editor/**', 'src/extension.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.property.name='MarkdownString']",
          message: 'Text of peers is never markup; use plain text.',
        },
      ],
    },
  },
  {
    files: ['test/**'],
    plugins: { tests: { rules: { 'max-lines-per-function': functionRuleOfTests } } },
    rules: {
      'no-console': 'off',
      'max-lines-per-function': 'off',
      'tests/max-lines-per-function': ['error', linesOfFunction(50)],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['it', 'describe'], package: 'mocha' }] },
      ],
    },
  },
  ...longFiles.map(([file, max]) => ({ files: [file], rules: { 'max-lines': ['error', linesOfFile(max)] } })),
  ...longFunctions.map(([file, max]) => ({
    files: [file],
    rules: {
      [file.startsWith('test/') ? 'tests/max-lines-per-function' : 'max-lines-per-function']: ['error', linesOfFunction(max)],
    },
  })),
  {
    // What configures tools is untyped where the tools are, prints, and has types in comments where it has any.
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off', '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
