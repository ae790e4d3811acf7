/**
 * One project per kind of test, so that each can be run alone: `npx jest --selectProjects unit`.
 * What a kind may touch is in docs/development.md.
 */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // Resolves the #aliases of package.json to the sources instead of dist/.
  testEnvironmentOptions: { customExportConditions: ['vigia-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.vigia/'],
};

/** Beside their code, but about processes and files of the system. */
const PROCESS_TESTS = ['/apps/standalone/processes/', '/libs/supervision/', '/scripts/'];

const withServices = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

const project = (displayName, testMatch, extra = {}) => ({
  ...common,
  displayName,
  testMatch,
  ...extra,
});

export default {
  reporters: ['default', '<rootDir>/test/support/reporter.js'],
  // A hook may start several processes; what a test waits for has limits of its own.
  testTimeout: 90_000,
  // V8's own takes three times the processor's time of the whole run, and counts comments as lines.
  coverageProvider: 'babel',
  // The rules of the product live here; what is not covered here is not known to be true.
  collectCoverageFrom: ['libs/streaming/{domain,application}/**/*.ts', '!**/*.spec.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
  projects: [
    project('unit', ['<rootDir>/{libs,apps,test/bench}/**/*.spec.ts'], {
      testPathIgnorePatterns: PROCESS_TESTS,
    }),
    project('contract', ['<rootDir>/test/contract/**/*.spec.ts']),
    project(
      'integration',
      [
        '<rootDir>/test/integration/**/*.spec.ts',
        '<rootDir>/apps/standalone/processes/*.spec.ts',
        '<rootDir>/libs/supervision/*.spec.ts',
        '<rootDir>/scripts/*.spec.ts',
      ],
      withServices,
    ),
    project('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts'], withServices),
    project('chaos', ['<rootDir>/test/chaos/**/*.chaos-spec.ts'], withServices),
    project('cases', ['<rootDir>/test/cases/**/*.cases-spec.ts'], withServices),
  ],
};
