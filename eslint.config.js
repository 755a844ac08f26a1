import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['build/**', 'dist/**', 'node_modules/**', 'web/**', '**/*.cjs', 'test/**/fixtures/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      // a number in a message or an address is what it looks like
      '@typescript-eslint/restrict-template-expressions': 'off',
      // zod and Express both name an unused first parameter
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // types of data read better as `type` where they are unions or mapped
      '@typescript-eslint/consistent-type-definitions': 'off',
      // `Router` and `Construct` are made for their effect
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // what only the types show: a promise that nobody awaits, a case that nobody handles, a condition that cannot hold
    files: ['{src,services,test,bench,deploy,build-tools,demo,examples}/**/*.ts'],
    ignores: ['test/web/**'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'error',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
  {
    // a longer file or function holds a second concept
    files: ['{src,services,build-tools,deploy,demo}/**/*.{ts,js}'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: false, skipComments: false, IIFEs: true }],
    },
  },
  {
    // pure code has no hidden state: a cache belongs to an object that its caller holds
    files: ['src/{env,http,messaging,manifests,constructs,synth,picture,video-platform}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind!="const"]',
          ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]',
          'PropertyDefinition[static=true] > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]',
        ].map((selector) => ({
          selector,
          message: 'no state in a module: keep it in an object that the caller holds',
        })),
      ],
    },
  },
  {
    // constructs are deterministic: the same input gives the same bytes
    files: ['src/{env,messaging,constructs,video-platform}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'no process environment in synthesis' }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'the same input gives the same bytes' },
        { object: 'Date', property: 'now', message: 'the same input gives the same bytes' },
      ],
    },
  },
);
